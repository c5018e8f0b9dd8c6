//! The body of a request.

use std::fmt;

use bytes::Bytes;
use http::request::Parts;
use http_body_util::BodyExt as _;
use hyper::body::{Body as _, Incoming};
use s3::Code;
use tokio::time::timeout;

use crate::limits::{BODY_IDLE_MAX, DISCARD_BYTES_MAX, DISCARD_TIME_MAX};
use crate::refusal::Refusal;

/// A body that is still arriving.
pub(crate) struct Arriving {
    incoming: Incoming,
    /// Bytes that came already, and were not for who read them.
    unread: Option<Bytes>,
    /// The client holds the body back until it is asked for it.
    awaits_continue: bool,
}

/// Shows nothing of the bytes: a form is signed in its body.
impl fmt::Debug for Arriving {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Arriving")
            .field("awaits_continue", &self.awaits_continue)
            .finish_non_exhaustive()
    }
}

impl Arriving {
    pub(crate) fn new(head: &Parts, incoming: Incoming) -> Self {
        let awaits_continue = head.headers.contains_key(http::header::EXPECT);
        Self { incoming, unread: None, awaits_continue }
    }

    /// How long the body says it is, in bytes.
    pub(crate) fn length(&self) -> Result<u64, Refusal> {
        let length = self.incoming.size_hint().exact();
        length.ok_or_else(|| Refusal::new(Code::MissingContentLength))
    }

    /// Some more bytes; none at the end.
    pub(crate) async fn next(&mut self) -> Result<Option<Bytes>, Refusal> {
        self.awaits_continue = false;
        if let Some(bytes) = self.unread.take() {
            return Ok(Some(bytes));
        }
        loop {
            let frame = timeout(BODY_IDLE_MAX, self.incoming.frame())
                .await
                .map_err(|_| Refusal::new(Code::RequestTimeout))?;
            let Some(frame) = frame else { return Ok(None) };
            let frame = frame
                .map_err(|error| Refusal::new(Code::IncompleteBody).because(error.to_string()))?;
            if let Ok(bytes) = frame.into_data()
                && !bytes.is_empty()
            {
                return Ok(Some(bytes));
            }
        }
    }

    /// Gives bytes back: they come next.
    pub(crate) fn unread(&mut self, bytes: Bytes) {
        self.unread = Some(bytes).filter(|bytes| !bytes.is_empty());
    }

    /// About `wanted` bytes more; nothing at the end.
    pub(crate) async fn piece(&mut self, wanted: usize) -> Result<Vec<Bytes>, Refusal> {
        let (mut piece, mut length) = (Vec::new(), 0);
        while length < wanted {
            let Some(bytes) = self.next().await? else {
                break;
            };
            length += bytes.len();
            piece.push(bytes);
        }
        Ok(piece)
    }

    /// Reads what is left in the background and throws it away, within bounds, so that a client
    /// that is still sending gets to read the answer. A client that waits to be asked is not.
    pub(crate) fn discard(mut self) {
        if self.awaits_continue || self.incoming.is_end_stream() {
            return;
        }
        tokio::spawn(timeout(DISCARD_TIME_MAX, async move {
            let mut left = DISCARD_BYTES_MAX;
            while let Some(Ok(frame)) = self.incoming.frame().await {
                let length = frame.data_ref().map_or(0, Bytes::len);
                left = left.saturating_sub(u64::try_from(length).unwrap_or(u64::MAX));
                if left == 0 {
                    return;
                }
            }
        }));
    }
}
