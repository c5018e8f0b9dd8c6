//! Users and roles of a house, and what they ask of its account.

use identity::{Holder, NewRole, NewUser};
use signature::Credentials;
use signature::encode::{Slash, encode};

use crate::{Answer, Auth, House, Request};

impl House {
    /// A new user with an access key and one policy, which may be none.
    #[must_use]
    pub fn user(&self, name: &str, policy: Option<&str>) -> Credentials {
        let new = NewUser { name, ..NewUser::default() };
        self.account().users().create(new, self.now()).unwrap();
        if let Some(policy) = policy {
            self.account().inline(Holder::User(name)).put("policy", policy).unwrap();
        }
        let made = self.account().access_keys(name).create(self.now()).unwrap();
        Credentials::new(&made.key.id, made.secret.expose(), None)
    }

    /// A new role that `trust` says who may assume, for as long as there is, with one policy;
    /// returns its ARN.
    #[must_use]
    pub fn role(&self, name: &str, trust: &str, policy: &str) -> String {
        let session_seconds_max = Some(identity::limits::ROLE_SESSION_SECONDS_MAX);
        let new = NewRole { name, trust, session_seconds_max, ..NewRole::default() };
        let role = self.account().roles().create(new, self.now()).unwrap();
        self.account().inline(Holder::Role(name)).put("policy", policy).unwrap();
        role.arn
    }

    /// Asks STS for something.
    #[must_use]
    pub fn sts(&self, by: &Credentials, parameters: &[(&str, &str)]) -> Answer {
        self.send(&Request::to_sts(parameters).auth(Auth::Header).signed_by(by))
    }

    /// Asks STS for a session.
    #[must_use]
    pub fn session(&self, by: &Credentials, parameters: &[(&str, &str)]) -> Credentials {
        let answer = self.sts(by, parameters);
        let text = |name| answer.element(name).unwrap_or_default();
        assert_eq!(answer.status, 200, "{parameters:?}: {}", answer.text());
        let (id, secret) = (text("AccessKeyId"), text("SecretAccessKey"));
        Credentials::new(&id, &secret, Some(&text("SessionToken")))
    }

    /// Asks STS for a session of a role.
    #[must_use]
    pub fn assume(&self, by: &Credentials, role_arn: &str, more: &[(&str, &str)]) -> Credentials {
        let role = [("Action", "AssumeRole"), ("RoleArn", role_arn)];
        let name = [("RoleSessionName", "session")];
        self.session(by, &[&role[..], &name[..], more].concat())
    }
}

impl Request {
    /// A form for STS, not signed.
    #[must_use]
    pub fn to_sts(parameters: &[(&str, &str)]) -> Self {
        Self::to_account("sts", &[&[("Version", "2011-06-15")], parameters].concat())
    }

    /// A form for a service of the account, to be signed for it.
    #[must_use]
    pub fn to_account(service: &str, parameters: &[(&str, &str)]) -> Self {
        let pair = |(name, value): &(&str, &str)| {
            format!("{}={}", encode(name, Slash::Encode), encode(value, Slash::Encode))
        };
        let form: Vec<String> = parameters.iter().map(pair).collect();
        Self::new("POST", "/")
            .service(service)
            .unsigned_header("content-type", "application/x-www-form-urlencoded")
            .body(form.join("&").as_bytes())
    }
}
