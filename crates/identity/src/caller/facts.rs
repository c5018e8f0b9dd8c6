//! What conditions may ask of a caller, beside what follows from its principal.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>,
//! "Properties of the principal" and "Properties of a role session"

use policy::{Context, Key};

use super::{Behind, Caller, Session, Who};
use crate::record::Tag;
use crate::seal::token::WebIdentity;

/// The keys of the caller: `aws:PrincipalTag/...`, and of a session `aws:TokenIssueTime`,
/// `aws:SourceIdentity`, `aws:FederatedProvider`, `aws:MultiFactorAuthPresent` and those of the
/// provider that vouched for it.
impl Context for Caller {
    fn values(&self, key: &Key, each: &mut dyn FnMut(&str)) {
        match (key.name(), key.tag()) {
            ("aws:PrincipalTag", Some(tag)) => {
                if let Some(tag) = self.tag(tag) {
                    each(&tag.value);
                }
            }
            ("aws:PrincipalIsAWSService", None) => each("false"),
            (name, _) => {
                if let Who::Session(session) = &self.who {
                    session.values(name, each);
                }
            }
        }
    }
}

impl Caller {
    /// Of two tags of one key, that of the session counts.
    fn tag(&self, key: &str) -> Option<&Tag> {
        let (own, of_session): (&[Tag], &[Tag]) = match &self.who {
            Who::Root { .. } => (&[], &[]),
            Who::User { user, .. } => (&user.record.bounded.tags, &[]),
            Who::Session(session) => (session.behind.tags(), &session.claims.tags),
        };
        of_session.iter().chain(own).find(|tag| tag.is_of(key))
    }
}

impl Behind {
    fn tags(&self) -> &[Tag] {
        match self {
            Self::Root => &[],
            Self::User(user) => &user.record.bounded.tags,
            Self::Role(role) => &role.record.bounded.tags,
        }
    }
}

impl Session {
    fn values(&self, name: &str, each: &mut dyn FnMut(&str)) {
        match name {
            "aws:TokenIssueTime" => each(&self.claims.issued().to_string()),
            "aws:MultiFactorAuthPresent" => each("false"),
            "aws:SourceIdentity" => self.claims.source_identity.iter().for_each(|who| each(who)),
            name => {
                if let Some(web) = &self.claims.web {
                    web.values(name, each);
                }
            }
        }
    }
}

impl WebIdentity {
    /// The keys that a web identity gives, as `provider:sub`.
    pub(crate) fn values(&self, name: &str, each: &mut dyn FnMut(&str)) {
        if name.eq_ignore_ascii_case("aws:FederatedProvider") {
            return each(&crate::oidc::provider_arn(&self.provider));
        }
        let Some((provider, claim)) = name.rsplit_once(':') else { return };
        if !provider.eq_ignore_ascii_case(&self.provider) {
            return;
        }
        match claim {
            "aud" => each(&self.audience),
            "sub" => each(&self.subject),
            _ => {}
        }
    }
}
