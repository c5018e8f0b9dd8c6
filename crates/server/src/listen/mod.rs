//! Brings requests in: sockets, limits, time-outs, an orderly end.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::time::timeout;

use crate::body::Outbox;
use crate::house::House;
use crate::limits::{ACCEPT_PAUSE, CONNECTIONS_MAX, DRAIN_TIME_MAX, HEAD_BYTES_MAX, HEAD_TIME_MAX};
use crate::pipeline;

pub(crate) mod metadata;
mod stall;

/// A house with an open door.
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    house: Arc<House>,
}

impl Server {
    /// Listens on `address`; port 0 is any free one.
    ///
    /// # Errors
    /// When the address cannot be had.
    pub async fn bind(address: SocketAddr, house: House) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        Ok(Self { listener, house: Arc::new(house) })
    }

    /// The address that it listens on.
    ///
    /// # Errors
    /// When the machine does not say.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Serves until `stop` is over; then takes no more connections, lets requests under way
    /// finish, for 30 seconds at most, and closes the store.
    pub async fn serve(self, stop: impl Future<Output = ()>) {
        let connections = Arc::new(Semaphore::new(CONNECTIONS_MAX));
        let (stopping, is_stopping) = watch::channel(());
        let (done, mut all_done) = tokio::sync::mpsc::channel::<()>(1);
        let mut stop = std::pin::pin!(stop);
        loop {
            let accepted = tokio::select! {
                () = &mut stop => break,
                accepted = accept(&self.listener, &connections) => accepted,
            };
            let Some((stream, peer, permit)) = accepted else {
                continue;
            };
            let connection =
                Connection { house: Arc::clone(&self.house), stopping: is_stopping.clone() };
            let done = done.clone();
            tokio::spawn(async move {
                connection.serve(stream, peer).await;
                drop((permit, done));
            });
        }
        drop((self.listener, stopping, done));
        // Nobody sends; this ends when the last connection has dropped its sender, or with time.
        let _: Result<Option<()>, _> = timeout(DRAIN_TIME_MAX, all_done.recv()).await;
        let house = self.house;
        let closed = tokio::task::spawn_blocking(move || {
            house.store.close();
            house.log.flush();
        });
        // The only error is a panic in there, which has been printed.
        let _: Result<(), tokio::task::JoinError> = closed.await;
    }
}

/// The next connection, once there is room for it. A client that is gone before it is accepted
/// is none; without file descriptors, time has to pass.
async fn accept(
    listener: &TcpListener,
    connections: &Arc<Semaphore>,
) -> Option<(TcpStream, SocketAddr, tokio::sync::OwnedSemaphorePermit)> {
    let permit = Arc::clone(connections).acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, peer)) => Some((stream, peer, permit)),
        Err(error) if is_of_the_client(&error) => None,
        Err(_) => {
            tokio::time::sleep(ACCEPT_PAUSE).await;
            None
        }
    }
}

fn is_of_the_client(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionRefused
            | io::ErrorKind::Interrupted
    )
}

struct Connection {
    house: Arc<House>,
    stopping: watch::Receiver<()>,
}

impl Connection {
    async fn serve(mut self, stream: TcpStream, peer: SocketAddr) {
        // Header and body of a small answer leave in one segment; without this the kernel waits
        // for the client's acknowledgement in between. A socket that refuses it works all the same.
        let _: io::Result<()> = stream.set_nodelay(true);
        let (house, outbox) = (Arc::clone(&self.house), Outbox::default());
        let stream = stall::Guarded::new(stream, outbox.clone());
        let service = service_fn(move |request| {
            let answer = pipeline::serve(Arc::clone(&house), peer.ip(), request, outbox.clone());
            async { Ok::<_, std::convert::Infallible>(answer.await) }
        });
        let mut connection = std::pin::pin!(
            http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(HEAD_TIME_MAX)
                .max_buf_size(HEAD_BYTES_MAX)
                // A client may close its side once it has asked; it still gets its answer.
                .half_close(true)
                .serve_connection(TokioIo::new(stream), service)
        );
        // How a connection ended says nothing that its requests' log entries do not say.
        tokio::select! {
            _ = &mut connection => return,
            _ = self.stopping.changed() => connection.as_mut().graceful_shutdown(),
        }
        let _: Result<(), hyper::Error> = connection.await;
    }
}
