//! A store that others made and that knows S3.

use std::net::SocketAddr;

use super::Process;
use crate::connection::Connection;
use crate::failure::Failure;
use crate::signer::Signer;

/// A running store with one bucket, `bench`.
#[derive(Debug)]
pub(crate) struct Rival {
    pub(super) name: &'static str,
    pub(super) name_of_writer: &'static str,
    pub(super) process: Process,
    pub(super) address: SocketAddr,
    pub(super) signer: Signer,
}

impl Rival {
    /// Its name, which says of a `PUT` whether it is on the disk when it is answered.
    pub(crate) fn name(&self, method: &str) -> &'static str {
        if method == "PUT" { self.name_of_writer } else { self.name }
    }

    /// Its process, and those that are behind it.
    pub(crate) fn process(&self) -> &Process {
        &self.process
    }

    /// Presigns for it.
    pub(crate) fn signer(&self) -> &Signer {
        &self.signer
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Opens a connection to it.
    pub(crate) fn connect(&self) -> Result<Connection, Failure> {
        let doing = format!("connecting to {}", self.name);
        Connection::open(self.address).map_err(Failure::while_doing(&doing))
    }
}
