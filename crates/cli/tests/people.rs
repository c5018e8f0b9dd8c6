//! `hallpass user`, `key`, `group`, `role` and `policy` against a real server, and policies in
//! files without one.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, dead_code, reason = "test")]

mod program;

use std::fs;
use std::path::Path;
use std::process::Output;

use program::{Running, complaint, ended, hallpass};
use tempfile::TempDir;

const READ: &str = r#"{"Version": "2012-10-17", "Statement": [
    {"Sid": "read", "Effect": "Allow", "Action": "s3:GetObject",
     "Resource": "arn:aws:s3:::photos/*"},
    {"Effect": "Deny", "Action": "s3:*", "Resource": "*",
     "Condition": {"NotIpAddress": {"aws:SourceIp": "192.0.2.0/24"}}}]}"#;
const TRUST: &str = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
    "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]}"#;

/// A server that made its own root user, with files of policies beside it.
struct Served {
    home: TempDir,
    url: String,
    running: Running,
}

impl Served {
    fn new() -> Self {
        let home = TempDir::new().unwrap();
        fs::write(home.path().join("read.json"), READ).unwrap();
        fs::write(home.path().join("trust.json"), TRUST).unwrap();
        let (running, url) = serve(home.path(), "data");
        Self { home, url, running }
    }

    /// Asks as the root user.
    fn ask(&self, words: &[&str]) -> Output {
        let to = ["--data", "data", "--endpoint-url", &self.url];
        hallpass(self.home.path(), &[words, &to].concat()).output().unwrap()
    }

    /// What is printed by a command that works.
    fn ok(&self, words: &[&str]) -> String {
        let (stdout, stderr) = ended(&self.ask(words), 0);
        assert_eq!(stderr, "", "{words:?}");
        stdout
    }

    /// The error of one that is refused.
    fn refused(&self, words: &[&str]) -> String {
        complaint(&self.ask(words), 3)
    }
}

fn serve(home: &Path, data: &str) -> (Running, String) {
    let arguments = ["serve", "--data", data, "--listen", "127.0.0.1:0"];
    let mut running = Running::start(&mut hallpass(home, &arguments));
    let url = running.line().strip_prefix("listening on ").unwrap().to_owned();
    (running, url)
}

/// The access key id and the secret that `key add` printed.
fn key(printed: &str) -> (String, String) {
    let value = |name: &str| {
        let line = printed.lines().find(|line| line.starts_with(name)).unwrap();
        line.split_once(" = ").unwrap().1.to_owned()
    };
    (value("aws_access_key_id"), value("aws_secret_access_key"))
}

#[test]
fn user_gets_a_key_and_asks_with_it_for_what_a_policy_allows() {
    let served = Served::new();
    served.ok(&["user", "add", "alice", "--path", "/staff/"]);
    let (printed, told) = ended(&served.ask(&["key", "add", "alice"]), 0);
    let (id, secret) = key(&printed);
    assert!(told.contains("told this once") && !told.contains(&secret), "{told}");

    let as_alice = || {
        let mut command =
            hallpass(served.home.path(), &["user", "list", "--endpoint-url", &served.url]);
        command.env("AWS_ACCESS_KEY_ID", &id).env("AWS_SECRET_ACCESS_KEY", &secret);
        command.output().unwrap()
    };
    assert!(complaint(&as_alice(), 3).contains("AccessDenied"));
    let all = r#"{"Statement": {"Effect": "Allow", "Action": "iam:ListUsers", "Resource": "*"}}"#;
    fs::write(served.home.path().join("list.json"), all).unwrap();
    served.ok(&["policy", "put", "list", "--file", "list.json", "--user", "alice"]);
    assert!(ended(&as_alice(), 0).0.contains("arn:aws:iam::000000000000:user/staff/alice"));

    served.ok(&["key", "disable", "alice", &id]);
    assert!(served.ok(&["key", "list", "alice"]).contains("Inactive"));
    assert!(complaint(&as_alice(), 3).contains("InvalidClientTokenId"));
    served.ok(&["key", "enable", "alice", &id]);
    ended(&as_alice(), 0);
}

