//! The way to the account: which server is asked, as whom, and what its refusals mean.

use std::path::{Path, PathBuf};

use client::{Client, Config, ErrorKind, Service};
use identity::root;
use s3::xml::{read_element, read_members};

use super::Member;
use crate::configuration::Configuration;
use crate::failure::{Exit, Failure};
use crate::{machine, signals};

/// The arguments of every command that asks a server about its account.
#[derive(Debug, clap::Args)]
pub(crate) struct Account {
    /// Ask as the root user, whose access key is in this folder of the server
    #[arg(long, value_name = "DIR", conflicts_with = "profile")]
    data: Option<PathBuf>,
    /// Print JSON, an object in each line
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    configuration: Configuration,
}

/// A server that is asked.
#[derive(Debug)]
pub(crate) struct Iam(Client);

impl Account {
    /// Does what has to be asked of the server.
    pub(crate) fn run<F>(&self, work: impl FnOnce(Iam) -> F) -> Result<(), Failure>
    where
        F: Future<Output = Result<(), Failure>>,
    {
        let iam = self.connect()?;
        signals::run(|signals| async move {
            tokio::select! {
                done = work(iam) => done,
                () = signals.first() => Err(stopped()),
            }
        })
    }

    fn connect(&self) -> Result<Iam, Failure> {
        let mut config: Config = self.configuration.load_for(Service::Iam)?;
        if let Some(dir) = &self.data {
            config.credentials = Some(root_credentials(dir)?);
            if config.endpoint.is_none() {
                let error = "--data says who asks, and not which server".into();
                let hint = "name the server with --endpoint-url http://host:port".into();
                return Err(Failure { error, hint, exit: Exit::Usage });
            }
        }
        Ok(Iam(Client::new(config, machine::clock())?))
    }
}

fn root_credentials(dir: &Path) -> Result<signature::Credentials, Failure> {
    let failure = |why: String| Failure {
        error: format!("no root access key: {why}"),
        hint: "name the folder that `hallpass serve` has as --data, as its owner".into(),
        exit: Exit::Failed,
    };
    let file = dir.join(root::FILE_NAME);
    if !file.is_file() {
        return Err(failure(format!("there is no `{}`", file.display())));
    }
    root::load_or_create(dir).map_err(|e| failure(e.to_string()))
}

impl Iam {
    /// Has the server do one action; returns its answer.
    pub(crate) async fn ask(
        &self,
        action: &'static str,
        parameters: &[(&str, &str)],
    ) -> Result<String, Failure> {
        self.try_ask(action, parameters).await.map_err(failed)
    }

    /// The same, where some refusals are no failures.
    pub(crate) async fn try_ask(
        &self,
        action: &'static str,
        parameters: &[(&str, &str)],
    ) -> Result<String, client::Error> {
        self.0.iam(action, parameters).await
    }

    /// All members of a list, page by page.
    pub(crate) async fn list(
        &self,
        action: &'static str,
        parameters: &[(&str, &str)],
        name: &str,
    ) -> Result<Vec<Member>, Failure> {
        let mut members = Vec::new();
        let mut marker = None::<String>;
        loop {
            let mut parameters = parameters.to_vec();
            parameters.extend(marker.as_deref().map(|marker| ("Marker", marker)));
            let answer = self.ask(action, &parameters).await?;
            members.extend(read_members(&answer, name).into_iter().map(Member));
            let next = read_element(&answer, "Marker").filter(|marker| !marker.is_empty());
            // The same one again would never end.
            if next.is_none() || next == marker {
                return Ok(members);
            }
            marker = next;
        }
    }
}

fn stopped() -> Failure {
    Failure {
        error: "stopped".into(),
        hint: "see whether it was done before".into(),
        exit: Exit::Failed,
    }
}

/// What a failure of IAM means here.
pub(crate) fn failed(error: client::Error) -> Failure {
    let hint = match error.kind() {
        ErrorKind::Refused { code, .. } => hint_for_code(code),
        ErrorKind::Broken | ErrorKind::Stalled => Some("see whether it was done, and try again"),
        ErrorKind::Config(_)
        | ErrorKind::Target(_)
        | ErrorKind::NoCredentials
        | ErrorKind::Presign(_)
        | ErrorKind::File(_)
        | ErrorKind::FileChanged(_)
        | ErrorKind::FileTooLarge(_)
        | ErrorKind::Connect
        | ErrorKind::Nonsense
        | ErrorKind::Damaged
        | ErrorKind::Stopped => None,
    };
    let failure = Failure::from(error);
    Failure { hint: hint.map_or(failure.hint, Into::into), ..failure }
}

fn hint_for_code(code: &str) -> Option<&'static str> {
    Some(match code {
        "NoSuchEntity" => "see what there is with `list`",
        "EntityAlreadyExists" => "choose another name, or change what is there",
        "DeleteConflict" => "first remove what hangs on it; `show` and `list` name that",
        "LimitExceeded" => "remove what is not needed any more; the quotas are fixed",
        "MalformedPolicyDocument" => "see what is wrong with `hallpass policy check`",
        "AccessDenied" => "ask as the root user with --data, or see what your policies allow",
        "InvalidClientTokenId" | "SignatureDoesNotMatch" => {
            "see that access key id and secret are those of this server"
        }
        "ValidationError" | "InvalidInput" => "see `hallpass help` for what is asked",
        _ => return None,
    })
}
