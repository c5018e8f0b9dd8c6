//! `hallpass policy explain`: whether policies in files allow something, and why, said without a
//! server; or, with `--user` or `--role`, whether those that a server has do.

use std::path::PathBuf;

use identity::ACCOUNT_ID;
use policy::{
    Deciding, Decision, Effect, Explanation, Key, Kind, Layer, Mismatch, Policies, Policy,
    Principal, Reason, Request, Values, explain,
};

use super::read_policy;
use super::who::{self, Whose};
use crate::commands::Outcome;
use crate::failure::Failure;
use crate::output;

const SOMEBODY: &str = "arn:aws:iam::000000000000:user/somebody";

/// The arguments of the command.
#[derive(Debug, clap::Args)]
pub(crate) struct Explain {
    /// The action, such as s3:GetObject
    #[arg(long)]
    pub(super) action: String,
    /// What it is done to, such as arn:aws:s3:::photos/cat.jpg
    #[arg(long, value_name = "ARN")]
    pub(super) resource: String,
    /// What else is known of the request, such as aws:SourceIp=192.0.2.1; may be repeated
    #[arg(long, value_name = "KEY=VALUE", value_parser = read_pair)]
    pub(super) context: Vec<(Key, String)>,
    /// Who asks: the ARN of a user or of the root user, or * for anybody
    #[arg(long, value_name = "ARN", default_value = SOMEBODY)]
    principal: String,
    /// A policy of whoever asks, or of a group of theirs; may be repeated
    #[arg(long, value_name = "FILE", conflicts_with_all = ["user", "role"])]
    policy: Vec<PathBuf>,
    /// The boundary of whoever asks
    #[arg(long, value_name = "FILE", conflicts_with_all = ["user", "role"])]
    boundary: Option<PathBuf>,
    /// A policy of the session; may be repeated
    #[arg(long, value_name = "FILE", conflicts_with_all = ["user", "role"])]
    session_policy: Vec<PathBuf>,
    /// The policy of the bucket
    #[arg(long, value_name = "FILE", conflicts_with_all = ["user", "role"])]
    bucket_policy: Option<PathBuf>,
    #[command(flatten)]
    whose: Whose,
}

impl Explain {
    pub(super) fn run(&self) -> Result<Outcome, Failure> {
        if self.whose.is_named() {
            return who::ask(self, &self.whose);
        }
        let read = |files: &[PathBuf], kind| -> Result<Vec<Policy>, Failure> {
            files.iter().map(|file| read_policy(file, kind)).collect()
        };
        let identity = read(&self.policy, Kind::Identity)?;
        let session = read(&self.session_policy, Kind::Session)?;
        let boundary = read(self.boundary.as_slice(), Kind::Boundary)?;
        let bucket = bucket_of(&self.resource);
        let resource = read(self.bucket_policy.as_slice(), Kind::Resource { bucket })?;
        let mut context = Values::new();
        for (key, value) in &self.context {
            context.push(key.clone(), value);
        }
        let (identity_of, session_of): (Vec<_>, Vec<_>) =
            (identity.iter().collect(), session.iter().collect());
        let policies = Policies {
            identity: &identity_of,
            session: &session_of,
            boundary: boundary.first(),
            resource: resource.first(),
            ..Policies::default()
        };
        let request = Request {
            principal: principal(&self.principal)?,
            action: &self.action,
            resource: &self.resource,
            owner: ACCOUNT_ID,
            context: &context,
        };
        let explanation = explain(&request, &policies);
        if self.whose.account.json {
            self.print_json(&explanation)?
        } else {
            self.print(&explanation)?
        }
        Ok(outcome(explanation.decision.is_allowed()))
    }

    fn print(&self, explanation: &Explanation<'_>) -> Result<(), Failure> {
        output::print(&self.decision(explanation.decision))?;
        for judgement in &explanation.judgements {
            let effect = word(judgement.effect);
            let says = match &judgement.mismatch {
                None => "applies".to_owned(),
                Some(mismatch) => reason(mismatch),
            };
            output::print(&format!("  {} {effect}: {says}", self.statement(&judgement.at)))?;
        }
        Ok(())
    }

