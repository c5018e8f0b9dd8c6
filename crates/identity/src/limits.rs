//! Every number the account is bounded by. They are AWS's, and they make the whole account fit in
//! memory.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>

/// Users of the account.
pub const USERS_MAX: usize = 5_000;
/// Groups of the account.
pub const GROUPS_MAX: usize = 300;
/// Roles of the account.
pub const ROLES_MAX: usize = 1_000;
/// Managed policies of the account.
pub const POLICIES_MAX: usize = 1_500;
/// Access keys of a user, so that one can take over from the other.
pub const ACCESS_KEYS_MAX: usize = 2;
/// Groups that a user may be in.
pub const GROUPS_OF_USER_MAX: usize = 10;
/// Managed policies that are attached to one user, group or role.
pub const ATTACHED_MAX: usize = 10;
/// Versions of a managed policy.
pub const POLICY_VERSIONS_MAX: usize = 5;
/// Tags of a user or a role, and of a session.
pub const TAGS_MAX: usize = 50;
/// Characters of a tag's key.
pub const TAG_KEY_CHARACTERS_MAX: usize = 128;
/// Characters of a tag's value.
pub const TAG_VALUE_CHARACTERS_MAX: usize = 256;
/// Characters of the name of a user or a role.
pub const NAME_CHARACTERS_MAX: usize = 64;
/// Characters of the name of a group or a policy.
pub const LONG_NAME_CHARACTERS_MAX: usize = 128;
/// Characters of a path.
pub const PATH_CHARACTERS_MAX: usize = 512;
/// Characters of a description.
pub const DESCRIPTION_CHARACTERS_MAX: usize = 1_000;
/// Items of a page of a list.
pub const PAGE_ITEMS_MAX: usize = 1_000;
/// Items of a page when nobody says how many.
pub const PAGE_ITEMS_DEFAULT: usize = 100;

/// Shortest life of a session: 15 minutes.
pub const SESSION_SECONDS_MIN: u32 = 900;
/// Life of a session that nobody asks a life for, and the longest of one that a role or the root
/// user makes: 1 hour.
pub const SESSION_SECONDS_SHORT: u32 = 3_600;
/// Life of a user's session when nobody says how long: 12 hours.
pub const USER_SESSION_SECONDS_DEFAULT: u32 = 43_200;
/// Longest life of a user's session and of a federated user's: 36 hours.
pub const USER_SESSION_SECONDS_MAX: u32 = 129_600;
/// Longest that a role may allow its sessions to live: 12 hours.
pub const ROLE_SESSION_SECONDS_MAX: u32 = 43_200;
/// Life of the credentials of an instance's role: 6 hours.
pub const INSTANCE_SECONDS: u32 = 21_600;
/// Managed policies that a session may be given.
pub const SESSION_MANAGED_MAX: usize = 10;
/// Bytes of a session token. It has to fit into a header, and is decoded before it is known to be
/// genuine.
pub const TOKEN_BYTES_MAX: usize = 8 << 10;
/// Bytes of a web identity token, as STS has it.
pub const WEB_TOKEN_BYTES_MAX: usize = 20_000;
/// Bytes of a set of keys of an identity provider: a hundred of the longest.
pub const KEY_SET_BYTES_MAX: usize = 256 << 10;
/// Keys of a provider that are looked at.
pub const KEY_SET_KEYS_MAX: usize = 100;
/// How far the clock of an identity provider may be from ours.
pub const CLOCK_SKEW_SECONDS: u64 = 60;
/// Master keys that may be known at once: more than any rotation needs.
pub const MASTER_KEYS_MAX: usize = 8;

/// How often a change that others were faster than is tried again.
pub(crate) const TRIES_MAX: usize = 16;
