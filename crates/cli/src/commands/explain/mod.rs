//! `hallpass explain`: what a URL allows, until when, by whom, and why it fails.
//!
//! Credentials are looked for with `--secret-from-env` alone.

mod answer;
mod json;
mod page;

use client::{Config, Explicit};
use signature::Timestamp;
use signature::explain::{Explanation, Question, explain};

use self::answer::Answer;
use super::Outcome;
use super::presign::Pair;
use crate::failure::{Exit, Failure};
use crate::{machine, output};

/// The arguments of the command.
#[derive(Debug, clap::Args)]
pub(crate) struct Explain {
    /// The URL, in quotes
    url: Secret,
    /// The method with which it is used; the URL does not say
    #[arg(long, value_parser = read_method)]
    method: Option<String>,
    /// A header that is sent along; may be repeated
    #[arg(long, value_name = "NAME: VALUE", value_parser = Pair::header)]
    header: Vec<Pair>,
    /// A host name before which a bucket can stand, as in BUCKET.NAME; may be repeated
    #[arg(long, value_name = "NAME")]
    domain: Vec<String>,
    /// Sign again with the credentials of the AWS environment variables and files, and compare
    #[arg(long)]
    secret_from_env: bool,
    /// The body of the refusal that the URL got; `-` is stdin
    #[arg(long, value_name = "FILE")]
    response: Option<String>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// A text that opens an object to whoever holds it.
#[derive(Clone)]
struct Secret(String);

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

/// Redacted: it is a credential.
impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(redacted)")
    }
}

impl Explain {
    pub(crate) fn run(&self) -> Result<Outcome, Failure> {
        let answer = self.response.as_deref().map(Answer::read).transpose()?;
        let config = self.config()?;
        let credentials = config.as_ref().and_then(|config| config.credentials.as_ref());
        let now = machine::now();
        let headers: Vec<(&str, &str)> =
            self.header.iter().map(|h| (h.name.as_str(), h.value.as_str())).collect();
        let domains: Vec<&str> = self.domain.iter().map(String::as_str).collect();
        let explanation = explain(&Question {
            method: self.method.as_deref(),
            headers: &headers,
            domains: &domains,
            credentials,
            refusal: answer.as_ref().map(Answer::refusal),
            ..Question::new(&self.url.0, now)
        })
        .map_err(|fault| Failure {
            error: fault.to_string(),
            hint: "in a shell, a URL has to stand in quotes because of its `&`".into(),
            exit: Exit::Usage,
        })?;
        let session = config.as_ref().and_then(|config| session_end(config, &explanation));
        let text = if self.json {
            json::write(&explanation, session)
        } else {
            page::write(&explanation, session, now)
        };
        output::print(text.trim_end())?;
        let is_over = session.is_some_and(|end| end <= now);
        Ok(if is_over || explanation.is_refused() { Outcome::Refused } else { Outcome::Done })
    }

    /// The configuration, with credentials, if it is asked for.
    fn config(&self) -> Result<Option<Config>, Failure> {
        if !self.secret_from_env {
            return Ok(None);
        }
        let config = Config::load(Explicit::default(), &machine::variable)?;
        let missing = || Failure {
            error: "no credentials found".into(),
            hint: "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE".into(),
            exit: Exit::Failed,
        };
        if config.credentials.is_none() { Err(missing()) } else { Ok(Some(config)) }
    }
}

/// When the session ends that signed the URL, if it is that of these credentials and says so.
fn session_end(config: &Config, explanation: &Explanation) -> Option<Timestamp> {
    let id = config.credentials.as_ref()?.access_key_id();
    config.credentials_expire.filter(|_| explanation.access_key_id.as_deref() == Some(id))
}

fn read_method(text: &str) -> Result<String, String> {
    let is_word = !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphabetic());
    is_word.then(|| text.to_ascii_uppercase()).ok_or_else(|| "a method is one word".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn method_is_a_word_in_any_case() {
        assert_eq!(read_method("put").as_deref(), Ok("PUT"));
        assert!(read_method("").is_err() && read_method("GET /").is_err());
    }
}
