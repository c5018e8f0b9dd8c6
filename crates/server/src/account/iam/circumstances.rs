//! The condition keys of a request to IAM.
//!
//! A key has the value that is acted upon: the boundary is the one that is put, or the one that is
//! there; tags are those of the parameters, or those of the user or role that is named.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html>

use policy::{Context, Key};

use super::Call;

/// What is known of a call.
pub(super) struct Circumstances<'a> {
    pub(super) call: &'a Call<'a>,
}

impl Context for Circumstances<'_> {
    fn values(&self, key: &Key, each: &mut dyn FnMut(&str)) {
        match (key.name(), key.tag()) {
            ("aws:RequestTag", Some(tag)) => self.request_tag(tag, each),
            ("aws:TagKeys", None) => self.tag_keys(each),
            ("aws:ResourceTag", Some(tag)) => self.resource_tag(tag, each),
            ("iam:permissionsboundary", None) => self.boundary(each),
            ("iam:policyarn", None) => self.policy(each),
            (name, _) => match name.strip_prefix("iam:resourcetag/") {
                Some(tag) => self.resource_tag(tag, each),
                None => self.call.asker.values(key, each),
            },
        }
    }
}

impl Circumstances<'_> {
    fn puts_tags(&self) -> bool {
        matches!(self.call.action.name, "CreateUser" | "CreateRole" | "TagUser" | "TagRole")
    }

    fn request_tag(&self, key: &str, each: &mut dyn FnMut(&str)) {
        // Tags that are none are refused by the action.
        let tags = self.call.tags().unwrap_or_default();
        if self.puts_tags() {
            tags.iter().filter(|tag| tag.is_of(key)).for_each(|tag| each(&tag.value));
        }
    }

    fn tag_keys(&self, each: &mut dyn FnMut(&str)) {
        if self.puts_tags() {
            return self.call.tags().unwrap_or_default().iter().for_each(|tag| each(&tag.key));
        }
        if matches!(self.call.action.name, "UntagUser" | "UntagRole") {
            let keys = self.call.parameters.list("TagKeys");
            keys.into_iter().for_each(each);
        }
    }

    fn resource_tag(&self, key: &str, each: &mut dyn FnMut(&str)) {
        let tags = self.call.tags_and_boundary().map(|(tags, _)| tags).unwrap_or_default();
        tags.iter().filter(|tag| tag.is_of(key)).for_each(|tag| each(&tag.value));
    }

    fn boundary(&self, each: &mut dyn FnMut(&str)) {
        match self.call.action.name {
            "CreateUser"
            | "CreateRole"
            | "PutUserPermissionsBoundary"
            | "PutRolePermissionsBoundary" => {
                self.call.get("PermissionsBoundary").into_iter().for_each(each);
            }
            "AttachUserPolicy"
            | "AttachRolePolicy"
            | "DetachUserPolicy"
            | "DetachRolePolicy"
            | "PutUserPolicy"
            | "PutRolePolicy"
            | "DeleteUserPolicy"
            | "DeleteRolePolicy"
            | "DeleteUserPermissionsBoundary"
            | "DeleteRolePermissionsBoundary" => {
                let boundary = self.call.tags_and_boundary().and_then(|(_, boundary)| boundary);
                boundary.iter().for_each(|arn| each(arn));
            }
            _ => {}
        }
    }

    fn policy(&self, each: &mut dyn FnMut(&str)) {
        let name = self.call.action.name;
        if name.starts_with("Attach") || name.starts_with("Detach") {
            self.call.get("PolicyArn").into_iter().for_each(each);
        }
    }
}
