//! The policies of a caller, gathered on the stack.
//!
//! A policy that is lost may have denied anything, so one that denies everything stands in for it:
//! for an attached policy, for a boundary, for a group, for a policy of a session.

use policy::{Policies, Policy};
use smallvec::SmallVec;

use super::{Behind, Caller, Session, Who};
use crate::directory::{ALLOW_ALL, DENY_ALL, Directory, Row};
use crate::record::{Bounded, Subject, User};
use crate::seal::token::SessionKind;

/// As many as fit on the stack: a user with its ten policies in two groups with ten.
type Gathered<'c> = SmallVec<[&'c Policy; 32]>;

/// The policies of a caller: those of its user and groups or of its role, the boundary, and those
/// of its session.
#[derive(Clone, Debug, Default)]
pub struct Permissions<'c> {
    identity: Gathered<'c>,
    boundary: Option<&'c Policy>,
    session: SmallVec<[&'c Policy; 4]>,
}

impl Permissions<'_> {
    /// For [`policy::decide`], to be completed with what belongs to the resource.
    #[must_use]
    pub fn policies(&self) -> Policies<'_> {
        Policies {
            identity: &self.identity,
            boundary: self.boundary,
            session: &self.session,
            ..Policies::default()
        }
    }
}

impl Caller {
    /// Its policies.
    #[must_use]
    pub fn permissions(&self) -> Permissions<'_> {
        let mut permissions = Permissions::default();
        match &self.who {
            Who::Root { .. } => {}
            Who::User { user, .. } => permissions.add_user(&self.directory, user),
            Who::Session(session) => permissions.add_session(&self.directory, session),
        }
        permissions
    }
}

impl<'c> Permissions<'c> {
    fn add_user(&mut self, directory: &'c Directory, user: &'c Row<User>) {
        self.add(directory, user);
        for id in &user.record.groups {
            match directory.groups.identified(id) {
                Some(group) => self.add(directory, group),
                None => self.identity.push(&DENY_ALL),
            }
        }
        self.bound(directory, &user.record.bounded);
    }

    fn add_session(&mut self, directory: &'c Directory, session: &'c Session) {
        match &session.behind {
            Behind::Root if session.claims.kind == SessionKind::FederationToken => {
                self.identity.push(&ALLOW_ALL);
            }
            Behind::Root => {}
            Behind::User(user) => self.add_user(directory, user),
            Behind::Role(role) => {
                self.add(directory, role);
                self.bound(directory, &role.record.bounded);
            }
        }
        self.session.extend(&session.policy);
        self.session.extend(session.claims.managed.iter().map(|id| directory.policy_of_id(id)));
    }

    /// Adds the inline and the attached policies of a user, group or role.
    fn add<R: Subject>(&mut self, directory: &'c Directory, row: &'c Row<R>) {
        self.identity.extend(&row.compiled.inline);
        let attached = row.record.common().attached.iter();
        self.identity.extend(attached.map(|id| directory.policy_of_id(id)));
    }

    fn bound(&mut self, directory: &'c Directory, bounded: &'c Bounded) {
        self.boundary = bounded.boundary.as_deref().map(|id| directory.policy_of_id(id));
    }
}