    fn print_json(&self, explanation: &Explanation<'_>) -> Result<(), Failure> {
        let statements = explanation.judgements.iter().map(|judgement| {
            serde_json::json!({
                "statement": self.statement(&judgement.at),
                "effect": word(judgement.effect),
                "applies": judgement.mismatch.is_none(),
                "mismatch": judgement.mismatch.as_ref().map(reason),
            })
        });
        let said = serde_json::json!({
            "allowed": explanation.decision.is_allowed(),
            "why": self.decision(explanation.decision),
            "statements": statements.collect::<Vec<_>>(),
        });
        output::print(&said.to_string())
    }

    fn decision(&self, decision: Decision<'_>) -> String {
        let (answer, why) = match decision {
            Decision::Allow(why) => ("allowed", why),
            Decision::Deny(why) => ("denied", why),
        };
        let why = match why {
            Reason::RootOfAccount => "the root user of the account may do everything".into(),
            Reason::Statement(at) => format!("{} allows it", self.statement(&at)),
            Reason::ExplicitDeny(at) => format!("{} denies it", self.statement(&at)),
            Reason::NothingAllows(layer) => format!("nothing in {} allows it", of_layer(layer)),
            Reason::PublicAccessBlocked => "public access is blocked".into(),
        };
        format!("{answer}: {why}")
    }

    /// The file of a statement, and which one of it.
    fn statement(&self, at: &Deciding<'_>) -> String {
        let file = match at.layer {
            Layer::Identity => self.policy.get(at.policy),
            Layer::Session => self.session_policy.get(at.policy),
            Layer::Boundary => self.boundary.as_ref(),
            Layer::Resource => self.bucket_policy.as_ref(),
        };
        let file = file.map_or(String::new(), |file| file.display().to_string());
        let sid = at.sid.map_or(String::new(), |sid| format!(" ({sid})"));
        format!("{file} Statement[{}]{sid}", at.statement)
    }
}

/// How it ends: a no is what was asked about.
pub(super) fn outcome(is_allowed: bool) -> Outcome {
    if is_allowed { Outcome::Done } else { Outcome::Refused }
}

fn word(effect: Effect) -> &'static str {
    match effect {
        Effect::Allow => "Allow",
        Effect::Deny => "Deny",
    }
}

fn reason(mismatch: &Mismatch) -> String {
    match mismatch {
        Mismatch::Principal => "is about others".into(),
        Mismatch::Action => "is about other actions".into(),
        Mismatch::Resource => "is about other resources".into(),
        Mismatch::Condition { operator, key, seen } if seen.is_empty() => {
            format!("condition {operator} {} is not met: the request has no such key", key.name())
        }
        Mismatch::Condition { operator, key, seen } => {
            let seen = seen.join(", ");
            format!("condition {operator} {} is not met by `{seen}`", key.name())
        }
    }
}

fn of_layer(layer: Layer) -> &'static str {
    match layer {
        Layer::Identity => "the policies of whoever asks",
        Layer::Boundary => "the boundary",
        Layer::Session => "the session policies",
        Layer::Resource => "the bucket policy",
    }
}

/// The bucket of an ARN of S3.
fn bucket_of(resource: &str) -> &str {
    let name = resource.strip_prefix("arn:aws:s3:::").unwrap_or_default();
    name.split('/').next().unwrap_or_default()
}

fn principal(arn: &str) -> Result<Principal<'_>, Failure> {
    if arn == "*" {
        return Ok(Principal::Anonymous);
    }
    let of = arn.strip_prefix("arn:aws:iam::").and_then(|rest| rest.split_once(':'));
    match of {
        Some((account, "root")) => Ok(Principal::Root { account, arn }),
        Some((account, user)) if user.starts_with("user/") => {
            let name = user.rsplit('/').next().unwrap_or_default();
            Ok(Principal::User { account, arn, name, id: "" })
        }
        Some(_) | None => {
            Err(Failure::usage("--principal is the ARN of a user or of a root user, or `*`".into()))
        }
    }
}

fn read_pair(text: &str) -> Result<(Key, String), &'static str> {
    let expected = "write it like aws:SourceIp=192.0.2.1";
    let (key, value) = text.split_once('=').ok_or(expected)?;
    Ok((Key::parse(key).ok_or(expected)?, value.to_owned()))
}
