//! The body of a request: what it is, and how it leaves.
//!
//! A [`Payload`] can be sent again after a failure; a [`Body`] is one sending of it. A large body
//! waits for `100 Continue`, so that a refusal arrives before the bytes leave for nothing.
//! <https://www.rfc-editor.org/rfc/rfc9110#section-10.1.1>

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::{Frame, SizeHint};
use sha2::{Digest as _, Sha256};
use tokio::sync::{Notify, mpsc};

use crate::endpoint::Scheme;
use crate::limits::{CONTINUE, CONTINUE_BYTES_MIN};
use crate::piece::{FileFault, Piece};

/// What a request carries.
#[derive(Clone, Debug)]
pub(crate) enum Payload {
    /// A document, or nothing.
    Document(Bytes),
    /// A stretch of a file.
    Piece(Piece),
}

impl Payload {
    /// Nothing.
    pub(crate) const NOTHING: Self = Self::Document(Bytes::new());

    /// Its size.
    pub(crate) fn bytes(&self) -> u64 {
        match self {
            Self::Document(document) => u64::try_from(document.len()).unwrap_or(u64::MAX),
            Self::Piece(piece) => piece.bytes(),
        }
    }

    /// The value of `x-amz-content-sha256`: the true hash, except for files over TLS, whose bytes
    /// are protected on their way and covered by a CRC.
    pub(crate) fn hash(&self, scheme: Scheme) -> String {
        match (self, scheme) {
            (Self::Document(document), _) => s3::hex::encode(&Sha256::digest(document)),
            (Self::Piece(piece), Scheme::Http) => match piece.sha256() {
                Some(sum) => s3::hex::encode(&sum),
                None => UNSIGNED.to_owned(),
            },
            (Self::Piece(_), Scheme::Https) => UNSIGNED.to_owned(),
        }
    }

    /// Whether the service is asked before the body leaves.
    pub(crate) fn asks_first(&self) -> bool {
        self.bytes() >= CONTINUE_BYTES_MIN
    }
}

const UNSIGNED: &str = "UNSIGNED-PAYLOAD";

/// What both ends of a sending know.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    /// Told for each frame that leaves.
    pub(crate) moved: Notify,
    /// Told when the service wants the body.
    pub(crate) wanted: Notify,
    over: AtomicBool,
}

impl Progress {
    /// The answer is there, or will never be: what has not left yet need not leave any more.
    pub(crate) fn end(&self) {
        self.over.store(true, Ordering::Release);
        self.wanted.notify_one();
    }
}

/// Why a body ends before its end.
#[derive(Debug)]
pub(crate) enum BodyFault {
    /// The file failed.
    File(FileFault),
    /// Nobody waits for it any more.
    Unwanted,
}

impl fmt::Display for BodyFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(fault) => fault.fmt(f),
            Self::Unwanted => f.write_str("nobody waits for the body any more"),
        }
    }
}

impl std::error::Error for BodyFault {}

/// One sending of a payload.
pub(crate) struct Body {
    gate: Option<Pin<Box<dyn Future<Output = ()> + Send>>>,
    content: Content,
    left: u64,
    progress: Arc<Progress>,
}

enum Content {
    Document(Option<Bytes>),
    Frames(mpsc::Receiver<Result<Bytes, FileFault>>),
}

impl Body {
    /// Begins to send `payload`.
    pub(crate) fn new(payload: &Payload, progress: Arc<Progress>) -> Self {
        Self {
            gate: payload.asks_first().then(|| gate(progress.clone())),
            content: match payload {
                Payload::Document(document) => {
                    Content::Document(Some(document.clone()).filter(|d| !d.is_empty()))
                }
                Payload::Piece(piece) => Content::Frames(piece.frames()),
            },
            left: payload.bytes(),
            progress,
        }
    }
}

/// Opens when the service wants the body, or does not say so for a while: not every one does.
fn gate(progress: Arc<Progress>) -> Pin<Box<dyn Future<Output = ()> + Send>> {
    Box::pin(async move {
        tokio::select! {
            () = progress.wanted.notified() => {}
            () = tokio::time::sleep(CONTINUE) => {}
        }
    })
}

impl http_body::Body for Body {
    type Data = Bytes;
    type Error = BodyFault;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyFault>>> {
        if let Some(gate) = &mut self.gate {
            ready!(gate.as_mut().poll(cx));
            self.gate = None;
        }
        if self.progress.over.load(Ordering::Acquire) {
            return Poll::Ready(Some(Err(BodyFault::Unwanted)));
        }
        let frame = match &mut self.content {
            Content::Document(document) => document.take().map(Ok),
            Content::Frames(frames) => ready!(frames.poll_recv(cx)),
        };
        self.progress.moved.notify_one();
        if let Some(Ok(bytes)) = &frame {
            let bytes = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
            self.left = self.left.saturating_sub(bytes);
        }
        Poll::Ready(frame.map(|frame| frame.map(Frame::data).map_err(BodyFault::File)))
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}
