//! What the ledger keeps: one record for each user, group, role and managed policy, with all that
//! belongs to it inside.
//!
//! A record lies under `identity/KIND/name`, the name in lower case, and is the JSON document
//! `{"version": 1, "record": {...}}`. Records refer to each other by unique ids, which are never
//! used again, so that a new user does not inherit what an old one of the same name had.

mod name;
mod policy;
mod subject;
mod tag;

pub(crate) use name::{Name, account_arn, capitalized, description, is_of_name, key_of_name, path};
pub(crate) use policy::{Managed, Version};
pub use subject::KeyStatus;
pub(crate) use subject::{Bounded, Common, Group, Key, Role, Subject, User};
pub use tag::Tag;
pub(crate) use tag::{checked, merged};

use std::sync::Arc;

use ledger::LedgerError;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::directory::{Directory, Row, Table};
use crate::seal::MasterKeys;

/// What all keys of the account begin with.
pub(crate) const PREFIX: &str = "identity/";
const VERSION: u32 = 1;

/// Something that the ledger keeps under its name.
pub(crate) trait Record:
    Clone + Serialize + DeserializeOwned + Send + Sync + 'static
{
    /// What its key has behind [`PREFIX`].
    const KIND: &'static str;
    /// What is derived from it once, for the requests to come.
    type Compiled: Send + Sync;

    fn name(&self) -> &str;
    fn id(&self) -> &str;
    fn compile(&self, keys: &MasterKeys) -> Self::Compiled;
    fn table(directory: &Directory) -> &Table<Self>;
    fn table_mut(directory: &mut Directory) -> &mut Table<Self>;

    /// Follows a change of a record wherever else than in its table it is found.
    fn index(_: &mut Directory, _before: Option<&Row<Self>>, _after: Option<&Arc<Row<Self>>>) {}
}

#[derive(Serialize)]
struct Written<'a, R> {
    version: u32,
    record: &'a R,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Read<R> {
    #[expect(dead_code, reason = "checked before the record is read")]
    version: u32,
    record: R,
}

#[derive(Deserialize)]
struct Versioned {
    version: u32,
}

/// The key of a record.
pub(crate) fn key<R: Record>(name: &str) -> Vec<u8> {
    format!("{PREFIX}{}/{}", R::KIND, key_of_name(name)).into_bytes()
}

/// The document of a record.
pub(crate) fn write<R: Serialize>(record: &R) -> Result<Vec<u8>, LedgerError> {
    let written = Written { version: VERSION, record };
    serde_json::to_vec(&written)
        .map_err(|error| LedgerError::io("writing a record", std::io::Error::other(error)))
}

/// Reads a document, which has to be of this version.
pub(crate) fn read<R: DeserializeOwned>(key: &[u8], value: &[u8]) -> Result<R, LedgerError> {
    let corrupt = |why: &dyn std::fmt::Display| LedgerError::Corrupt {
        at: format!("{}: {why}", String::from_utf8_lossy(key)),
    };
    let found: Versioned = serde_json::from_slice(value).map_err(|error| corrupt(&error))?;
    if found.version != VERSION {
        return Err(corrupt(&format_args!("written as version {}", found.version)));
    }
    let read: Read<R> = serde_json::from_slice(value).map_err(|error| corrupt(&error))?;
    Ok(read.record)
}
