//! The store in a folder with its root user, ready to be served.

use std::fmt::Display;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use identity::{Identities, root};
use server::{AccessLog, House, Server, Settings};
use signature::Credentials;
use store::Store;

use crate::failure::{Exit, Failure};
use crate::machine;

const ID: &str = "HALLPASS_ROOT_ACCESS_KEY_ID";
const SECRET: &str = "HALLPASS_ROOT_SECRET_ACCESS_KEY";

/// An open store.
pub(crate) struct Embedded {
    store: Store,
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
        let store = Store::open(dir).map_err(|e| cannot_open(dir, &e))?;
        let file = dir.join(root::FILE_NAME);
        let is_new = named.is_none() && !file.exists();
        let credentials = match named {
            Some(credentials) => credentials,
            None => root::load_or_create(dir).map_err(|e| no_root(&e))?,
        };
        Ok(Self {
            store,
            credentials,
            new_credentials: is_new.then_some(file),
        })
    }

    /// Takes the address; who connects is served as soon as the server is.
    pub(crate) async fn listen(
        self,
        address: SocketAddr,
        settings: Settings,
        log: AccessLog,
    ) -> Result<Server, Failure> {
        let cannot_listen = |e: std::io::Error| Failure {
            error: format!("cannot listen on `{address}`: {e}"),
            hint: "choose another address with --listen; port 0 is any free one".into(),
            exit: Exit::Failed,
        };
        let identities = Identities::new(self.credentials);
        let clock = machine::server_clock();
        let house = House::new(self.store, identities, settings, clock, log);
        let house = house.map_err(cannot_listen)?;
        Server::bind(address, house).await.map_err(cannot_listen)
    }
}

fn named_credentials() -> Result<Option<Credentials>, Failure> {
    let variable = |name| machine::variable(name).filter(|value| !value.is_empty());
    match (variable(ID), variable(SECRET)) {
        (Some(id), Some(secret)) => Ok(Some(Credentials::new(&id, &secret, None))),
        (None, None) => Ok(None),
        (Some(_), None) => Err(Failure::usage(format!("{ID} is set and {SECRET} is not"))),
        (None, Some(_)) => Err(Failure::usage(format!("{SECRET} is set and {ID} is not"))),
    }
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
