//! `hallpass key`: the access keys of a user, two at most. The secret is told once.

use s3::xml::read_element;
use serde_json::json;
use zeroize::Zeroizing;

use super::{Account, Column, Iam, print_all};
use crate::failure::{Exit, Failure};
use crate::output;

const COLUMNS: &[Column] =
    &[("key", "AccessKeyId"), ("status", "Status"), ("created", "CreateDate"), ("used", "Used")];

/// What to do with access keys.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum KeyCommand {
    /// Make an access key, and print its secret, which is told this once
    Add(OfUser),
    /// List the access keys of a user, and when they were last used
    List(OfUser),
    /// Make an access key of no use for now
    Disable(One),
    /// Make it of use again
    Enable(One),
    /// Remove an access key for ever
    Remove(One),
}

/// The arguments of a command about a user's keys.
#[derive(Debug, clap::Args)]
pub(crate) struct OfUser {
    /// The user
    user: String,
    #[command(flatten)]
    account: Account,
}

/// The arguments of a command about one key.
#[derive(Debug, clap::Args)]
pub(crate) struct One {
    /// The user
    user: String,
    /// The access key id
    id: String,
    #[command(flatten)]
    account: Account,
}

impl KeyCommand {
    pub(crate) fn run(&self) -> Result<(), Failure> {
        match self {
            Self::Add(of) => of.account.run(|iam| of.add(iam)),
            Self::List(of) => of.account.run(|iam| of.list(iam)),
            Self::Disable(one) => one.set("Inactive"),
            Self::Enable(one) => one.set("Active"),
            Self::Remove(one) => one.account.run(|iam| async move {
                let key = [("UserName", one.user.as_str()), ("AccessKeyId", one.id.as_str())];
                iam.ask("DeleteAccessKey", &key).await.map(drop)
            }),
        }
    }
}

impl OfUser {
    async fn add(&self, iam: Iam) -> Result<(), Failure> {
        let answer = iam.ask("CreateAccessKey", &[("UserName", &self.user)]).await?;
        let answer = Zeroizing::new(answer);
        let id = read_element(&answer, "AccessKeyId");
        let secret = read_element(&answer, "SecretAccessKey").map(Zeroizing::new);
        let (Some(id), Some(secret)) = (id, secret) else { return Err(nonsense()) };
        let user = &self.user;
        let text = if self.account.json {
            json!({"UserName": user, "AccessKeyId": id, "SecretAccessKey": secret.as_str()})
                .to_string()
        } else {
            let secret = secret.as_str();
            format!("[{user}]\naws_access_key_id = {id}\naws_secret_access_key = {secret}")
        };
        output::print(&Zeroizing::new(text))?;
        output::note(&format!(
            "the secret is told this once: keep the lines in ~/.aws/credentials of `{user}`, and \
             say what the user may do with `hallpass policy put` or `policy attach`"
        ));
        Ok(())
    }

    async fn list(&self, iam: Iam) -> Result<(), Failure> {
        let user = [("UserName", self.user.as_str())];
        let mut keys = Vec::new();
        for key in iam.list("ListAccessKeys", &user, "AccessKeyMetadata").await? {
            let of = [("AccessKeyId", key.get("AccessKeyId"))];
            let answer = iam.ask("GetAccessKeyLastUsed", &of).await?;
            let used = read_element(&answer, "LastUsedDate").unwrap_or_else(|| "never".into());
            keys.push(key.with("Used", used));
        }
        print_all(&keys, COLUMNS, self.account.json)
    }
}

impl One {
    fn set(&self, status: &str) -> Result<(), Failure> {
        self.account.run(|iam| async move {
            let key = [
                ("UserName", self.user.as_str()),
                ("AccessKeyId", self.id.as_str()),
                ("Status", status),
            ];
            iam.ask("UpdateAccessKey", &key).await.map(drop)
        })
    }
}

fn nonsense() -> Failure {
    Failure {
        error: "CreateAccessKey: the answer holds no access key".into(),
        hint: "see that the endpoint is a hallpass server".into(),
        exit: Exit::Failed,
    }
}