#[test]
fn user_is_removed_when_nothing_hangs_on_it() {
    let served = Served::new();
    served.ok(&["user", "add", "alice"]);
    served.ok(&["group", "add", "staff"]);
    served.ok(&["group", "join", "staff", "alice"]);
    let (printed, _) = ended(&served.ask(&["key", "add", "alice", "--json"]), 0);
    let printed: serde_json::Value = serde_json::from_str(&printed).unwrap();
    let id = printed["AccessKeyId"].as_str().unwrap();

    let shown = served.ok(&["user", "show", "alice", "--json"]);
    let shown: serde_json::Value = serde_json::from_str(&shown).unwrap();
    assert_eq!((&shown["GroupNames"], &shown["AccessKeyIds"]), (&"staff".into(), &id.into()));
    assert!(served.ok(&["group", "show", "staff"]).contains("user/alice"));

    assert!(served.refused(&["user", "remove", "alice"]).contains("DeleteConflict"));
    served.ok(&["key", "remove", "alice", id]);
    served.ok(&["group", "leave", "staff", "alice"]);
    served.ok(&["user", "remove", "alice"]);
    served.ok(&["group", "remove", "staff"]);
    assert!(served.refused(&["user", "show", "alice"]).contains("NoSuchEntity"));
    assert_eq!(served.ok(&["user", "list", "--json"]), "");
}

#[test]
fn managed_policy_is_replaced_again_and_again_and_removed_with_its_versions() {
    let served = Served::new();
    for _ in 0..7 {
        served.ok(&["policy", "put", "read", "--file", "read.json"]);
    }
    assert_eq!(served.ok(&["policy", "show", "read"]).trim_end(), READ);
    assert!(served.ok(&["policy", "list"]).contains(" v7 "));
    served.ok(&["role", "add", "app", "--trust", "trust.json", "--longest", "2h"]);
    served.ok(&["policy", "attach", "read", "--role", "app"]);
    assert!(served.ok(&["policy", "list", "--role", "app"]).contains("managed"));
    let shown = served.ok(&["role", "show", "app"]);
    assert!(shown.contains("7200") && shown.contains("ec2.amazonaws.com"), "{shown}");

    assert!(served.refused(&["policy", "remove", "read"]).contains("DeleteConflict"));
    served.ok(&["policy", "detach", "read", "--role", "app"]);
    served.ok(&["policy", "remove", "read"]);
    served.ok(&["role", "remove", "app"]);
    assert_eq!(served.ok(&["role", "list", "--json"]), "");
}

#[test]
fn server_explains_what_a_user_may_do() {
    let served = Served::new();
    served.ok(&["user", "add", "alice"]);
    served.ok(&["policy", "put", "read", "--file", "read.json", "--user", "alice"]);
    let explain = |action: &str| {
        let words = [
            "policy",
            "explain",
            "--user",
            "alice",
            "--action",
            action,
            "--resource",
            "arn:aws:s3:::photos/cat",
            "--context",
            "aws:SourceIp=192.0.2.7",
        ];
        served.ask(&words)
    };
    assert!(ended(&explain("s3:GetObject"), 0).0.starts_with("allowed"));
    assert_eq!(ended(&explain("s3:PutObject"), 3).0, "implicitDeny\n");
}

#[test]
fn backup_that_is_made_while_it_is_served_has_the_users_and_their_keys() {
    let mut served = Served::new();
    served.ok(&["user", "add", "alice"]);
    let (id, secret) = key(&ended(&served.ask(&["key", "add", "alice"]), 0).0);
    let home = served.home.path();
    ended(&hallpass(home, &["store", "backup", "data", "copy"]).output().unwrap(), 0);
    // What happens after it is not in it.
    served.ok(&["user", "add", "bob"]);
    let (running, url) = serve(home, "copy");
    (served.running, served.url) = (running, url);
    let users = served.ok(&["user", "list"]);
    assert!(users.contains("alice") && !users.contains("bob"), "{users}");
    // The key opens with the master key of the copy: the refusal is of policy, not of the key.
    let mut command =
        hallpass(served.home.path(), &["user", "list", "--endpoint-url", &served.url]);
    command.env("AWS_ACCESS_KEY_ID", id).env("AWS_SECRET_ACCESS_KEY", secret);
    assert!(complaint(&command.output().unwrap(), 3).contains("AccessDenied"));
}

