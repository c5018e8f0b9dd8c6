//! The metadata service of an instance: software that looks for the credentials of its machine
//! finds those of a role here, as on EC2, with tokens (IMDSv2) and never without.
//!
//! It has a socket of its own, on this machine unless others are let in. What is sent from it lives
//! for one hop, so that no router takes it further.
//! <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html>

mod instance;
mod route;
mod token;

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use identity::Account;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use self::instance::Instance;
use self::route::{Asked, Desk};
use self::token::Tokens;
use super::accept;
use crate::house::{Clock, seconds};
use crate::limits::{HEAD_TIME_MAX, METADATA_CONNECTIONS_MAX, METADATA_TIME_MAX};

/// A role for software on this machine.
#[derive(Clone, Debug)]
pub struct InstanceRole {
    /// Its name.
    pub name: String,
    /// The region that the machine is said to be in.
    pub region: String,
    /// Whether others than this machine may ask.
    pub is_open: bool,
}

/// An open metadata service.
pub struct Metadata {
    listener: TcpListener,
    desk: Arc<Desk>,
    clock: Clock,
}

impl Metadata {
    /// Listens on `address`; port 0 is any free one.
    ///
    /// # Errors
    /// When the address cannot be had, or is not of this machine alone and may not be another; and
    /// when the machine has no random numbers.
    pub async fn bind(
        address: SocketAddr,
        account: Arc<Account>,
        role: InstanceRole,
        clock: Clock,
    ) -> io::Result<Self> {
        if !role.is_open && !address.ip().is_loopback() {
            return Err(io::Error::other("others than this machine could ask there"));
        }
        let listener = TcpListener::bind(address).await?;
        if address.is_ipv4() {
            listener.set_ttl(1)?;
        }
        let InstanceRole { name, region, is_open } = role;
        let instance = Instance::new(account, name, region);
        let desk = Arc::new(Desk { instance, tokens: Tokens::new()?, is_open });
        Ok(Self { listener, desk, clock })
    }

    /// The address that it listens on.
    ///
    /// # Errors
    /// When the machine does not say.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Serves until it is dropped.
    pub async fn serve(self) {
        let connections = Arc::new(Semaphore::new(METADATA_CONNECTIONS_MAX));
        loop {
            let Some((stream, _, permit)) = accept(&self.listener, &connections).await else {
                continue;
            };
            let (desk, clock) = (Arc::clone(&self.desk), Arc::clone(&self.clock));
            tokio::spawn(async move {
                // How a connection ended says nothing to anybody.
                let _: Result<(), tokio::time::error::Elapsed> =
                    timeout(METADATA_TIME_MAX, serve(stream, desk, clock)).await;
                drop(permit);
            });
        }
    }
}

impl fmt::Debug for Metadata {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metadata").field("desk", &self.desk).finish_non_exhaustive()
    }
}

async fn serve(stream: TcpStream, desk: Arc<Desk>, clock: Clock) {
    let service = service_fn(move |request: http::Request<hyper::body::Incoming>| {
        let (method, headers) = (request.method(), request.headers());
        let asked = Asked { method, path: request.uri().path(), headers };
        let answer = desk.answer(&asked, seconds(clock()));
        async { Ok::<_, std::convert::Infallible>(answer) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIME_MAX)
        .serve_connection(TokioIo::new(stream), service);
    // As above.
    let _: Result<(), hyper::Error> = connection.await;
}

#[cfg(test)]
mod tests;
