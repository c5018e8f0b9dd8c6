//! May the caller do this? The answer yes is a [`Permit`], without which no action runs.

use std::ops::Deref;

use identity::token::SessionKind;
use policy::{Decision, Message, Request};

use super::Call;
use super::circumstances::Circumstances;
use super::target;
use crate::account::Fault;

/// A call that policy allows. Only [`permit`] makes one.
pub(super) struct Permit<'a>(Call<'a>);

impl<'a> Deref for Permit<'a> {
    type Target = Call<'a>;

    fn deref(&self) -> &Call<'a> {
        &self.0
    }
}

/// Asks the caller's policies, for each thing that the action is done to.
pub(super) fn permit(call: Call<'_>) -> Result<Permit<'_>, Fault> {
    refuse_sessions_of_users(&call)?;
    let action = format!("iam:{}", call.action.name);
    let caller = &call.asker.caller;
    let permissions = caller.permissions();
    for resource in target::arns(&call)? {
        let circumstances = Circumstances { call: &call };
        let request = Request {
            principal: caller.principal(),
            action: &action,
            resource: &resource,
            owner: identity::ACCOUNT_ID,
            context: &circumstances,
        };
        if let Decision::Deny(reason) = policy::decide(&request, &permissions.policies()) {
            let message = Message { request: &request, reason };
            return Err(Fault::denied("AccessDenied", message.to_string()));
        }
    }
    Ok(Permit(call))
}

/// Sessions of a user or the root user cannot ask IAM anything, for what they made would outlive
/// them.
///
/// AWS lets those of `GetSessionToken` that were made with MFA, which hallpass does not have.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access.html>
fn refuse_sessions_of_users(call: &Call<'_>) -> Result<(), Fault> {
    match call.asker.caller.session() {
        Some(SessionKind::SessionToken | SessionKind::FederationToken) => Err(Fault::denied(
            "InvalidClientTokenId",
            "The security token included in the request is invalid. Sessions of GetSessionToken \
             and GetFederationToken cannot call IAM.",
        )),
        Some(
            SessionKind::AssumedRole
            | SessionKind::ChainedRole
            | SessionKind::WebIdentity
            | SessionKind::InstanceProfile,
        )
        | None => Ok(()),
    }
}
