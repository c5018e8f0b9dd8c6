//! The server access log: one line for each request, in AWS's format.
//!
//! Signatures, session tokens and customers' keys are credentials and never reach a line. Fields:
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/LogFormat.html>

mod line;
mod sink;

use std::borrow::Cow;
use std::fmt::{self, Write as _};
use std::net::IpAddr;
use std::sync::Arc;

use http::request::Parts;
use http::{HeaderValue, Method, StatusCode, Uri, Version, header};
use identity::Caller;
use policy::Principal;
use s3::Code;
use signature::Mechanism;
use signature::encode::{Slash, encode};
use signature::redact::redacted;
use store::StoreError;

use line::Line;
pub use sink::AccessLog;

use crate::house::{HostId, House};
use crate::read::Received;
use crate::refusal::Refusal;

/// What is known of one request. Opened first, closed once, on every path.
pub(crate) struct Entry {
    house: Arc<House>,
    opened_ms: u64,
    peer: IpAddr,
    request_id: String,
    method: Method,
    uri: Uri,
    version: Version,
    referer: Option<HeaderValue>,
    user_agent: Option<HeaderValue>,
    host: Option<HeaderValue>,
    bucket: Option<String>,
    key: Option<String>,
    requester: Requester,
    mechanism: Option<Mechanism>,
    operation: Option<Cow<'static, str>>,
    status: u16,
    code: Option<&'static str>,
    because: Option<String>,
    bytes_sent: u64,
    object_bytes: Option<u64>,
    turned_around_ms: u64,
}

/// Who asks, as the log calls them.
enum Requester {
    /// Nobody that is known.
    Nobody,
    /// The root user.
    Owner,
    /// A user or a session, by its ARN.
    Named(Arc<str>),
}

impl Requester {
    fn text(&self) -> &str {
        match self {
            Self::Nobody => "-",
            Self::Owner => identity::CANONICAL_USER_ID,
            Self::Named(arn) => arn,
        }
    }
}

