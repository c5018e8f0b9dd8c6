//! Every action: what policy is asked for it, and what does it. The permission is `iam:` and the
//! name.
//!
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_Operations.html>

use s3::xml::Writer;

use super::authorize::Permit;
use super::{absent, attached, bounded, groups, inline, keys, policies, roles, simulate, users};
use crate::account::Fault;

/// An action.
#[derive(Debug)]
pub(super) struct Action {
    pub(super) name: &'static str,
    pub(super) on: On,
    pub(super) does: Does,
}

/// What an action is done to, as policy sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum On {
    /// Nothing in particular.
    Nothing,
    /// All users below a path, and so on.
    Users,
    Groups,
    Roles,
    Policies,
    /// One that is to be made.
    NewUser,
    NewGroup,
    NewRole,
    NewPolicy,
    /// The one that is named.
    User,
    Group,
    Role,
    Policy,
    /// The user that is named, or who asks.
    UserOrSelf,
    /// A user, both where it is and where it moves.
    MovingUser,
    /// The user who holds an access key.
    KeyHolder,
    /// The user, group or role whose policies are simulated.
    Simulated,
}

/// What does it.
#[derive(Debug)]
pub(super) enum Does {
    /// The answer has a result, which is written.
    Tell(fn(&Permit<'_>, &mut Writer) -> Result<(), Fault>),
    /// The answer has none.
    Do(fn(&Permit<'_>) -> Result<(), Fault>),
}

/// The action of a name.
pub(super) fn find(name: &str) -> Result<&'static Action, Fault> {
    ACTIONS.iter().find(|action| action.name == name).ok_or_else(|| absent::fault(name))
}

const fn tell(
    name: &'static str,
    on: On,
    function: fn(&Permit<'_>, &mut Writer) -> Result<(), Fault>,
) -> Action {
    Action { name, on, does: Does::Tell(function) }
}

const fn does(
    name: &'static str,
    on: On,
    function: fn(&Permit<'_>) -> Result<(), Fault>,
) -> Action {
    Action { name, on, does: Does::Do(function) }
}

pub(super) const ACTIONS: &[Action] = &[
    tell("CreateUser", On::NewUser, users::create),
    tell("GetUser", On::UserOrSelf, users::get),
    tell("ListUsers", On::Users, users::list),
    does("UpdateUser", On::MovingUser, users::update),
    does("DeleteUser", On::User, users::delete),
    tell("ListGroupsForUser", On::User, users::groups),
    tell("CreateAccessKey", On::UserOrSelf, keys::create),
    tell("ListAccessKeys", On::UserOrSelf, keys::list),
    does("UpdateAccessKey", On::UserOrSelf, keys::update),
    does("DeleteAccessKey", On::UserOrSelf, keys::delete),
    tell("GetAccessKeyLastUsed", On::KeyHolder, keys::last_used),
    tell("CreateGroup", On::NewGroup, groups::create),
    tell("GetGroup", On::Group, groups::get),
    tell("ListGroups", On::Groups, groups::list),
    does("DeleteGroup", On::Group, groups::delete),
    does("AddUserToGroup", On::Group, groups::add_user),
    does("RemoveUserFromGroup", On::Group, groups::remove_user),
    tell("CreateRole", On::NewRole, roles::create),
    tell("GetRole", On::Role, roles::get),
    tell("ListRoles", On::Roles, roles::list),
    tell("UpdateRole", On::Role, roles::update),
    tell("UpdateRoleDescription", On::Role, roles::update_description),
    does("UpdateAssumeRolePolicy", On::Role, roles::update_trust),
    does("DeleteRole", On::Role, roles::delete),
    does("PutUserPolicy", On::User, inline::put),
    tell("GetUserPolicy", On::User, inline::get),
    tell("ListUserPolicies", On::User, inline::list),
    does("DeleteUserPolicy", On::User, inline::delete),
    does("PutGroupPolicy", On::Group, inline::put),
    tell("GetGroupPolicy", On::Group, inline::get),
    tell("ListGroupPolicies", On::Group, inline::list),
    does("DeleteGroupPolicy", On::Group, inline::delete),
    does("PutRolePolicy", On::Role, inline::put),
    tell("GetRolePolicy", On::Role, inline::get),
    tell("ListRolePolicies", On::Role, inline::list),
    does("DeleteRolePolicy", On::Role, inline::delete),
    tell("CreatePolicy", On::NewPolicy, policies::create),
    tell("GetPolicy", On::Policy, policies::get),
    tell("ListPolicies", On::Policies, policies::list),
    does("DeletePolicy", On::Policy, policies::delete),
    tell("CreatePolicyVersion", On::Policy, policies::create_version),
    tell("GetPolicyVersion", On::Policy, policies::get_version),
    tell("ListPolicyVersions", On::Policy, policies::list_versions),
    does("SetDefaultPolicyVersion", On::Policy, policies::set_default_version),
    does("DeletePolicyVersion", On::Policy, policies::delete_version),
    tell("ListEntitiesForPolicy", On::Policy, attached::entities),
    does("AttachUserPolicy", On::User, attached::attach),
    does("DetachUserPolicy", On::User, attached::detach),
    tell("ListAttachedUserPolicies", On::User, attached::list),
    does("AttachGroupPolicy", On::Group, attached::attach),
    does("DetachGroupPolicy", On::Group, attached::detach),
    tell("ListAttachedGroupPolicies", On::Group, attached::list),
    does("AttachRolePolicy", On::Role, attached::attach),
    does("DetachRolePolicy", On::Role, attached::detach),
    tell("ListAttachedRolePolicies", On::Role, attached::list),
    does("PutUserPermissionsBoundary", On::User, bounded::put_boundary),
    does("DeleteUserPermissionsBoundary", On::User, bounded::delete_boundary),
    does("PutRolePermissionsBoundary", On::Role, bounded::put_boundary),
    does("DeleteRolePermissionsBoundary", On::Role, bounded::delete_boundary),
    does("TagUser", On::User, bounded::tag),
    does("UntagUser", On::User, bounded::untag),
    tell("ListUserTags", On::User, bounded::list_tags),
    does("TagRole", On::Role, bounded::tag),
    does("UntagRole", On::Role, bounded::untag),
    tell("ListRoleTags", On::Role, bounded::list_tags),
    tell("SimulatePrincipalPolicy", On::Simulated, simulate::principal),
    tell("SimulateCustomPolicy", On::Nothing, simulate::custom),
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_action_is_there_once_and_is_not_absent() {
        let names: BTreeSet<&str> = ACTIONS.iter().map(|action| action.name).collect();
        assert_eq!(names.len(), ACTIONS.len());
        for name in names {
            assert!(!absent::NAMES.contains(&name), "{name}");
        }
    }
}
