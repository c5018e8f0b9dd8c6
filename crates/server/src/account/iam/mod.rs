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
//mod simulate;
mod table;
mod target;
#[cfg(test)]
mod tests;
mod users;

use identity::{Account, Caller, Listing, Paging};
use policy::Context;
use s3::xml::Writer;
use signature::Timestamp;

use super::fault::Fault;
use super::query::{self, Parameters};
use table::{Action, Does};

/// The namespace of answers and errors.
pub(crate) const NAMESPACE: &str = "https://iam.amazonaws.com/doc/2010-05-08/";
/// The version of the API.
pub(crate) const VERSION: &str = "2010-05-08";

/// Who asks, of which account, and when.
pub(crate) struct Asking<'a> {
    pub(crate) account: &'a Account,
    pub(crate) caller: &'a Caller,
    /// What conditions may ask about the request, beside the caller and the action: where it came
    /// from, and when.
    pub(crate) surroundings: &'a dyn Context,
    pub(crate) now: Timestamp,
    pub(crate) request_id: &'a str,
}

/// A request for an action that hallpass has.
struct Call<'a> {
    asking: &'a Asking<'a>,
    action: &'static Action,
    parameters: &'a Parameters,
}

/// Does an action if policy allows it, and returns the document of the answer.
pub(crate) fn answer(
    asking: &Asking<'_>,
    action: &str,
    parameters: &Parameters,
) -> Result<String, Fault> {
    let action = table::find(action)?;
    let permit = authorize::permit(Call { asking, action, parameters })?;
    let inner = match action.does {
        Does::Tell(tell) => Some(move |xml: &mut Writer| tell(&permit, xml)),
        Does::Do(change) => {
            change(&permit)?;
            None
        }
    };
    query::answer(NAMESPACE, action.name, asking.request_id, inner)
}

impl<'a> Call<'a> {
    fn account(&self) -> &'a Account {
        self.asking.account
    }

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
        Ok(Paging {
            marker: self.get("Marker"),
            max_items: self.parameters.number("MaxItems")?,
            path_prefix: self.get("PathPrefix"),
        })
    }

    /// The user that is named, or who asks.
    fn user_or_self(&self) -> Result<&'a str, Fault> {
        let named = self.get("UserName").or_else(|| self.asking.caller.user_name());
        named.ok_or_else(|| {
            let message = "Must specify userName when calling with non-User credentials";
            Fault::validation(message.into())
        })
    }
}

/// A list of names.
fn names(xml: &mut Writer, name: &str, listing: &Listing<String>) {
    xml.element(name, |xml| listing.items.iter().for_each(|item| xml.text("member", item)));
    query::end_of_page(xml, listing.marker.as_deref());
}
