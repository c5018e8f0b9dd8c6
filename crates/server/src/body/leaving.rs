//! The body of an answer. The log entry rides in it and closes when the last byte has left, or
//! when the client is gone.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf as _, Bytes};
use http_body::{Body, Frame, SizeHint};
use store::{Reader, Step, StoreError};
use tokio::task::JoinHandle;

use super::outbox::{Outbox, Outgoing};
use super::pieces::{Piece, Share};
use crate::log::Entry;

/// What an answer carries.
#[derive(Debug)]
pub(crate) enum Content {
    /// Nothing.
    Nothing,
    /// A document or a small object.
    Bytes(Bytes),
    /// An object, read as it leaves.
    Object(Box<Stream>),
}

impl Content {
    /// The bytes that a reader is about to read.
    pub(crate) fn object(reader: Reader, share: Share) -> Self {
        let (left, state) = (reader.left(), State::Ready(reader));
        Self::Object(Box::new(Stream { left, share, state }))
    }

    fn length(&self) -> u64 {
        match self {
            Self::Nothing => 0,
            Self::Bytes(bytes) => u64::try_from(bytes.len()).unwrap_or(u64::MAX),
            Self::Object(stream) => stream.left,
        }
    }
}

/// A body with its log entry.
#[derive(Debug)]
pub(crate) struct Leaving {
    content: Content,
    entry: Entry,
    outbox: Outbox,
}

impl Leaving {
    /// A body that leaves through the connection of `outbox`.
    pub(crate) fn new(content: Content, entry: Entry, outbox: Outbox) -> Self {
        Self { content, entry, outbox }
    }
}

impl Body for Leaving {
    type Data = Outgoing;
    type Error = StoreError;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Outgoing>, StoreError>>> {
        let Self { content, entry, outbox } = self.get_mut();
        let result = match content {
            Content::Nothing => None,
            Content::Bytes(bytes) => Some(Ok(Outgoing::Bytes(std::mem::take(bytes)))),
            Content::Object(stream) => ready!(stream.poll_piece(context, outbox)),
        };
        if !matches!(content, Content::Object(_)) {
            *content = Content::Nothing;
        }
        Poll::Ready(result.map(|piece| match piece {
            Ok(piece) => {
                entry.sent(piece.remaining());
                Ok(Frame::data(piece))
            }
            Err(error) => {
                entry.broke_off(&error);
                Err(error)
            }
        }))
    }

    fn is_end_stream(&self) -> bool {
        self.content.length() == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.content.length())
    }
}

/// An object on its way out.
#[derive(Debug)]
pub(crate) struct Stream {
    left: u64,
    share: Share,
    state: State,
}

#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "there is one, and it is boxed with its stream")]
enum State {
    Ready(Reader),
    /// The disk has to be waited for, which happens on a thread of its own.
    Waiting(JoinHandle<Result<(Reader, Bytes), StoreError>>),
    Over,
}

impl Stream {
    fn poll_piece(
        &mut self,
        context: &mut Context<'_>,
        outbox: &Outbox,
    ) -> Poll<Option<Result<Outgoing, StoreError>>> {
        loop {
            let (reader, piece) = match std::mem::replace(&mut self.state, State::Over) {
                State::Over => return Poll::Ready(None),
                State::Ready(mut reader) => {
                    if let Some(stretch) = reader.lend() {
                        self.left = reader.left();
                        self.state = State::Ready(reader);
                        return Poll::Ready(Some(Ok(outbox.put(stretch))));
                    }
                    let mut piece = self.share.lend(self.left);
                    match reader.read_ready(piece.room()) {
                        Ok(Step::End) => return Poll::Ready(None),
                        Ok(Step::Read(length)) => (reader, piece.filled(length)),
                        Ok(Step::WouldBlock) => {
                            self.state = State::Waiting(read_aside(reader, piece));
                            continue;
                        }
                        Err(error) => return Poll::Ready(Some(Err(error))),
                    }
                }
                State::Waiting(mut work) => match Pin::new(&mut work).poll(context) {
                    Poll::Pending => {
                        self.state = State::Waiting(work);
                        return Poll::Pending;
                    }
                    Poll::Ready(Ok(Ok(read))) => read,
                    Poll::Ready(Ok(Err(error))) => return Poll::Ready(Some(Err(error))),
                    Poll::Ready(Err(_)) => return Poll::Ready(Some(Err(StoreError::Closed))),
                },
            };
            self.left = reader.left();
            self.state = State::Ready(reader);
            return Poll::Ready(Some(Ok(Outgoing::Bytes(piece))));
        }
    }
}

fn read_aside(
    mut reader: Reader,
    mut piece: Piece,
) -> JoinHandle<Result<(Reader, Bytes), StoreError>> {
    tokio::task::spawn_blocking(move || {
        let length = reader.read(piece.room())?;
        Ok((reader, piece.filled(length)))
    })
}
