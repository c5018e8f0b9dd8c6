//! The store in a folder with its root user, ready to be served.

pub(crate) mod upkeep;
pub(crate) mod uses;

use std::fmt::Display;
use std::fs;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use identity::{Account, MasterKeys, root};
use ledger::DiskLedger;
use server::{AccessLog, House, Server, Settings};
use signature::Credentials;
use store::{Inspection, Store};
use zeroize::Zeroizing;

use crate::failure::{Exit, Failure};
use crate::{machine, output};

const ID: &str = "HALLPASS_ROOT_ACCESS_KEY_ID";
const SECRET: &str = "HALLPASS_ROOT_SECRET_ACCESS_KEY";
const MASTER_KEYS: &str = "HALLPASS_IDENTITY_KEY";
/// The folder of the account's records, below that of the store.
pub(crate) const LEDGER: &str = "ledger";

/// An open store.
pub(crate) struct Embedded {
    store: Store,
    /// Who may sign.
    pub(crate) account: Arc<Account>,
    /// The root user's access key.
    pub(crate) credentials: Credentials,
    /// The file that now keeps it, when it was made just now.
    pub(crate) new_credentials: Option<PathBuf>,
}

impl Embedded {
    /// Opens the store in `dir`, or makes one, and finds its root user: in the environment, else
    /// in the folder.
    pub(crate) fn open(dir: &Path) -> Result<Self, Failure> {
        let named = named_credentials()?;
        let named_keys = named_master_keys()?;
        make_parents(dir).map_err(|e| cannot_open(dir, &e))?;
        let store = Store::open(dir).map_err(|e| cannot_open(dir, &e))?;
        let file = dir.join(root::FILE_NAME);
        let is_new = named.is_none() && !file.exists();
        let credentials = match named {
            Some(credentials) => credentials,
            None => root::load_or_create(dir).map_err(|e| no_root(&e))?,
        };
        let account = Arc::new(open_account(dir, named_keys, credentials.clone())?);
        Ok(Self { store, account, credentials, new_credentials: is_new.then_some(file) })
    }

    /// The store, to be looked at.
    pub(crate) fn inspection(&self) -> Inspection {
        self.store.inspection()
    }

    /// Takes the address; who connects is served as soon as the server is.
    pub(crate) async fn listen(
        self,
        address: SocketAddr,
        settings: Settings,
        log: AccessLog,
    ) -> Result<Server, Failure> {
        let cannot_listen = |e: io::Error| Failure {
            error: format!("cannot listen on `{address}`: {e}"),
            hint: "choose another address with --listen; port 0 is any free one".into(),
            exit: Exit::Failed,
        };
        let clock = machine::server_clock();
        let house = House::new(self.store, self.account, settings, clock, log);
        let house = house.map_err(cannot_listen)?;
        Server::bind(address, house).await.map_err(cannot_listen)
    }
}

/// The account whose records lie beside the store, with the named master keys, else those of the
/// folder. Access keys that they do not open are told.
fn open_account(
    dir: &Path,
    named: Option<MasterKeys>,
    root: Credentials,
) -> Result<Account, Failure> {
    let keys = match named {
        Some(keys) => keys,
        None => MasterKeys::load_or_create(dir).map_err(|e| no_master_key(&e))?,
    };
    let ledger = DiskLedger::open(&dir.join(LEDGER)).map_err(|e| cannot_open(dir, &e))?;
    let account = Account::open(Arc::new(ledger), keys, root).map_err(|e| cannot_open(dir, &e))?;
    let unopened = account.unopened_keys().len();
    if unopened > 0 {
        let which = "were sealed with another master key and cannot be used";
        output::note(&format!("{unopened} access keys {which}"));
    }
    Ok(account)
}

/// The master keys in the environment.
fn named_master_keys() -> Result<Option<MasterKeys>, Failure> {
    let keys = machine::variable(MASTER_KEYS).filter(|keys| !keys.is_empty()).map(Zeroizing::new);
    let keys = keys.map(|keys| MasterKeys::parse(&keys)).transpose();
    keys.map_err(|e| Failure::usage(format!("{MASTER_KEYS} holds no master key: {e}")))
}

fn named_credentials() -> Result<Option<Credentials>, Failure> {
    let variable = |name| machine::variable(name).filter(|value| !value.is_empty());
    match (variable(ID), variable(SECRET).map(Zeroizing::new)) {
        (Some(id), Some(secret)) => Ok(Some(Credentials::new(&id, &secret, None))),
        (None, None) => Ok(None),
        (Some(_), None) => Err(Failure::usage(format!("{ID} is set and {SECRET} is not"))),
        (None, Some(_)) => Err(Failure::usage(format!("{SECRET} is set and {ID} is not"))),
    }
}

/// Makes the folders above `dir`, each of them durable: an acknowledged object must not be lost
/// because the way to it was.
fn make_parents(dir: &Path) -> io::Result<()> {
    let parent = dir.parent().filter(|p| !p.as_os_str().is_empty());
    let Some(parent) = parent.filter(|parent| !parent.exists()) else {
        return Ok(());
    };
    make_parents(parent)?;
    fs::create_dir(parent)?;
    let above = parent.parent().filter(|p| !p.as_os_str().is_empty());
    fs::File::open(above.unwrap_or(Path::new(".")))?.sync_all()
}

fn cannot_open(dir: &Path, error: &dyn Display) -> Failure {
    Failure {
        error: format!("cannot open the store in `{}`: {error}", dir.display()),
        hint: "choose another folder with --data, or end what uses this one".into(),
        exit: Exit::Failed,
    }
}

fn no_root(error: &dyn Display) -> Failure {
    Failure {
        error: format!("no root access key: {error}"),
        hint: format!("mend the file, for others `chmod go= FILE`, or set {ID} and {SECRET}"),
        exit: Exit::Failed,
    }
}

fn no_master_key(error: &dyn Display) -> Failure {
    Failure {
        error: format!("no master key: {error}"),
        hint: format!("mend the file, for others `chmod go= FILE`, or set {MASTER_KEYS}"),
        exit: Exit::Failed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_above_the_store_are_made_and_the_store_is_not() {
        let home = tempfile::tempdir().unwrap();
        let dir = home.path().join("a/b/data");
        for _ in 0..2 {
            make_parents(&dir).unwrap();
            assert!(home.path().join("a/b").is_dir() && !dir.exists());
        }
        make_parents(Path::new("data")).unwrap();
    }
}
