//! The client: signs calls, sends them, and sends them again when that may help.
//!
//! Each attempt is signed anew, at the time that the clock then tells: a signature is good for 15
//! minutes only. <https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html>

use std::error::Error as StdError;
use std::fmt;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;

use http::{Request, Uri};
use s3::Operation;
use signature::encode::{Slash, encode};
use signature::{Credentials, Sign, Timestamp, sign};
use tokio::time::timeout;

use crate::answer::Answer;
use crate::body::{Body, BodyFault, Payload, Progress};
use crate::config::Config;
use crate::endpoint::Scheme;
use crate::error::{Error, ErrorKind};
use crate::limits::{ATTEMPTS_MAX, PAUSE, STALL};
use crate::piece::FileFault;
use crate::target::Target;
use crate::transport::Transport;

/// Tells the time.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// Talks to one S3 as one caller.
pub struct Client {
    config: Config,
    pub(crate) credentials: Credentials,
    pub(crate) transport: Transport,
    pub(crate) clock: Clock,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("config", &self.config).finish_non_exhaustive()
    }
}

/// One call of an operation.
pub(crate) struct Call<'a> {
    pub(crate) operation: Operation,
    pub(crate) target: &'a Target,
    pub(crate) query: &'a [(&'a str, &'a str)],
    pub(crate) headers: &'a [(&'a str, &'a str)],
    pub(crate) payload: Payload,
}

impl Client {
    /// A client without a connection yet.
    ///
    /// # Errors
    /// Without credentials, and without root certificates where TLS needs them.
    pub fn new(config: Config, clock: Clock) -> Result<Self, Error> {
        let fail = |kind| Error::new("Configure", kind);
        let credentials = config.credentials.clone();
        let scheme = config.endpoint.as_ref().map(|endpoint| endpoint.scheme());
        Ok(Self {
            credentials: credentials.ok_or_else(|| fail(ErrorKind::NoCredentials))?,
            transport: Transport::new(scheme.unwrap_or(Scheme::Https))
                .map_err(|e| fail(ErrorKind::Connect).because(e))?,
            config,
            clock,
        })
    }

    /// How it reaches which S3.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Makes `call`, several times if that may help, and reads the answer.
    pub(crate) async fn call(&self, call: &Call<'_>) -> Result<Answer, Error> {
        let mut pause = PAUSE;
        for _ in 1..ATTEMPTS_MAX {
            match self.attempt(call).await {
                Err(e) if e.is_retryable() => tokio::time::sleep(pause).await,
                done => return done,
            }
            pause *= 2;
        }
        self.attempt(call).await
    }

    async fn attempt(&self, call: &Call<'_>) -> Result<Answer, Error> {
        let progress = Arc::new(Progress::default());
        let answer = self.exchange(call, &progress).await;
        progress.end();
        answer
    }

    async fn exchange(&self, call: &Call<'_>, progress: &Arc<Progress>) -> Result<Answer, Error> {
        let request = self.request(call, progress)?;
        let response = unless_stalled(self.transport.send(request), progress).await;
        let response = response.ok_or_else(|| call.failed(ErrorKind::Stalled))?;
        Answer::read(call.operation, response.map_err(|e| call.broken(e))?).await
    }

    fn request(&self, call: &Call<'_>, progress: &Arc<Progress>) -> Result<Request<Body>, Error> {
        let query = query_text(call.query);
        let hash = call.payload.hash(call.target.scheme);
        let signed = sign(
            &Sign {
                method: call.operation.row().method,
                scheme: call.target.scheme.word(),
                authority: &call.target.authority,
                path: &call.target.path,
                query: &query,
                headers: call.headers,
                payload_hash: &hash,
            },
            &self.credentials,
            &self.config.region,
            (self.clock)(),
        );
        let mut request = Request::builder()
            .method(call.operation.row().method)
            .uri(call.uri(&query)?)
            .header("content-length", call.payload.bytes());
        for (name, value) in call.headers {
            request = request.header(*name, *value);
        }
        for (name, value) in signed.iter() {
            request = request.header(name, value);
        }
        if call.payload.asks_first() {
            request = request.header("expect", "100-continue");
        }
        let mut request = request
            .body(Body::new(&call.payload, progress.clone()))
            .map_err(|e| call.failed(ErrorKind::Nonsense).because(e))?;
        let progress = progress.clone();
        hyper::ext::on_informational(&mut request, move |_| progress.wanted.notify_one());
        Ok(request)
    }
}

impl Call<'_> {
    fn uri(&self, query: &str) -> Result<Uri, Error> {
        let mark = if query.is_empty() { "" } else { "?" };
        let url = format!("{}{mark}{query}", self.target.url());
        url.parse().map_err(|e: http::uri::InvalidUri| self.failed(ErrorKind::Nonsense).because(e))
    }

    fn failed(&self, kind: ErrorKind) -> Error {
        Error::of(self.operation, kind)
    }

    /// What broke: the way, or the file that was to be sent on it.
    fn broken(&self, error: hyper_util::client::legacy::Error) -> Error {
        let mut cause = error.source();
        while let Some(source) = cause {
            let fault = source.downcast_ref::<BodyFault>();
            if let (Some(BodyFault::File(fault)), Payload::Piece(piece)) = (fault, &self.payload) {
                let path = piece.path().to_owned();
                return match fault {
                    FileFault::Changed => self.failed(ErrorKind::FileChanged(path)),
                    FileFault::Io(_) => self.failed(ErrorKind::File(path)).because(error),
                };
            }
            cause = source.source();
        }
        let kind = if error.is_connect() { ErrorKind::Connect } else { ErrorKind::Broken };
        self.failed(kind).because(error)
    }
}

pub(crate) fn query_text(query: &[(&str, &str)]) -> String {
    let pair = |(name, value): &(&str, &str)| {
        format!("{}={}", encode(name, Slash::Encode), encode(value, Slash::Encode))
    };
    query.iter().map(pair).collect::<Vec<_>>().join("&")
}

/// What `work` ends with; none when nothing moved for too long.
pub(crate) async fn unless_stalled<T>(
    work: impl Future<Output = T>,
    progress: &Progress,
) -> Option<T> {
    let mut work = pin!(work);
    loop {
        tokio::select! {
            done = &mut work => return Some(done),
            moved = timeout(STALL, progress.moved.notified()) => moved.ok()?,
        }
    }
}
