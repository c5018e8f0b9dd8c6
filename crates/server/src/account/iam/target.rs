//! What an action is done to: its ARN, its tags and its boundary, as conditions see them.
//!
//! What is there has the ARN of its record, path and all; of what is not there, the name alone is
//! known.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-arns>

use identity::{ACCOUNT_ID, Account, Actor, Holder, Paging, Tag};

use super::table::On;
use super::{Call, invalid};
use crate::account::Fault;

/// The ARNs that policy is asked about; all of them have to be allowed.
pub(super) fn arns(call: &Call<'_>) -> Result<Vec<String>, Fault> {
    let below = |sort: &str| arn(sort, call.get("PathPrefix").unwrap_or("/"), "");
    let new = |sort: &str, name: &str| {
        Ok::<_, Fault>(arn(sort, call.get("Path").unwrap_or("/"), call.required(name)?))
    };
    let account = call.account;
    let one = match call.action.on {
        On::Nothing => "*".to_owned(),
        On::Users => below("user"),
        On::Groups => below("group"),
        On::Roles => below("role"),
        On::Policies => below("policy"),
        On::NewUser => new("user", "UserName")?,
        On::NewGroup => new("group", "GroupName")?,
        On::NewRole => new("role", "RoleName")?,
        On::NewPolicy => new("policy", "PolicyName")?,
        On::User => user(account, call.required("UserName")?),
        On::Group => group(account, call.required("GroupName")?),
        On::Role => role(account, call.required("RoleName")?),
        On::Policy => call.required("PolicyArn")?.to_owned(),
        On::UserOrSelf if is_root_itself(call) => arn_of_root(),
        On::UserOrSelf => user(account, call.user_or_self()?),
        On::MovingUser => return moving(call),
        On::KeyHolder => key_holder(account, call.required("AccessKeyId")?),
        On::Simulated => call.required("PolicySourceArn")?.to_owned(),
    };
    Ok(vec![one])
}

/// Whether the root user asks about itself.
pub(super) fn is_root_itself(call: &Call<'_>) -> bool {
    let is_root = matches!(call.asker.caller.principal(), policy::Principal::Root { .. });
    is_root && call.get("UserName").is_none()
}

/// The ARN of the root user.
pub(super) fn arn_of_root() -> String {
    format!("arn:aws:iam::{ACCOUNT_ID}:root")
}

fn moving(call: &Call<'_>) -> Result<Vec<String>, Fault> {
    let name = call.required("UserName")?;
    let mut arns = vec![user(call.account, name)];
    if let Some(path) = call.get("NewPath") {
        let spelled = call.account.users().get(name).map(|user| user.name);
        arns.push(arn("user", path, spelled.as_deref().unwrap_or(name)));
    }
    Ok(arns)
}

fn arn(sort: &str, path: &str, name: &str) -> String {
    format!("arn:aws:iam::{ACCOUNT_ID}:{sort}{path}{name}")
}

fn user(account: &Account, name: &str) -> String {
    account.users().get(name).map_or_else(|_| arn("user", "/", name), |user| user.arn)
}

fn group(account: &Account, name: &str) -> String {
    let found = account.groups().get(name, Paging { max_items: Some(1), ..Paging::default() });
    found.map_or_else(|_| arn("group", "/", name), |(group, _)| group.arn)
}

fn role(account: &Account, name: &str) -> String {
    account.roles().get(name).map_or_else(|_| arn("role", "/", name), |role| role.arn)
}

/// Who is not allowed to ask about all users does not learn which keys there are.
fn key_holder(account: &Account, access_key_id: &str) -> String {
    let holder = account.access_key_last_used(access_key_id);
    holder.map_or_else(|_| "*".to_owned(), |(name, _)| user(account, &name))
}

impl<'a> Call<'a> {
    /// Whom policies are attached to.
    pub(super) fn holder(&self) -> Result<Holder<'a>, Fault> {
        match self.action.on {
            On::Group => Ok(Holder::Group(self.required("GroupName")?)),
            On::Role => Ok(Holder::Role(self.required("RoleName")?)),
            On::User
            | On::Nothing
            | On::Users
            | On::Groups
            | On::Roles
            | On::Policies
            | On::NewUser
            | On::NewGroup
            | On::NewRole
            | On::NewPolicy
            | On::Policy
            | On::UserOrSelf
            | On::MovingUser
            | On::KeyHolder
            | On::Simulated => Ok(Holder::User(self.required("UserName")?)),
        }
    }

    /// Who has tags and a boundary.
    pub(super) fn actor(&self) -> Result<Actor<'a>, Fault> {
        if self.action.on == On::Role {
            return Ok(Actor::Role(self.required("RoleName")?));
        }
        Ok(Actor::User(self.required("UserName")?))
    }

    /// The tags and the boundary of the user or role that is there.
    pub(super) fn tags_and_boundary(&self) -> Option<(Vec<Tag>, Option<String>)> {
        let account = self.account;
        match self.action.on {
            On::User | On::UserOrSelf | On::MovingUser => {
                let user = account.users().get(self.user_or_self().ok()?).ok()?;
                Some((user.tags, user.boundary))
            }
            On::Role => {
                let role = account.roles().get(self.get("RoleName")?).ok()?;
                Some((role.tags, role.boundary))
            }
            On::KeyHolder => {
                let (name, _) = account.access_key_last_used(self.get("AccessKeyId")?).ok()?;
                let user = account.users().get(&name).ok()?;
                Some((user.tags, user.boundary))
            }
            On::Nothing
            | On::Users
            | On::Groups
            | On::Roles
            | On::Policies
            | On::NewUser
            | On::NewGroup
            | On::NewRole
            | On::NewPolicy
            | On::Group
            | On::Policy
            | On::Simulated => None,
        }
    }

    /// The tags that are put.
    pub(super) fn tags(&self) -> Result<Vec<Tag>, Fault> {
        let field = |field: &str| self.parameters.fields("Tags", field);
        let (keys, values) = (field(".Key"), field(".Value"));
        if keys.len() != values.len() {
            return Err(invalid("Each of the Tags must have a Key and a Value."));
        }
        Ok(keys.into_iter().zip(values).map(|(key, value)| Tag::new(key, value)).collect())
    }
}
