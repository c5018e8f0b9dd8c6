//! A stream that gives up when the other side stops reading: an answer that makes no progress for
//! [`BODY_IDLE_MAX`] ends in an error, and its connection is free for others. Where a stand-in is
//! to be written, it has the kernel send the next bytes of its outbox.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, Interest, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Sleep, sleep};

use crate::body::{Outbox, is_stand_in};
use crate::limits::BODY_IDLE_MAX;

/// A socket whose writes must make progress.
#[derive(Debug)]
pub(super) struct Guarded {
    stream: TcpStream,
    outbox: Outbox,
    /// Runs while a write waits.
    patience: Option<Pin<Box<Sleep>>>,
}

impl Guarded {
    pub(super) fn new(stream: TcpStream, outbox: Outbox) -> Self {
        Self { stream, outbox, patience: None }
    }

    /// Sends from the outbox what takes the place of `stand_in`.
    fn poll_send(&mut self, context: &mut Context<'_>, stand_in: &[u8]) -> Poll<io::Result<usize>> {
        let Self { stream, outbox, .. } = self;
        loop {
            ready!(stream.poll_write_ready(context))?;
            match stream.try_io(Interest::WRITABLE, || outbox.send(&*stream, stand_in)) {
                Err(e) if e.kind() == io::ErrorKind::WouldBlock => {}
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                sent => return Poll::Ready(sent),
            }
        }
    }

    fn guard<T>(
        &mut self,
        context: &mut Context<'_>,
        progress: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if progress.is_ready() {
            self.patience = None;
            return progress;
        }
        let patience = self.patience.get_or_insert_with(|| Box::pin(sleep(BODY_IDLE_MAX)));
        match patience.as_mut().poll(context) {
            Poll::Ready(()) => Poll::Ready(Err(io::ErrorKind::TimedOut.into())),
            Poll::Pending => Poll::Pending,
        }
    }
}

impl AsyncRead for Guarded {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Guarded {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let progress = if is_stand_in(bytes) {
            self.poll_send(context, bytes)
        } else {
            Pin::new(&mut self.stream).poll_write(context, bytes)
        };
        self.guard(context, progress)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let bytes = slices.iter().take_while(|slice| !is_stand_in(slice)).count();
        let progress = match (slices.get(..bytes), slices.first()) {
            (Some([]), Some(stand_in)) => self.poll_send(context, stand_in),
            (Some(bytes), _) => Pin::new(&mut self.stream).poll_write_vectored(context, bytes),
            (None, _) => Poll::Ready(Ok(0)),
        };
        self.guard(context, progress)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
