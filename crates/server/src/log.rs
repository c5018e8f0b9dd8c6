//! The server access log: one line for each request, in AWS's format.
//!
//! Signatures and session tokens are credentials and never reach a line. Fields:
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/LogFormat.html>

use std::fmt::Write as _;
use std::io::{self, BufWriter, Write};
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};

use http::request::Parts;
use http::{HeaderMap, StatusCode, header};
use s3::Code;
use signature::Mechanism;
use signature::encode::{Plus, Slash, decode, encode};
use store::StoreError;

use crate::house::House;
use crate::limits::{LOG_FLUSH_TIME_MAX, LOG_LINES_WAITING_MAX};
use crate::read::{Call, Received, host};
use crate::refusal::Refusal;
use crate::verify::Caller;

/// Where access log lines go. Writing happens on a thread of its own; lines that it cannot keep
/// up with are counted, and the count is logged.
#[derive(Clone, Debug)]
pub struct AccessLog {
    messages: SyncSender<Message>,
    left_out: Arc<AtomicU64>,
}

#[derive(Debug)]
enum Message {
    Line(String),
    /// Answered when everything before it is written.
    Flush(SyncSender<()>),
}

impl AccessLog {
    /// A log that writes to `writer`.
    ///
    /// # Errors
    /// When the machine has no thread for it.
    pub fn to(writer: impl Write + Send + 'static) -> io::Result<Self> {
        let (messages, waiting) = sync_channel(LOG_LINES_WAITING_MAX);
        let left_out = Arc::new(AtomicU64::new(0));
        let count = Arc::clone(&left_out);
        std::thread::Builder::new()
            .name("access-log".into())
            .spawn(move || write_lines(&waiting, BufWriter::new(writer), &count))?;
        Ok(Self { messages, left_out })
    }

    /// Returns when every line so far is written, or when the log is gone or hangs. May block.
    pub(crate) fn flush(&self) {
        let (answer, flushed) = sync_channel(1);
        if self.messages.try_send(Message::Flush(answer)).is_ok() {
            // An answer that never comes means that the log is gone, or that its reader hangs.
            let _: Result<(), RecvTimeoutError> = flushed.recv_timeout(LOG_FLUSH_TIME_MAX);
        }
    }

