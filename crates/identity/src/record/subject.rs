//! Users, groups and roles: whom policies are attached to.

use std::collections::BTreeMap;
use std::sync::Arc;

use policy::{Kind, Policy};
use serde::{Deserialize, Serialize};
use signature::SecretKey;

use super::{Name, Record, Tag, account_arn};
use crate::directory::{Directory, Row, Table};
use crate::seal::MasterKeys;

/// What users, groups and roles have alike.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Common {
    pub(crate) name: String,
    pub(crate) path: String,
    /// The unique id.
    pub(crate) id: String,
    /// In seconds since 1970.
    pub(crate) created: u64,
    /// Documents by the name of the policy.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) inline: BTreeMap<String, String>,
    /// Ids of managed policies.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) attached: Vec<String>,
}

/// What users and roles have alike, and groups have not.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Bounded {
    /// The id of a managed policy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) boundary: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) tags: Vec<Tag>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct User {
    pub(crate) common: Common,
    pub(crate) bounded: Bounded,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) keys: Vec<Key>,
    /// Ids of groups.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) groups: Vec<String>,
}

/// An access key.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Key {
    pub(crate) id: String,
    pub(crate) status: KeyStatus,
    /// In seconds since 1970.
    pub(crate) created: u64,
    /// The secret, sealed.
    pub(crate) sealed: String,
}

/// Whether an access key may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum KeyStatus {
    /// It may.
    Active,
    /// It may not, until it is made active again.
    Inactive,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Group {
    pub(crate) common: Common,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Role {
    pub(crate) common: Common,
    pub(crate) bounded: Bounded,
    /// The trust policy.
    pub(crate) trust: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) description: Option<String>,
    pub(crate) session_seconds_max: u32,
}

/// What follows from the record of a user, group or role.
pub(crate) struct Compiled {
    pub(crate) arn: Arc<str>,
    /// The inline policies in the order of their names.
    pub(crate) inline: Box<[Policy]>,
    /// The secrets of the access keys in their order; none for one that does not open.
    pub(crate) secrets: Box<[Option<Arc<SecretKey>>]>,
    /// The trust policy.
    pub(crate) trust: Option<Policy>,
}

/// A user, a group or a role.
pub(crate) trait Subject: Record<Compiled = Compiled> {
    const NAME: Name;
    /// What errors call it.
    const WORD: &'static str;
    /// Most characters of its inline policies together.
    const INLINE_CHARACTERS_MAX: usize;

    fn common(&self) -> &Common;
    fn common_mut(&mut self) -> &mut Common;
    fn bounded(&self) -> Option<&Bounded>;
}

impl Common {
    fn compile(&self, sort: &str) -> Compiled {
        Compiled {
            arn: account_arn(sort, &self.path, &self.name),
            inline: self.inline.values().map(|text| compiled(text, Kind::Identity)).collect(),
            secrets: Box::default(),
            trust: None,
        }
    }
}

/// A stored policy, compiled. One that is a policy no longer may have denied anything.
pub(crate) fn compiled(text: &str, kind: Kind<'_>) -> Policy {
    Policy::parse(text, kind).unwrap_or_else(|_| crate::directory::DENY_ALL.clone())
}

impl Record for User {
    const KIND: &'static str = "user";
    type Compiled = Compiled;

    fn name(&self) -> &str {
        &self.common.name
    }
    fn id(&self) -> &str {
        &self.common.id
    }
    fn compile(&self, keys: &MasterKeys) -> Compiled {
        let open = |key: &Key| keys.open(&key.sealed, &key.id, &self.common.id).map(Arc::new);
        Compiled { secrets: self.keys.iter().map(open).collect(), ..self.common.compile("user") }
    }
    fn table(directory: &Directory) -> &Table<Self> {
        &directory.users
    }
    fn table_mut(directory: &mut Directory) -> &mut Table<Self> {
        &mut directory.users
    }
    fn index(
        directory: &mut Directory,
        before: Option<&Row<Self>>,
        after: Option<&Arc<Row<Self>>>,
    ) {
        directory.index_keys(before, after);
    }
}

impl Record for Group {
    const KIND: &'static str = "group";
    type Compiled = Compiled;

    fn name(&self) -> &str {
        &self.common.name
    }
    fn id(&self) -> &str {
        &self.common.id
    }
    fn compile(&self, _: &MasterKeys) -> Compiled {
        self.common.compile("group")
    }
    fn table(directory: &Directory) -> &Table<Self> {
        &directory.groups
    }
    fn table_mut(directory: &mut Directory) -> &mut Table<Self> {
        &mut directory.groups
    }
}

impl Record for Role {
    const KIND: &'static str = "role";
    type Compiled = Compiled;

    fn name(&self) -> &str {
        &self.common.name
    }
    fn id(&self) -> &str {
        &self.common.id
    }
    fn compile(&self, _: &MasterKeys) -> Compiled {
        // A trust policy that is none any more trusts nobody.
        let trust = Policy::parse(&self.trust, Kind::Trust).ok();
        Compiled { trust, ..self.common.compile("role") }
    }
    fn table(directory: &Directory) -> &Table<Self> {
        &directory.roles
    }
    fn table_mut(directory: &mut Directory) -> &mut Table<Self> {
        &mut directory.roles
    }
}

impl Subject for User {
    const NAME: Name = Name::User;
    const WORD: &'static str = "user";
    const INLINE_CHARACTERS_MAX: usize = policy::USER_POLICIES_CHARACTERS_MAX;

    fn common(&self) -> &Common {
        &self.common
    }
    fn common_mut(&mut self) -> &mut Common {
        &mut self.common
    }
    fn bounded(&self) -> Option<&Bounded> {
        Some(&self.bounded)
    }
}

impl Subject for Group {
    const NAME: Name = Name::Group;
    const WORD: &'static str = "group";
    const INLINE_CHARACTERS_MAX: usize = policy::GROUP_POLICIES_CHARACTERS_MAX;

    fn common(&self) -> &Common {
        &self.common
    }
    fn common_mut(&mut self) -> &mut Common {
        &mut self.common
    }
    fn bounded(&self) -> Option<&Bounded> {
        None
    }
}

impl Subject for Role {
    const NAME: Name = Name::Role;
    const WORD: &'static str = "role";
    const INLINE_CHARACTERS_MAX: usize = policy::ROLE_POLICIES_CHARACTERS_MAX;

    fn common(&self) -> &Common {
        &self.common
    }
    fn common_mut(&mut self) -> &mut Common {
        &mut self.common
    }
    fn bounded(&self) -> Option<&Bounded> {
        Some(&self.bounded)
    }
}
