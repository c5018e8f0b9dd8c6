//! Managed policies with their versions.

use std::sync::Arc;

use policy::{Kind, Policy};
use serde::{Deserialize, Serialize};

use super::subject::compiled;
use super::{Record, account_arn};
use crate::directory::{DENY_ALL, Directory, Table};
use crate::seal::MasterKeys;

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Managed {
    pub(crate) name: String,
    pub(crate) path: String,
    /// The unique id.
    pub(crate) id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) description: Option<String>,
    /// In seconds since 1970.
    pub(crate) created: u64,
    /// When its versions last changed.
    pub(crate) updated: u64,
    /// In the order in which they were made.
    pub(crate) versions: Vec<Version>,
    /// The number of the version that is in force.
    pub(crate) default: u32,
    /// The number of the next version: none is used again.
    pub(crate) next: u32,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Version {
    /// Its id is `v` and this.
    pub(crate) number: u32,
    pub(crate) document: String,
    /// In seconds since 1970.
    pub(crate) created: u64,
}

/// What follows from the record of a managed policy.
pub(crate) struct Compiled {
    pub(crate) arn: Arc<str>,
    /// The version that is in force.
    pub(crate) policy: Policy,
}

impl Record for Managed {
    const KIND: &'static str = "policy";
    type Compiled = Compiled;

    fn name(&self) -> &str {
        &self.name
    }
    fn id(&self) -> &str {
        &self.id
    }
    fn compile(&self, _: &MasterKeys) -> Compiled {
        let default = self.versions.iter().find(|version| version.number == self.default);
        let policy = default
            .map_or_else(|| DENY_ALL.clone(), |found| compiled(&found.document, Kind::Identity));
        Compiled { arn: account_arn("policy", &self.path, &self.name), policy }
    }
    fn table(directory: &Directory) -> &Table<Self> {
        &directory.policies
    }
    fn table_mut(directory: &mut Directory) -> &mut Table<Self> {
        &mut directory.policies
    }
}