impl Entry {
    pub(crate) fn open(house: &Arc<House>, peer: IpAddr, head: &Parts, now_ms: u64) -> Self {
        let header = |name| head.headers.get(name).cloned();
        Self {
            opened_ms: now_ms,
            peer,
            request_id: house.next_request_id(),
            method: head.method.clone(),
            uri: head.uri.clone(),
            version: head.version,
            referer: header(header::REFERER),
            user_agent: header(header::USER_AGENT),
            host: header(header::HOST),
            bucket: None,
            key: None,
            requester: Requester::Nobody,
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

    pub(crate) fn by(&mut self, holder: &Caller, mechanism: Mechanism) {
        self.mechanism = Some(mechanism);
        self.requester = match holder.principal() {
            Principal::Root { .. } => Requester::Owner,
            Principal::Anonymous
            | Principal::User { .. }
            | Principal::Session { .. }
            | Principal::FederatedUser { .. }
            | Principal::Federated { .. }
            | Principal::Service { .. } => Requester::Named(holder.arn_to_keep()),
        };
    }

    pub(crate) fn called(&mut self, operation: impl Into<Cow<'static, str>>) {
        self.operation = Some(operation.into());
    }

    /// The head of the answer is about to leave.
    pub(crate) fn answered(&mut self, status: StatusCode, object_bytes: Option<u64>) {
        self.status = status.as_u16();
        self.object_bytes = object_bytes;
        self.turned_around_ms = self.house.now_ms();
    }

    pub(crate) fn refused(&mut self, refusal: &Refusal) {
        self.failed(refusal.code().row().word, refusal.why());
    }

    /// What the answer says went wrong, and why.
    pub(crate) fn failed(&mut self, code: &'static str, because: Option<&str>) {
        self.code = Some(code);
        self.because = because.map(str::to_owned);
    }

    /// Something the operator should know, though it was no refusal.
    pub(crate) fn noted(&mut self, because: Option<String>) {
        self.because = self.because.take().or(because);
    }

    pub(crate) fn sent(&mut self, bytes: usize) {
        self.bytes_sent += u64::try_from(bytes).unwrap_or(0);
    }

    pub(crate) fn broke_off(&mut self, error: &StoreError) {
        self.code = Some(Code::InternalError.row().word);
        self.because = Some(error.to_string());
    }

    pub(crate) fn request_id(&self) -> &str {
        &self.request_id
    }

    pub(crate) fn host_id(&self) -> &HostId {
        &self.house.host_id
    }

    fn line(&self) -> String {
        let (version, authentication) = self.authentication();
        let mut line = Line::new();
        line.field(identity::CANONICAL_USER_ID);
        line.field(
            &self
                .bucket
                .as_deref()
                .map_or("-".into(), |name| encode(&redacted(name), Slash::Encode)),
        );
        line.pieces(&["[", &s3::date::log(self.opened_ms), "]"]);
        line.shown(self.peer);
        line.field(self.requester.text());
        line.field(&self.request_id);
        line.field(self.operation.as_deref().unwrap_or("-"));
        // S3 encodes keys twice here; readers of its logs know.
        let twice = |key: &str| encode(&encode(&redacted(key), Slash::Keep), Slash::Keep);
        line.field(&self.key.as_deref().map_or("-".into(), twice));
        let target = self.uri.path_and_query().map_or("/", |target| target.as_str());
        let target = redacted(target);
        let version_of_http = match self.version {
            Version::HTTP_11 => "HTTP/1.1",
            _ => "HTTP/1.0",
        };
        let method = self.method.as_str();
        line.pieces(&["\"", method, " ", &quotable(&target), " ", version_of_http, "\""]);
        line.shown(self.status);
        line.field(self.code.unwrap_or("-"));
        line.number(Some(self.bytes_sent).filter(|&n| n > 0));
        line.number(self.object_bytes);
        line.number(Some(self.house.now_ms().saturating_sub(self.opened_ms)));
        line.number(Some(self.turned_around_ms.saturating_sub(self.opened_ms)));
        line.pieces(&["\"", &quotable(&redacted(&text(self.referer.as_ref()))), "\""]);
        line.pieces(&["\"", &quotable(&redacted(&text(self.user_agent.as_ref()))), "\""]);
        line.field("-");
        line.field(&self.house.host_id.text);
        line.field(version);
        line.field("-");
        line.field(authentication);
        line.field(&self.host());
        line.end("- - -")
    }

    /// The version of the signature, and where it stood.
    fn authentication(&self) -> (&'static str, &'static str) {
        match self.mechanism {
            Some(Mechanism::V4Query) => ("SigV4", "QueryString"),
            Some(Mechanism::V4Header) => ("SigV4", "AuthHeader"),
            Some(Mechanism::V4aQuery) => ("SigV4A", "QueryString"),
            Some(Mechanism::V4aHeader) => ("SigV4A", "AuthHeader"),
            Some(Mechanism::V2Query) => ("SigV2", "QueryString"),
            Some(Mechanism::V2Header) => ("SigV2", "AuthHeader"),
            Some(Mechanism::V4Form) => ("SigV4", "-"),
            Some(Mechanism::V2Form) => ("SigV2", "-"),
            None => ("-", "-"),
        }
    }

    fn host(&self) -> Cow<'_, str> {
        let in_target = || self.uri.authority().map_or("-", |authority| authority.as_str());
        let host = self.host.as_ref().map_or_else(|| in_target().into(), |host| text(Some(host)));
        let host = redacted(&host);
        if host.contains([' ', '"']) {
            quotable(&host).replace(' ', "%20").into()
        } else {
            host.into_owned().into()
        }
    }
}

/// Shows who it is about; its target may hold credentials.
impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry").field("request_id", &self.request_id).finish_non_exhaustive()
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        let mut lines = self.line();
        if let Some(because) = &self.because {
            let (id, because) = (&self.request_id, redacted(because));
            let Ok(()) = writeln!(lines, "# {id} {because}") else {
                return;
            };
        }
        self.house.log.line(lines);
    }
}

fn text(value: Option<&HeaderValue>) -> Cow<'_, str> {
    value.map_or("-".into(), |value| String::from_utf8_lossy(value.as_bytes()))
}

/// A client's text that cannot end the quotes around it. S3 does not escape here; readers of its
/// logs take `%22` for what it is.
fn quotable(text: &str) -> Cow<'_, str> {
    if text.contains('"') { text.replace('"', "%22").into() } else { text.into() }
}
