//! What a policy is attached to, which decides what it may say and how long it may be.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html>

/// What a policy is attached to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind<'a> {
    /// A user, a group or a role: what they may do.
    Identity,
    /// A user or a role: the most that they may do.
    Boundary,
    /// A session: the most that it may do.
    Session,
    /// A bucket: who may do what to it and to the objects in it.
    Resource {
        /// The bucket's name.
        bucket: &'a str,
    },
    /// A role: who may assume it.
    Trust,
}

/// Most bytes of a bucket policy: 20 KB, as in S3.
pub const BUCKET_POLICY_BYTES_MAX: usize = 20 * 1024;
/// Most characters of a managed policy, white space aside.
pub const MANAGED_POLICY_CHARACTERS_MAX: usize = 6_144;
/// Most characters of all inline policies of a user together, white space aside.
pub const USER_POLICIES_CHARACTERS_MAX: usize = 2_048;
/// Most characters of all inline policies of a group together, white space aside.
pub const GROUP_POLICIES_CHARACTERS_MAX: usize = 5_120;
/// Most characters of all inline policies of a role together, white space aside.
pub const ROLE_POLICIES_CHARACTERS_MAX: usize = 10_240;
/// Most characters of a role's trust policy, white space aside.
pub const TRUST_POLICY_CHARACTERS_MAX: usize = 2_048;
/// Most characters of a session policy, white space and all.
pub const SESSION_POLICY_CHARACTERS_MAX: usize = 2_048;

/// Most bytes that are read as a policy of whatever kind: the longest of the limits with room for
/// white space, which is what bounds the time.
pub const POLICY_BYTES_MAX: usize = 64 * 1024;

/// Characters of a policy as IAM counts them: without white space.
#[must_use]
pub fn count_characters(text: &str) -> usize {
    text.chars().filter(|character| !character.is_whitespace()).count()
}

impl Kind<'_> {
    /// Most bytes that [`Policy::parse`](crate::Policy::parse) reads.
    pub(crate) fn bytes_max(self) -> usize {
        match self {
            Self::Resource { .. } => BUCKET_POLICY_BYTES_MAX,
            Self::Identity | Self::Boundary | Self::Session | Self::Trust => POLICY_BYTES_MAX,
        }
    }
}
