//! The metadata service on a real socket.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;

use identity::{Account, MasterKeys, NewRole};
use serde_json::Value;
use signature::{Credentials, Timestamp};

use super::{InstanceRole, Metadata};

const NOW: u64 = 1_700_000_000;
const ROLE: &str = "/latest/meta-data/iam/security-credentials/";

struct Service {
    address: SocketAddr,
    account: Arc<Account>,
    _runtime: tokio::runtime::Runtime,
}

fn account() -> Arc<Account> {
    let keys = MasterKeys::parse(&format!("{}=", "A".repeat(43))).unwrap();
    let root = Credentials::new("AKIAROOT", "secret", None);
    let account = Account::open(Arc::new(ledger::Memory::new()), keys, root).unwrap();
    let trust = r#"{"Statement": {"Effect": "Allow", "Action": "sts:AssumeRole",
        "Principal": {"Service": "ec2.amazonaws.com"}}}"#;
    let role = NewRole { name: "app", trust, ..NewRole::default() };
    account.roles().create(role, Timestamp::from_seconds(NOW)).unwrap();
    Arc::new(account)
}

fn role(is_open: bool) -> InstanceRole {
    InstanceRole { name: "app".into(), region: "eu-west-1".into(), is_open }
}

fn start(is_open: bool) -> Service {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let account = account();
    let address = "127.0.0.1:0".parse().unwrap();
    let clock = Arc::new(|| NOW * 1000);
    let bound = Metadata::bind(address, Arc::clone(&account), role(is_open), clock);
    let metadata = runtime.block_on(bound).unwrap();
    let address = metadata.local_addr().unwrap();
    runtime.spawn(metadata.serve());
    Service { address, account, _runtime: runtime }
}

impl Service {
    /// The status and body of the answer.
    fn ask(&self, method: &str, path: &str, headers: &str) -> (u16, String) {
        let host = format!("host: {}\r\n", self.address);
        self.ask_host(method, path, &format!("{host}{headers}"))
    }

    fn ask_host(&self, method: &str, path: &str, headers: &str) -> (u16, String) {
        let mut stream = TcpStream::connect(self.address).unwrap();
        let request = format!("{method} {path} HTTP/1.1\r\nconnection: close\r\n{headers}\r\n");
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
    }

    fn token(&self) -> String {
        let seconds = "x-aws-ec2-metadata-token-ttl-seconds: 60\r\n";
        let (status, token) = self.ask("PUT", "/latest/api/token", seconds);
        assert_eq!(status, 200);
        format!("x-aws-ec2-metadata-token: {token}\r\n")
    }
}

#[test]
fn credentials_of_the_role_are_those_of_its_session() {
    let service = start(false);
    let token = service.token();
    assert_eq!(service.ask("GET", ROLE, &token), (200, "app".into()));
    let (status, text) = service.ask("GET", &format!("{ROLE}app"), &token);
    let document: Value = serde_json::from_str(&text).unwrap();
    assert_eq!((status, document["Code"].as_str()), (200, Some("Success")));
    assert_eq!(document["Expiration"], Timestamp::from_seconds(NOW + 6 * 3600).to_string());
    let of_session = document["Token"].as_str().unwrap().as_bytes();
    let id = document["AccessKeyId"].as_str().unwrap();
    let now = Timestamp::from_seconds(NOW);
    let caller = service.account.resolve(id, Some(of_session), now).unwrap();
    assert!(caller.arn().starts_with("arn:aws:sts::000000000000:assumed-role/app/i-"));
    assert_eq!(document["SecretAccessKey"], caller.secret().expose());
}

#[test]
fn nothing_is_told_without_a_token() {
    let service = start(false);
    for path in [ROLE, "/latest/meta-data/", "/latest/dynamic/instance-identity/document", "/x"] {
        assert_eq!(service.ask("GET", path, "").0, 401, "{path}");
        let wrong = "x-aws-ec2-metadata-token: AAAA\r\n";
        assert_eq!(service.ask("GET", path, wrong).0, 401, "{path}");
    }
}

#[test]
fn token_is_given_to_nobody_whom_a_proxy_speaks_for() {
    let service = start(false);
    let seconds = "x-aws-ec2-metadata-token-ttl-seconds: 60\r\n";
    let passed_on = format!("{seconds}x-forwarded-for: 192.0.2.1\r\n");
    assert_eq!(service.ask("PUT", "/latest/api/token", &passed_on).0, 403);
    assert_eq!(service.ask("PUT", "/latest/api/token", "").0, 400);
    let long = seconds.replace("60", "21601");
    assert_eq!(service.ask("PUT", "/latest/api/token", &long).0, 400);
}

#[test]
fn other_paths_are_404_and_other_methods_405() {
    let service = start(false);
    let token = service.token();
    for path in ["/", "/latest/user-data", &format!("{ROLE}other"), &format!("{ROLE}app/x")] {
        assert_eq!(service.ask("GET", path, &token).0, 404, "{path}");
    }
    for (method, path) in [("GET", "/latest/api/token"), ("PUT", ROLE), ("DELETE", "/latest/")] {
        assert_eq!(service.ask(method, path, &token).0, 405, "{method} {path}");
    }
}

#[test]
fn page_whose_name_was_pointed_here_is_refused() {
    let seconds = "x-aws-ec2-metadata-token-ttl-seconds: 60\r\n";
    let named = |host: &str| format!("host: {host}\r\n{seconds}");
    let ask =
        |service: &Service, host| service.ask_host("PUT", "/latest/api/token", &named(host)).0;
    let closed = start(false);
    assert_eq!(ask(&closed, "evil.example"), 403);
    assert_eq!((ask(&closed, "localhost:1338"), ask(&closed, "[::1]")), (200, 200));
    assert_eq!(ask(&start(true), "metadata.internal"), 200);
}

#[test]
fn role_that_is_not_there_is_an_answer_of_its_own() {
    let service = start(false);
    service.account.roles().delete("app").unwrap();
    let token = service.token();
    let (status, text) = service.ask("GET", &format!("{ROLE}app"), &token);
    let document: Value = serde_json::from_str(&text).unwrap();
    assert_eq!((status, &document["Code"]), (200, &"AssumeRoleUnauthorizedAccess".into()));
    assert_eq!(service.ask("GET", "/latest/meta-data/iam/info", &token).0, 404);
}

#[test]
fn others_than_this_machine_are_let_in_only_when_that_is_said() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let bind = |is_open| {
        let address = "0.0.0.0:0".parse().unwrap();
        let clock = Arc::new(|| NOW * 1000);
        runtime.block_on(Metadata::bind(address, account(), role(is_open), clock))
    };
    assert!(bind(false).is_err() && bind(true).is_ok());
}

#[test]
fn what_is_sent_lives_for_one_hop() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let address = "127.0.0.1:0".parse().unwrap();
        let clock = Arc::new(|| NOW * 1000);
        let metadata = Metadata::bind(address, account(), role(false), clock).await.unwrap();
        let address = metadata.local_addr().unwrap();
        let (_client, accepted) =
            tokio::join!(tokio::net::TcpStream::connect(address), metadata.listener.accept());
        assert_eq!(accepted.unwrap().0.ttl().unwrap(), 1);
    });
}
