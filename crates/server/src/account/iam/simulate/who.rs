//! In whose name a simulation asks.

use policy::{Context as _, Key, Principal, Values};

use super::super::authorize::Permit;
use super::no_input;
use crate::account::Fault;

/// Who asks. Nobody in particular has no name, so that no condition on one holds.
pub(super) struct Who {
    account: String,
    arn: String,
    name: Option<String>,
    id: String,
}

impl Who {
    /// The user whose ARN is given.
    pub(super) fn of_caller(call: &Permit<'_>, arn: &str) -> Result<Self, Fault> {
        let name = arn.rsplit('/').next().unwrap_or_default();
        let user = call.account.users().get(name).ok().filter(|user| user.arn == arn);
        let user = user.ok_or_else(|| no_input(format!("CallerArn is no user: {arn}")))?;
        Ok(Self::new(user.arn, Some(user.name), user.id))
    }

    /// The user or role whose policies are simulated, or one of the group.
    pub(super) fn of_source(call: &Permit<'_>, arn: &str) -> Self {
        let name = arn.rsplit('/').next().unwrap_or_default();
        let user = call.account.users().get(name).ok().filter(|user| user.arn == arn);
        match user {
            Some(user) => Self::new(user.arn, Some(user.name), user.id),
            None => {
                let role = call.account.roles().get(name).ok().filter(|role| role.arn == arn);
                let id = role.map_or_else(String::new, |role| format!("{}:simulated", role.id));
                Self::new(arn.to_owned(), None, id)
            }
        }
    }

    /// Whoever the parameters and the context describe.
    pub(super) fn of_context(call: &Permit<'_>, context: &Values) -> Result<Self, Fault> {
        let value = |name: &str| {
            let mut found = None;
            if let Some(key) = Key::parse(name) {
                context.values(&key, &mut |value| found = Some(value.to_owned()));
            }
            found
        };
        let arn = call.get("CallerArn").map(str::to_owned).or_else(|| value("aws:PrincipalArn"));
        if arn.is_none() && call.get("ResourcePolicy").is_some() {
            return Err(no_input("With a ResourcePolicy, CallerArn must be given.".to_owned()));
        }
        let arn = arn.unwrap_or_else(super::super::target::arn_of_root);
        Ok(Self::new(arn, value("aws:username"), value("aws:userid").unwrap_or_default()))
    }

    fn new(arn: String, name: Option<String>, id: String) -> Self {
        let account = arn.split(':').nth(4).unwrap_or_default().to_owned();
        Self { account, arn, name, id }
    }

    /// As policy sees it.
    pub(super) fn principal(&self) -> Principal<'_> {
        let Self { account, arn, name, id } = self;
        match name {
            Some(name) => Principal::User { account, arn, name, id },
            None => Principal::Session { account, role_arn: arn, arn, id },
        }
    }
}
