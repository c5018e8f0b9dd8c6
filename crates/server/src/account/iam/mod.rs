//! IAM: users, groups, roles, keys and policies over AWS's query protocol.
//!
//! One way through, as for objects: [`answer`] finds the action in the table, policy is asked with
//! the caller's own policies, and only the [`Permit`](authorize::Permit) that comes of it opens the
//! account. Knows no HTTP.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_Operations.html>

mod absent;
mod attached;
mod authorize;
mod bounded;
mod circumstances;
mod groups;
mod inline;
mod keys;
mod policies;
mod roles;
mod simulate;
mod table;
mod target;
#[cfg(test)]
mod tests;
mod users;

use identity::{Account, Paging};
use signature::Timestamp;

use super::{Asker, Document, Fault, Parameters};
use table::{Action, Does};

/// A request for an action that hallpass has.
struct Call<'a> {
    account: &'a Account,
    asker: &'a Asker,
    now: Timestamp,
    action: &'static Action,
    parameters: &'a Parameters,
}

/// Does what an action asks, if the policies of whoever asks allow it.
pub(crate) fn answer(
    account: &Account,
    asker: &Asker,
    action: &str,
    parameters: &Parameters,
    now: Timestamp,
) -> Result<Document, Fault> {
    let action = table::find(action)?;
    let permit = authorize::permit(Call { account, asker, now, action, parameters })?;
    match action.does {
        Does::Tell(tell) => {
            let mut told = Ok(());
            let document = Document::new(|xml| told = tell(&permit, xml));
            told.map(|()| document)
        }
        Does::Do(change) => change(&permit).map(|()| Document::empty()),
    }
}

impl<'a> Call<'a> {
    /// A parameter, if it is there.
    fn get(&self, name: &str) -> Option<&'a str> {
        self.parameters.get(name)
    }

    /// A parameter that has to be there.
    fn required(&self, name: &str) -> Result<&'a str, Fault> {
        self.parameters.required(name)
    }

    /// Which page of a list is asked for.
    fn paging(&self) -> Result<Paging<'a>, Fault> {
        let max_items = self.parameters.number("MaxItems")?;
        Ok(Paging {
            marker: self.get("Marker"),
            // More than fits is more than the most.
            max_items: max_items.map(|max| usize::try_from(max).unwrap_or(usize::MAX)),
            path_prefix: self.get("PathPrefix"),
        })
    }

    /// The user that is named, or who asks.
    fn user_or_self(&self) -> Result<&'a str, Fault> {
        let named = self.get("UserName").or_else(|| self.asker.caller.user_name());
        let message = "Must specify userName when calling with non-User credentials";
        named.ok_or_else(|| invalid(message))
    }
}

/// The refusal of a value that a parameter cannot have.
fn invalid(message: impl Into<std::borrow::Cow<'static, str>>) -> Fault {
    Fault::sender("ValidationError", message)
}
