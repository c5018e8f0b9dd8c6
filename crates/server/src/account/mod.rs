//! The account's own door: IAM and STS, in AWS's query protocol.
//!
//! A request is for the account when it asks for `/`, belongs to no bucket, and is signed for the
//! service `iam` or `sts`, or not at all and says what it wants of one of them. One that is signed
//! for S3 never comes here, and one that comes here opens nothing with a signature for S3: the
//! service is a part of what is signed.
//!
//! What goes wrong with the body on its way is told as to everybody, in S3's words; all else in
//! those of the query protocol.
//! <https://smithy.io/2.0/aws/protocols/aws-query-protocol.html>

mod asker;
mod document;
mod fault;
mod iam;
mod page;
mod query;
mod route;
mod sts;
mod verify;

use std::sync::Arc;

use http::header::CONTENT_TYPE;
use http::{HeaderName, StatusCode};
use identity::{Caller, Service};
use s3::Code;

pub(crate) use asker::{Around, Asker};
pub(crate) use document::Document;
pub(crate) use fault::Fault;
pub(crate) use query::Parameters;
pub(crate) use route::api;

use crate::body::{Arriving, Content};
use crate::house::{House, seconds};
use crate::limits::FORM_BYTES_MAX;
use crate::log::Entry;
use crate::operate::Outcome;
use crate::origin::Origin;
use crate::read::Received;
use crate::refusal::Refusal;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-amzn-requestid");
/// Longest name of an action that a log line shows.
const ACTION_BYTES_MAX: usize = 64;

/// Which of the two is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Api {
    /// Users, keys, roles and policies.
    Iam,
    /// Sessions.
    Sts,
}

impl Api {
    fn namespace(self) -> &'static str {
        match self {
            Self::Iam => "https://iam.amazonaws.com/doc/2010-05-08/",
            Self::Sts => "https://sts.amazonaws.com/doc/2011-06-15/",
        }
    }

    /// The service that a signature has to be for.
    fn service(self) -> &'static str {
        match self {
            Self::Iam => "iam",
            Self::Sts => "sts",
        }
    }

    fn version(self) -> &'static str {
        match self {
            Self::Iam => "2010-05-08",
            Self::Sts => "2011-06-15",
        }
    }

    fn noted_as(self) -> Service {
        match self {
            Self::Iam => Service::Iam,
            Self::Sts => Service::Sts,
        }
    }
}

/// A request to the account.
#[derive(Debug)]
pub(crate) struct Asked {
    pub(crate) api: Api,
    pub(crate) received: Received,
    pub(crate) origin: Origin,
    pub(crate) now_ms: u64,
}

/// Serves a request to the account.
pub(crate) async fn serve(
    house: &Arc<House>,
    asked: Asked,
    body: &mut Arriving,
    entry: &mut Entry,
) -> Result<Outcome, Refusal> {
    let body = form(body).await?;
    let api = asked.api;
    let (status, document) = match answer(house, asked, &body, entry).await {
        Ok((action, document)) => {
            (StatusCode::OK, document.finish(api, &action, entry.request_id()))
        }
        Err(fault) => {
            entry.failed(fault.code(), fault.why());
            let status = StatusCode::from_u16(fault.status());
            let status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            (status, fault.document(api, entry.request_id()))
        }
    };
    let outcome = Outcome { content: Content::Bytes(document.into()), ..Outcome::status(status) };
    Ok(outcome.with(CONTENT_TYPE, "text/xml").with(REQUEST_ID, entry.request_id()))
}

/// The whole body, before anybody is known: what is signed is its hash.
async fn form(body: &mut Arriving) -> Result<Vec<u8>, Refusal> {
    let mut form = Vec::new();
    while let Some(bytes) = body.next().await? {
        if form.len() + bytes.len() > FORM_BYTES_MAX {
            return Err(Refusal::new(Code::MaxMessageLengthExceeded)
                .with("MaxMessageLengthBytes", FORM_BYTES_MAX));
        }
        form.extend_from_slice(&bytes);
    }
    Ok(form)
}

/// The action that is asked for, and its answer.
async fn answer(
    house: &Arc<House>,
    asked: Asked,
    body: &[u8],
    entry: &mut Entry,
) -> Result<(String, Document), Fault> {
    let signer = verify::caller(&asked, body, house)?;
    if let Some((caller, mechanism)) = &signer {
        entry.by(caller, *mechanism);
    }
    let parameters = parameters(&asked, body)?;
    let action = parameters.get("Action").unwrap_or_default().to_owned();
    if !action.is_empty() && action.len() <= ACTION_BYTES_MAX && is_word(&action) {
        let api = if asked.api == Api::Iam { "IAM" } else { "STS" };
        entry.called(format!("{api}.{action}"));
    }
    let caller = signer.map(|(caller, _)| caller);
    if caller.is_none() && (asked.api, action.as_str()) != (Api::Sts, sts::UNSIGNED) {
        let message = "Request is missing Authentication Token";
        return Err(Fault::denied("MissingAuthenticationToken", message));
    }
    check_version(asked.api, &action, &parameters)?;
    // Changing the account waits for the disk.
    let house = Arc::clone(house);
    let work = tokio::task::spawn_blocking(move || {
        let document = run(&house, &asked, caller, &parameters)?;
        Ok((action, document))
    });
    work.await.unwrap_or_else(|error| Err(Fault::internal(error.to_string())))
}

/// Those of the query and those of the form: one that is in both could be obeyed in two ways.
fn parameters(asked: &Asked, body: &[u8]) -> Result<Parameters, Fault> {
    let query = asked.received.head.uri.query().unwrap_or("");
    let form = std::str::from_utf8(body)
        .map_err(|_| Fault::sender("MalformedInput", "The form cannot be read."))?;
    Parameters::parse(&format!("{query}&{form}"))
}

fn is_word(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

fn check_version(api: Api, action: &str, parameters: &Parameters) -> Result<(), Fault> {
    if action.is_empty() {
        return Err(Fault::sender("MissingAction", "The request must contain an Action."));
    }
    let version = parameters.get("Version").unwrap_or(api.version());
    // The name of the action becomes that of an element of the answer.
    if is_word(action) && version == api.version() {
        return Ok(());
    }
    let message = format!("Could not find operation {action} for version {version}");
    Err(Fault::sender("InvalidAction", message))
}

fn run(
    house: &House,
    asked: &Asked,
    caller: Option<Caller>,
    parameters: &Parameters,
) -> Result<Document, Fault> {
    let around = Around::of(asked, &house.settings.region);
    let (account, now) = (&house.account, seconds(asked.now_ms));
    let action = parameters.required("Action")?;
    match (asked.api, caller) {
        // A signature beside the token proves nothing more.
        (Api::Sts, _) if action == sts::UNSIGNED => {
            let providers = &house.settings.identity_providers;
            sts::assume_role_with_web_identity(account, providers, &around, parameters, now)
        }
        (Api::Sts, Some(caller)) => {
            sts::answer(account, &Asker { caller, around }, action, parameters, now)
        }
        (Api::Iam, Some(caller)) => {
            iam::answer(account, &Asker { caller, around }, action, parameters, now)
        }
        (Api::Sts | Api::Iam, None) => Err(Fault::no_such_action(action)),
    }
}
