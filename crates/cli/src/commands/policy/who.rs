//! Whether the policies that a server has for somebody allow something: SimulatePrincipalPolicy.
//!
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html>

use s3::xml::{read_element, read_members};
use serde_json::json;

use super::explain::{Explain, outcome};
use crate::commands::Outcome;
use crate::commands::people::{Account, Iam};
use crate::failure::Failure;
use crate::output;

/// Whose policies a server is asked about.
#[derive(Debug, clap::Args)]
pub(crate) struct Whose {
    /// The user of a server whose policies are asked about
    #[arg(long, value_name = "NAME", conflicts_with_all = ["role", "principal"])]
    user: Option<String>,
    /// The role of a server whose policies are asked about
    #[arg(long, value_name = "NAME", conflicts_with = "principal")]
    role: Option<String>,
    #[command(flatten)]
    pub(super) account: Account,
}

impl Whose {
    pub(super) fn is_named(&self) -> bool {
        self.user.is_some() || self.role.is_some()
    }

    async fn arn(&self, iam: &Iam) -> Result<String, Failure> {
        let answer = match (&self.user, &self.role) {
            (Some(user), _) => iam.ask("GetUser", &[("UserName", user)]).await?,
            (None, role) => {
                let name = role.as_deref().unwrap_or_default();
                iam.ask("GetRole", &[("RoleName", name)]).await?
            }
        };
        Ok(read_element(&answer, "Arn").unwrap_or_default())
    }
}

/// Asks a server, and says what it answers.
pub(super) fn ask(asked: &Explain, whose: &Whose) -> Result<Outcome, Failure> {
    let mut is_allowed = false;
    whose.account.run(async |iam| {
        let answer = simulate(asked, &whose.arn(&iam).await?, &iam).await?;
        let decision = read_element(&answer, "EvalDecision").unwrap_or_default();
        is_allowed = decision == "allowed";
        let by: Vec<String> = read_members(&answer, "MatchedStatements")
            .into_iter()
            .flatten()
            .filter_map(|(name, text)| (name == "SourcePolicyId").then_some(text))
            .collect();
        output::print(&if whose.account.json {
            json!({"allowed": is_allowed, "decision": decision, "policies": by}).to_string()
        } else if by.is_empty() {
            decision
        } else {
            format!("{decision}: by {}", by.join(", "))
        })
    })?;
    Ok(outcome(is_allowed))
}

async fn simulate(asked: &Explain, arn: &str, iam: &Iam) -> Result<String, Failure> {
    let mut entries = Vec::new();
    for (number, (key, value)) in (1_u32..).zip(&asked.context) {
        let of = format!("ContextEntries.member.{number}");
        let name = match key.tag() {
            Some(tag) => format!("{}/{tag}", key.name()),
            None => key.name().to_owned(),
        };
        entries.push((format!("{of}.ContextKeyName"), name));
        entries.push((format!("{of}.ContextKeyType"), "string".into()));
        entries.push((format!("{of}.ContextKeyValues.member.1"), value.clone()));
    }
    let mut parameters = vec![
        ("PolicySourceArn", arn),
        ("ActionNames.member.1", &asked.action),
        ("ResourceArns.member.1", &asked.resource),
    ];
    parameters.extend(entries.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    iam.ask("SimulatePrincipalPolicy", &parameters).await
}