    fn line(&self, line: String) {
        if self.messages.try_send(Message::Line(line)).is_err() {
            self.left_out.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// Writes what comes, and flushes when nothing more is waiting. A log that cannot be written is
/// no reason to stop serving, and there is nobody to tell: its lines are dropped from then on.
fn write_lines(messages: &Receiver<Message>, mut to: impl Write, left_out: &AtomicU64) {
    while let Ok(message) = messages.recv() {
        let mut result = write_message(message, &mut to);
        while let Ok(message) = messages.try_recv() {
            result = result.and(write_message(message, &mut to));
        }
        let missing = left_out.swap(0, Ordering::Relaxed);
        if missing > 0 {
            result = result.and_then(|()| writeln!(to, "# {missing} lines left out"));
        }
        if result.and_then(|()| to.flush()).is_err() {
            return;
        }
    }
}

fn write_message(message: Message, to: &mut impl Write) -> io::Result<()> {
    match message {
        Message::Line(line) => to.write_all(line.as_bytes()),
        Message::Flush(answer) => {
            to.flush()?;
            answer.send(()).map_err(io::Error::other)
        }
    }
}

/// What is known of one request. Opened first, closed once, on every path.
#[derive(Debug)]
pub(crate) struct Entry {
    house: Arc<House>,
    opened_ms: u64,
    peer: IpAddr,
    request_id: String,
    request: String,
    referer: String,
    user_agent: String,
    host: String,
    bucket: Option<String>,
    key: Option<String>,
    requester: &'static str,
    mechanism: Option<Mechanism>,
    operation: Option<&'static str>,
    status: u16,
    code: Option<Code>,
    because: Option<String>,
    bytes_sent: u64,
    object_bytes: Option<u64>,
    turned_around_ms: u64,
}

impl Entry {
    pub(crate) fn open(house: &Arc<House>, peer: IpAddr, head: &Parts, now_ms: u64) -> Self {
        let target = head.uri.path_and_query().map_or("/", |target| target.as_str());
        Self {
            opened_ms: now_ms,
            peer,
            request_id: house.next_request_id(),
            request: format!("{} {} {:?}", head.method, quotable(&redacted(target)), head.version),
            referer: quotable(&redacted(&text(&head.headers, header::REFERER))),
            user_agent: quotable(&text(&head.headers, header::USER_AGENT)),
            host: quotable(host(head).unwrap_or("-")).replace(' ', "%20"),
            bucket: None,
            key: None,
            requester: "-",
            mechanism: None,
            operation: None,
            status: 0,
            code: None,
            because: None,
            bytes_sent: 0,
            object_bytes: None,
            turned_around_ms: now_ms,
            house: Arc::clone(house),
        }
    }

    pub(crate) fn asked(&mut self, received: &Received) {
        self.bucket.clone_from(&received.bucket);
        self.key = received.key().map(str::to_owned);
    }

    pub(crate) fn by(&mut self, caller: &Caller) {
        self.mechanism = caller.mechanism();
        self.requester = match caller {
            Caller::Signed(_) => identity::CANONICAL_USER_ID,
            Caller::Anonymous => "-",
        };
    }

    pub(crate) fn called(&mut self, call: &Call) {
        self.operation = Some(call.operation.row().log);
    }

    /// The head of the answer is about to leave.
    pub(crate) fn answered(&mut self, status: StatusCode, object_bytes: Option<u64>) {
        self.status = status.as_u16();
        self.object_bytes = object_bytes;
        self.turned_around_ms = self.house.now_ms();
    }

    pub(crate) fn refused(&mut self, refusal: &Refusal) {
        self.code = Some(refusal.code());
        self.because = refusal.why().map(str::to_owned);
    }

    pub(crate) fn sent(&mut self, bytes: usize) {
        self.bytes_sent += u64::try_from(bytes).unwrap_or(0);
    }

    pub(crate) fn broke_off(&mut self, error: &StoreError) {
        self.code = Some(Code::InternalError);
        self.because = Some(error.to_string());
    }

    pub(crate) fn request_id(&self) -> &str {
        &self.request_id
    }

    pub(crate) fn host_id(&self) -> &str {
        &self.house.host_id
    }

    fn line(&self) -> String {
        let (version, authentication) = match self.mechanism {
            Some(Mechanism::V4Query) => ("SigV4", "QueryString"),
            Some(Mechanism::V4Header) => ("SigV4", "AuthHeader"),
            Some(Mechanism::V4aQuery) => ("SigV4A", "QueryString"),
            Some(Mechanism::V4aHeader) => ("SigV4A", "AuthHeader"),
            Some(Mechanism::V2Query) => ("SigV2", "QueryString"),
            Some(Mechanism::V2Header) => ("SigV2", "AuthHeader"),
            Some(Mechanism::V4Form) => ("SigV4", "-"),
            Some(Mechanism::V2Form) => ("SigV2", "-"),
            None => ("-", "-"),
        };
        let count = |n: Option<u64>| n.map_or("-".to_owned(), |n| n.to_string());
        // S3 encodes keys twice here; readers of its logs know.
        let twice = |key: &str| encode(&encode(key, Slash::Keep), Slash::Keep);
        let total_ms = self.house.now_ms().saturating_sub(self.opened_ms);
        format!(
            "{owner} {bucket} [{time}] {peer} {requester} {id} {operation} {key} \"{request}\" \
             {status} {code} {sent} {size} {total_ms} {turn_around} \"{referer}\" \"{agent}\" - \
             {host_id} {version} - {authentication} {host} - - -\n",
            owner = identity::CANONICAL_USER_ID,
            bucket = self.bucket.as_deref().map_or("-".into(), |b| encode(b, Slash::Encode)),
            time = s3::date::log(self.opened_ms),
            peer = self.peer,
            requester = self.requester,
            id = self.request_id,
            operation = self.operation.unwrap_or("-"),
            key = self.key.as_deref().map_or("-".into(), twice),
            request = self.request,
            status = self.status,
            code = self.code.map_or("-", |code| code.row().word),
            sent = count(Some(self.bytes_sent).filter(|&n| n > 0)),
            size = count(self.object_bytes),
            turn_around = self.turned_around_ms.saturating_sub(self.opened_ms),
            referer = self.referer,
            agent = self.user_agent,
            host_id = self.house.host_id,
            host = self.host,
        )
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        let mut lines = self.line();
        if let Some(because) = &self.because {
            let id = &self.request_id;
            let Ok(()) = writeln!(lines, "# {id} {because}") else {
                return;
            };
        }
        self.house.log.line(lines);
    }
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> String {
    let value = headers.get(name).map_or(&b"-"[..], |value| value.as_bytes());
    String::from_utf8_lossy(value).into_owned()
}

/// A client's text that cannot end the quotes around it. S3 does not escape here; readers of its
/// logs take `%22` for what it is.
fn quotable(text: &str) -> String {
    text.replace('"', "%22")
}

/// A target or URL in which every value that is or holds a signature or a session token is
/// replaced by a word. URLs inside of URLs are found as well.
fn redacted(target: &str) -> String {
    let Some((path, query)) = target.split_once(['?', '#']) else { return target.to_owned() };
    let mut shown = format!("{path}?");
    for (index, piece) in query.split('&').enumerate() {
        if index > 0 {
            shown.push('&');
        }
        match piece.split_once('=') {
            Some((name, _)) if holds_secret(piece) => {
                shown.push_str(name);
                shown.push_str("=REDACTED");
            }
            None if holds_secret(piece) => shown.push_str("REDACTED"),
            Some(_) | None => shown.push_str(piece),
        }
    }
    shown
}

/// Whether a piece of a query gives a signature or a token: as it is, or as a URL inside of it,
/// encoded once or twice.
fn holds_secret(piece: &str) -> bool {
    let once: Vec<u8> = decode(piece, Plus::Blank).collect();
    let once = String::from_utf8_lossy(&once);
    let twice: Vec<u8> = decode(&once, Plus::Blank).collect();
    let twice = String::from_utf8_lossy(&twice);
    [piece, &once, &twice].iter().any(|text| {
        let text = text.to_ascii_lowercase();
        text.contains("signature=") || text.contains("security-token=")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_and_tokens_never_reach_a_line() {
        for (target, shown) in [
            ("/b/k", "/b/k"),
            ("/b?X-Amz-Signature=ab&x=1", "/b?X-Amz-Signature=REDACTED&x=1"),
            ("/b?x-amz-security-token=t&acl", "/b?x-amz-security-token=REDACTED&acl"),
            ("/b?Expires=1&Signature=a%2Bb%3D", "/b?Expires=1&Signature=REDACTED"),
            ("/b?X-Amz-Signatur%65=ab", "/b?X-Amz-Signatur%65=REDACTED"),
        ] {
            assert_eq!(redacted(target), shown);
        }
    }
}
