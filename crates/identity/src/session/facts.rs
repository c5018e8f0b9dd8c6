//! What the trust policy of a role may ask of the request for a session.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html>

use policy::{Context, Key};

use crate::record::Tag;
use crate::seal::token::WebIdentity;

/// What is known of a request for a session, before what `around` knows.
pub(super) struct Facts<'a> {
    pub(super) session_name: Option<&'a str>,
    pub(super) external_id: Option<&'a str>,
    pub(super) source_identity: Option<&'a str>,
    pub(super) seconds: u64,
    pub(super) tags: &'a [Tag],
    pub(super) transitive: &'a [String],
    /// Of the role.
    pub(super) resource_tags: &'a [Tag],
    pub(super) web: Option<(&'a WebIdentity, &'a [String])>,
    /// The caller and the request that it came with.
    pub(super) around: &'a [&'a dyn Context],
}

impl Context for Facts<'_> {
    fn values(&self, key: &Key, each: &mut dyn FnMut(&str)) {
        let name = key.name();
        let is = |other: &str| name.eq_ignore_ascii_case(other);
        let one_of = |tags: &[Tag], each: &mut dyn FnMut(&str)| {
            let wanted = key.tag().unwrap_or_default();
            tags.iter().filter(|tag| tag.is_of(wanted)).for_each(|tag| each(&tag.value));
        };
        if is("sts:RoleSessionName") {
            self.session_name.into_iter().for_each(each);
        } else if is("sts:ExternalId") {
            self.external_id.into_iter().for_each(each);
        } else if is("sts:SourceIdentity") {
            self.source_identity.into_iter().for_each(each);
        } else if is("sts:DurationSeconds") {
            each(&self.seconds.to_string());
        } else if is("sts:TransitiveTagKeys") {
            self.transitive.iter().for_each(|key| each(key));
        } else if is("aws:TagKeys") {
            self.tags.iter().for_each(|tag| each(&tag.key));
        } else if is("aws:RequestTag") {
            one_of(self.tags, each);
        } else if is("aws:ResourceTag") {
            one_of(self.resource_tags, each);
        } else {
            self.ask_others(key, each);
        }
    }
}

impl Facts<'_> {
    fn ask_others(&self, key: &Key, each: &mut dyn FnMut(&str)) {
        if let Some((web, methods)) = self.web {
            web.values(key.name(), each);
            let of_methods = key.name().rsplit_once(':').filter(|(provider, claim)| {
                provider.eq_ignore_ascii_case(&web.provider) && *claim == "amr"
            });
            if of_methods.is_some() {
                methods.iter().for_each(|method| each(method));
            }
        }
        self.around.iter().for_each(|context| context.values(key, each));
    }
}
