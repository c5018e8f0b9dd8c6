//! A request for permission, and what is known of it: the keys that follow from who asks for
//! what, before those of the context.
//!
//! Nobody can forge those keys, for no context is asked for them.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html>, "Request
//! information that you can use for policy variables".

use crate::{Context, Key, Principal};

/// A request for permission.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// Who asks.
    pub principal: Principal<'a>,
    /// The action, such as `s3:GetObject`.
    pub action: &'a str,
    /// The ARN of what it is done to.
    pub resource: &'a str,
    /// The id of the account that owns the resource.
    pub owner: &'a str,
    /// What else is known.
    pub context: &'a dyn Context,
}

impl Request<'_> {
    /// Shows every value of `key` to `each`.
    pub(crate) fn values(&self, key: &Key, each: &mut dyn FnMut(&str)) {
        if !key.is_own() {
            return self.context.values(key, each);
        }
        let own = match key.name() {
            "aws:PrincipalArn" => self.principal.arn(),
            "aws:PrincipalAccount" => self.principal.account(),
            "aws:PrincipalType" => Some(self.principal.type_name()),
            "aws:username" => self.principal.user_name(),
            "aws:userid" => self.principal.id(),
            "aws:ResourceAccount" | "s3:ResourceAccount" => Some(self.owner),
            _ => None,
        };
        if let Some(value) = own {
            each(value);
        }
    }
}
