//! The account as it was at one moment: all records, compiled, in memory. A directory is never
//! changed; what changes the account puts another in its place.

mod load;
mod table;

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use policy::{Kind, Policy};

pub(crate) use load::{Loaded, load};
pub(crate) use table::{Row, Table};

use crate::last_used::LastUsed;
use crate::limits::ACCESS_KEYS_MAX;
use crate::record::{Group, Managed, Role, Subject, User};

/// All records.
#[derive(Clone, Default)]
pub(crate) struct Directory {
    pub(crate) users: Table<User>,
    pub(crate) groups: Table<Group>,
    pub(crate) roles: Table<Role>,
    pub(crate) policies: Table<Managed>,
    /// By the id of the access key.
    keys: Arc<HashMap<Arc<str>, Held>>,
}

/// An access key with its holder.
#[derive(Clone)]
pub(crate) struct Held {
    pub(crate) user: Arc<Row<User>>,
    /// Which of the user's keys it is.
    pub(crate) index: usize,
    pub(crate) used: Arc<LastUsed>,
}

/// Stands in for a policy that is lost: it may have denied anything.
pub(crate) static DENY_ALL: LazyLock<Policy> = LazyLock::new(|| fixed("Deny"));
/// What the root user's federated users have before their session policies.
pub(crate) static ALLOW_ALL: LazyLock<Policy> = LazyLock::new(|| fixed("Allow"));

#[expect(clippy::expect_used, reason = "a constant, which the tests compile")]
fn fixed(effect: &str) -> Policy {
    let text =
        format!(r#"{{"Statement": {{"Effect": "{effect}", "Action": "*", "Resource": "*"}}}}"#);
    Policy::parse(&text, Kind::Identity).expect("invariant: the text is a policy")
}

impl Directory {
    /// The holder of an access key.
    pub(crate) fn key(&self, access_key_id: &str) -> Option<&Held> {
        self.keys.get(access_key_id)
    }

    /// All access keys.
    pub(crate) fn keys(&self) -> impl Iterator<Item = (&str, &Held)> {
        self.keys.iter().map(|(id, held)| (&**id, held))
    }

    /// The managed policy of an ARN.
    pub(crate) fn policy_of_arn(&self, arn: &str) -> Option<&Arc<Row<Managed>>> {
        let (_, name) = arn.rsplit_once('/')?;
        self.policies.named(name).filter(|row| *row.compiled.arn == *arn)
    }

    /// The policy of an id; of one that is lost, one that denies everything.
    pub(crate) fn policy_of_id(&self, id: &str) -> &Policy {
        self.policies.identified(id).map_or(&DENY_ALL, |row| &row.compiled.policy)
    }

    /// Whether a record refers to something that is not there.
    fn lacks_something(&self) -> bool {
        let lacks_group = |id: &String| self.groups.identified(id).is_none();
        self.users.rows().any(|row| self.lacks_policy(row))
            || self.groups.rows().any(|row| self.lacks_policy(row))
            || self.roles.rows().any(|row| self.lacks_policy(row))
            || self.users.rows().any(|row| row.record.groups.iter().any(lacks_group))
    }

    fn lacks_policy<R: Subject>(&self, row: &Row<R>) -> bool {
        let boundary = row.record.bounded().and_then(|bounded| bounded.boundary.as_ref());
        let mut ids = row.record.common().attached.iter().chain(boundary);
        ids.any(|id| self.policies.identified(id).is_none())
    }

    /// Follows a change of a user: its access keys are found from now on, those of before no more.
    pub(crate) fn index_keys(
        &mut self,
        before: Option<&Row<User>>,
        after: Option<&Arc<Row<User>>>,
    ) {
        let count = |row: &Row<User>| row.record.keys.len();
        if before.map_or(0, count) + after.map_or(0, |row| count(row)) == 0 {
            return;
        }
        let keys = Arc::make_mut(&mut self.keys);
        let mut known: Vec<(Arc<str>, Held)> = Vec::with_capacity(ACCESS_KEYS_MAX);
        for key in before.iter().flat_map(|row| &row.record.keys) {
            known.extend(keys.remove_entry(key.id.as_str()));
        }
        let Some(user) = after else { return };
        for (index, key) in user.record.keys.iter().enumerate() {
            let of_before = known.iter().find(|(id, _)| **id == *key.id);
            let used = of_before.map_or_else(Arc::default, |(_, held)| Arc::clone(&held.used));
            let held = Held { user: Arc::clone(user), index, used };
            keys.insert(key.id.as_str().into(), held);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use policy::Effect;

    #[test]
    fn what_stands_in_for_a_lost_policy_denies() {
        assert_eq!(DENY_ALL.statements()[0].effect(), Effect::Deny);
        assert_eq!(ALLOW_ALL.statements()[0].effect(), Effect::Allow);
    }
}
