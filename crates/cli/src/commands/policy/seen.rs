//! What shows policies: list and show.

use s3::xml::read_element;
use signature::encode::{Plus, decode_strict};

use super::holder::{Held, On, arn};
use crate::commands::people::{Account, Column, Iam, Member, print_all};
use crate::failure::{Exit, Failure};
use crate::output;

const COLUMNS: &[Column] = &[
    ("name", "PolicyName"),
    ("arn", "Arn"),
    ("version", "DefaultVersionId"),
    ("attached", "AttachmentCount"),
];
const HELD: &[Column] = &[("name", "PolicyName"), ("kind", "Kind"), ("arn", "PolicyArn")];

/// The arguments of the command.
#[derive(Debug, clap::Args)]
pub(crate) struct List {
    #[command(flatten)]
    on: On,
    #[command(flatten)]
    account: Account,
}

impl List {
    pub(super) fn run(&self) -> Result<(), Failure> {
        let json = self.account.json;
        self.account.run(|iam| async move {
            let Some((words, holder)) = self.on.holder() else {
                let all = iam.list("ListPolicies", &[("Scope", "Local")], "Policies").await?;
                return print_all(&all, COLUMNS, json);
            };
            let named = [(words.parameter, holder)];
            let inline = iam.list(words.list, &named, "PolicyNames").await?;
            let attached = iam.list(words.list_attached, &named, "AttachedPolicies").await?;
            let inline = inline.iter().map(|one| {
                Member::default().with("PolicyName", one.get("member")).with("Kind", "inline")
            });
            let attached = attached.into_iter().map(|one| one.with("Kind", "managed"));
            print_all(&inline.chain(attached).collect::<Vec<_>>(), HELD, json)
        })
    }
}

/// Prints the text of a policy.
pub(super) fn show(held: &Held) -> Result<(), Failure> {
    held.account.run(|iam| async move {
        let (answer, element) = match held.on.holder() {
            Some((words, holder)) => {
                let named = [(words.parameter, holder), ("PolicyName", held.name.as_str())];
                (iam.ask(words.get, &named).await?, "PolicyDocument")
            }
            None => (managed(&iam, &arn(&held.name)).await?, "Document"),
        };
        let document = read_element(&answer, element);
        let document = document.and_then(|document| decode_strict(&document, Plus::Itself));
        let document = document.ok_or_else(|| Failure {
            error: "the answer holds no policy".into(),
            hint: "see that the endpoint is a hallpass server".into(),
            exit: Exit::Failed,
        })?;
        output::print(&document)
    })
}

/// The version of a managed policy that is in force.
async fn managed(iam: &Iam, arn: &str) -> Result<String, Failure> {
    let policy = iam.ask("GetPolicy", &[("PolicyArn", arn)]).await?;
    let version = read_element(&policy, "DefaultVersionId").unwrap_or_default();
    iam.ask("GetPolicyVersion", &[("PolicyArn", arn), ("VersionId", &version)]).await
}
