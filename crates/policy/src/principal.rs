//! Who asks, and who a statement is about.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>

use alloc::boxed::Box;

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Principal<'a> {
    /// Nobody in particular: the request carried no signature.
    Anonymous,
    /// The root user of an account.
    Root {
        /// The account's id, twelve digits.
        account: &'a str,
        /// `arn:aws:iam::account:root`
        arn: &'a str,
    },
    /// A user, with a long-term key or a session of its own.
    User {
        /// The id of its account.
        account: &'a str,
        /// `arn:aws:iam::account:user/path/name`
        arn: &'a str,
        /// Its name.
        name: &'a str,
        /// Its unique id, `AIDA...`.
        id: &'a str,
    },
    /// A session of a role.
    Session {
        /// The id of the role's account.
        account: &'a str,
        /// `arn:aws:iam::account:role/path/name`
        role_arn: &'a str,
        /// `arn:aws:sts::account:assumed-role/name/session`
        arn: &'a str,
        /// The role's unique id and the session's name, `AROA...:session`.
        id: &'a str,
    },
    /// A session that a user made for somebody else.
    FederatedUser {
        /// The id of the user's account.
        account: &'a str,
        /// `arn:aws:sts::account:federated-user/name`
        arn: &'a str,
        /// The ARN of the user who made it.
        user_arn: &'a str,
        /// The account's id and the name, `account:name`.
        id: &'a str,
    },
    /// Somebody whom an identity provider vouches for; only trust policies know them.
    Federated {
        /// The provider's ARN or name.
        provider: &'a str,
    },
    /// A service, such as `ec2.amazonaws.com`.
    Service {
        /// Its name.
        name: &'a str,
    },
}

impl<'a> Principal<'a> {
    /// The account that it belongs to.
    #[must_use]
    pub fn account(self) -> Option<&'a str> {
        match self {
            Self::Root { account, .. }
            | Self::User { account, .. }
            | Self::Session { account, .. }
            | Self::FederatedUser { account, .. } => Some(account),
            Self::Anonymous | Self::Federated { .. } | Self::Service { .. } => None,
        }
    }

    /// `aws:PrincipalArn`: that of the role where a session asks.
    #[must_use]
    pub fn arn(self) -> Option<&'a str> {
        match self {
            Self::Root { arn, .. } | Self::User { arn, .. } | Self::FederatedUser { arn, .. } => {
                Some(arn)
            }
            Self::Session { role_arn, .. } => Some(role_arn),
            Self::Anonymous | Self::Federated { .. } | Self::Service { .. } => None,
        }
    }

    /// Who it is in messages: the ARN of the session where one asks.
    #[must_use]
    pub fn shown(self) -> &'a str {
        match self {
            Self::Root { arn, .. }
            | Self::User { arn, .. }
            | Self::Session { arn, .. }
            | Self::FederatedUser { arn, .. } => arn,
            Self::Federated { provider } => provider,
            Self::Service { name } => name,
            Self::Anonymous => "anonymous",
        }
    }

    pub(crate) fn type_name(self) -> &'static str {
        match self {
            Self::Anonymous => "Anonymous",
            Self::Root { .. } => "Account",
            Self::User { .. } => "User",
            Self::Session { .. } => "AssumedRole",
            Self::FederatedUser { .. } => "FederatedUser",
            Self::Federated { .. } => "Federated",
            Self::Service { .. } => "Service",
        }
    }

    pub(crate) fn user_name(self) -> Option<&'a str> {
        if let Self::User { name, .. } = self { Some(name) } else { None }
    }

    pub(crate) fn id(self) -> Option<&'a str> {
        match self {
            Self::Anonymous => Some("anonymous"),
            Self::Root { account, .. } => Some(account),
            Self::User { id, .. } | Self::Session { id, .. } | Self::FederatedUser { id, .. } => {
                Some(id)
            }
            Self::Federated { .. } | Self::Service { .. } => None,
        }
    }
}

/// How a statement names somebody, weakest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Naming {
    /// As one of an account, which passes the permission on to its own policies.
    Account,
    /// As the role or user behind a session, whose boundary and session policies still bind.
    Behind,
    /// Itself, or as everybody.
    Itself,
}

/// Somebody whom a statement names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Grantee {
    Everyone,
    /// An account, by its id.
    Account(Box<str>),
    /// A user, a role or a session.
    Arn(Box<str>),
    Federated(Box<str>),
    Service(Box<str>),
    /// An account by its canonical id, which nothing here can ask with.
    Canonical,
}

impl Grantee {
    /// How it names `principal`, if it does.
    pub(crate) fn names(&self, principal: Principal<'_>) -> Option<Naming> {
        let itself = |is_it: bool| is_it.then_some(Naming::Itself);
        match (self, principal) {
            (Self::Everyone, _) => Some(Naming::Itself),
            (Self::Account(id), Principal::Root { account, .. }) => itself(**id == *account),
            (Self::Account(id), _) => {
                principal.account().filter(|account| **id == **account).map(|_| Naming::Account)
            }
            (Self::Arn(named), Principal::Session { arn, role_arn: behind, .. })
            | (Self::Arn(named), Principal::FederatedUser { arn, user_arn: behind, .. }) => {
                match &**named {
                    named if named == arn => Some(Naming::Itself),
                    named if named == behind => Some(Naming::Behind),
                    _ => None,
                }
            }
            (Self::Arn(named), _) => itself(principal.arn() == Some(named)),
            (Self::Federated(named), Principal::Federated { provider }) => {
                itself(**named == *provider)
            }
            (Self::Service(named), Principal::Service { name }) => itself(**named == *name),
            (Self::Federated(_) | Self::Service(_) | Self::Canonical, _) => None,
        }
    }
}

/// Whom a statement is about.
#[derive(Clone, Debug)]
pub(crate) enum Principals {
    /// Whoever the policy is attached to.
    Attached,
    /// These.
    These(Box<[Grantee]>),
    /// All but these.
    Others(Box<[Grantee]>),
}

impl Principals {
    /// How the statement names `principal`, if it does.
    #[inline]
    pub(crate) fn name(&self, principal: Principal<'_>) -> Option<Naming> {
        match self {
            Self::Attached => Some(Naming::Itself),
            Self::These(grantees) => strongest(grantees, principal),
            Self::Others(grantees) => (!is_exempt(grantees, principal)).then_some(Naming::Itself),
        }
    }
}

#[inline(never)]
fn strongest(grantees: &[Grantee], principal: Principal<'_>) -> Option<Naming> {
    grantees.iter().filter_map(|grantee| grantee.names(principal)).max()
}

/// Whether `NotPrincipal` names the asker wholly: itself, the role or user behind it, and the
/// account. Who is named in part is still meant, as AWS has it.
#[inline(never)]
fn is_exempt(grantees: &[Grantee], principal: Principal<'_>) -> bool {
    let is_listed = |naming| grantees.iter().any(|each| each.names(principal) == Some(naming));
    let account = principal.account().is_none() || is_listed(Naming::Account);
    match principal {
        _ if grantees.contains(&Grantee::Everyone) => true,
        Principal::Root { .. }
        | Principal::Anonymous
        | Principal::Federated { .. }
        | Principal::Service { .. } => is_listed(Naming::Itself),
        Principal::User { .. } => is_listed(Naming::Itself) && account,
        Principal::Session { .. } | Principal::FederatedUser { .. } => {
            is_listed(Naming::Itself) && is_listed(Naming::Behind) && account
        }
    }
}