#[test]
fn master_key_from_the_environment_is_in_no_file() {
    let home = TempDir::new().unwrap();
    let arguments = ["serve", "--data", "data", "--listen", "127.0.0.1:0"];
    let mut command = hallpass(home.path(), &arguments);
    command.env("HALLPASS_IDENTITY_KEY", format!("{}=", "A".repeat(43)));
    let mut running = Running::start(&mut command);
    assert!(running.line().starts_with("listening on "));
    assert!(!home.path().join("data/identity-key").exists());
    let mut command = hallpass(home.path(), &arguments);
    let refused = command.env("HALLPASS_IDENTITY_KEY", "sesame").output().unwrap();
    let error = complaint(&refused, 2);
    assert!(error.contains("HALLPASS_IDENTITY_KEY") && !error.contains("sesame"), "{error}");
}

#[test]
fn file_that_is_no_policy_is_told_with_place_and_reason() {
    let home = TempDir::new().unwrap();
    fs::write(home.path().join("good.json"), READ).unwrap();
    fs::write(home.path().join("bad.json"), READ.replace("Deny", "Maybe")).unwrap();
    let check = |words: &[&str]| {
        hallpass(home.path(), &[&["policy", "check"], words].concat()).output().unwrap()
    };
    assert_eq!(ended(&check(&["good.json"]), 0).0, "a policy of 2 statements\n");
    let (said, _) = ended(&check(&["bad.json"]), 3);
    assert!(said.contains("Statement[1]") && said.contains("Maybe"), "{said}");
    let (said, _) = ended(&check(&["good.json", "--kind", "trust"]), 3);
    assert!(said.contains("Statement[0]"), "{said}");
    assert!(complaint(&check(&["missing.json"]), 1).contains("missing.json"));
}

#[test]
fn decision_is_explained_statement_by_statement() {
    let home = TempDir::new().unwrap();
    fs::write(home.path().join("read.json"), READ).unwrap();
    let explain = |words: &[&str]| {
        let asked =
            ["policy", "explain", "--policy", "read.json", "--resource", "arn:aws:s3:::photos/cat"];
        hallpass(home.path(), &[&asked, words].concat()).output().unwrap()
    };
    let inside = ["--action", "s3:GetObject", "--context", "aws:SourceIp=192.0.2.7"];
    let (said, _) = ended(&explain(&inside), 0);
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines[0], "allowed: read.json Statement[0] (read) allows it");
    assert_eq!(lines[1], "  read.json Statement[0] (read) Allow: applies");
    assert!(lines[2].contains("NotIpAddress aws:SourceIp is not met by `192.0.2.7`"), "{said}");

    let outside = ["--action", "s3:GetObject", "--context", "aws:SourceIp=203.0.113.7"];
    let (said, _) = ended(&explain(&outside), 3);
    assert!(said.starts_with("denied: read.json Statement[1] denies it\n"), "{said}");
    let other = ["--action", "s3:PutObject", "--context", "aws:SourceIp=192.0.2.7", "--json"];
    let said: serde_json::Value = serde_json::from_str(&ended(&explain(&other), 3).0).unwrap();
    assert_eq!(said["allowed"], false);
    assert_eq!(said["statements"][0]["mismatch"], "is about other actions");
}

#[test]
fn data_without_a_server_is_not_understood() {
    let home = TempDir::new().unwrap();
    let refused = hallpass(home.path(), &["user", "list", "--data", "data"]).output().unwrap();
    assert!(complaint(&refused, 1).contains("root-credentials"));
    fs::create_dir(home.path().join("data")).unwrap();
    assert!(!home.path().join("data/root-credentials").exists());
}
