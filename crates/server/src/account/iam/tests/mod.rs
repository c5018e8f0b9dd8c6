//! Every action, as `answer` does it: parameters in, a document out.

mod access;
mod conditions;
mod policies;
mod refusals;
mod roles;
mod simulations;
mod users;

use std::net::Ipv4Addr;
use std::sync::Arc;

use identity::{Account, MasterKeys};
use s3::xml::read_element;
use signature::encode::{Slash, decode_strict, encode};
use signature::{Credentials, Timestamp};

use super::answer;
use crate::account::{Api, Around, Asked, Asker, Parameters};
use crate::origin::Origin;
use crate::read;

const ROOT: &str = "AKIAROOT";
const ARN: &str = "arn:aws:iam::000000000000:";
const TRUST: &str = r#"{"Statement": {"Effect": "Allow",
    "Principal": {"AWS": "000000000000"}, "Action": "sts:AssumeRole"}}"#;
const READ: &str =
    r#"{"Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}}"#;

type Given<'a> = &'a [(&'a str, &'a str)];

/// An account, and who asks it.
struct Desk {
    account: Account,
}

/// What an answer says.
struct Told(String);

impl Told {
    /// The text of the first element of this name.
    fn text(&self, name: &str) -> String {
        read_element(&self.0, name).unwrap_or_else(|| panic!("no {name} in {}", self.0))
    }

    /// The texts of all elements of this name.
    fn all(&self, name: &str) -> Vec<&str> {
        let begin = format!("<{name}>");
        self.0.split(&begin).skip(1).map(|rest| rest.split('<').next().unwrap()).collect()
    }

    /// A document that is carried percent-encoded.
    fn document(&self, name: &str) -> String {
        let encoded = self.text(name);
        assert!(!encoded.contains(['{', '"', ' ', '+']), "{encoded}");
        decode_strict(&encoded, signature::encode::Plus::Itself).unwrap()
    }
}

impl Desk {
    fn new() -> Self {
        let keys = MasterKeys::parse(&format!("{}=", "A".repeat(43))).unwrap();
        let root = Credentials::new(ROOT, "root-secret", None);
        let ledger = Arc::new(ledger::Memory::new());
        Self { account: Account::open(ledger, keys, root).unwrap() }
    }

    /// Asks in the name of whoever holds an access key.
    fn ask(&self, key: &str, action: &str, given: Given<'_>) -> Result<Told, (u16, String, Told)> {
        let caller = self.account.resolve(key, None, now()).unwrap();
        self.ask_as(caller, action, given)
    }

    fn ask_as(
        &self,
        caller: identity::Caller,
        action: &str,
        given: Given<'_>,
    ) -> Result<Told, (u16, String, Told)> {
        let form: Vec<String> = given
            .iter()
            .map(|(name, value)| format!("{name}={}", encode(value, Slash::Encode)))
            .collect();
        let asker = Asker { caller, around: around() };
        let told = Parameters::parse(&form.join("&"))
            .and_then(|parameters| answer(&self.account, &asker, action, &parameters, now()));
        match told {
            Ok(document) => Ok(Told(document.finish(Api::Iam, action, "request-id"))),
            Err(fault) => {
                let document = Told(fault.document(Api::Iam, "request-id"));
                Err((fault.status(), fault.code().to_owned(), document))
            }
        }
    }

    /// Asks as the root user, who may do all.
    fn told(&self, action: &str, given: Given<'_>) -> Told {
        self.ask(ROOT, action, given).unwrap_or_else(|(_, _, told)| panic!("{action}: {}", told.0))
    }

    /// Asks as the root user for what cannot be.
    fn refused(&self, action: &str, given: Given<'_>) -> (u16, String) {
        let (status, code, _) = self.ask(ROOT, action, given).err().expect(action);
        (status, code)
    }

    /// Makes a user, and returns the id of an access key of its own.
    fn user(&self, name: &str) -> String {
        self.told("CreateUser", &[("UserName", name)]);
        self.told("CreateAccessKey", &[("UserName", name)]).text("AccessKeyId")
    }

    /// Allows a user actions on resources.
    fn allow(&self, user: &str, action: &str, resource: &str) {
        let document = format!(
            r#"{{"Version": "2012-10-17", "Statement":
                {{"Effect": "Allow", "Action": "{action}", "Resource": "{resource}"}}}}"#
        );
        let given =
            [("UserName", user), ("PolicyName", "allow"), ("PolicyDocument", document.as_str())];
        self.told("PutUserPolicy", &given);
    }

    /// Makes a managed policy, and returns its ARN.
    fn policy(&self, name: &str, document: &str) -> String {
        let given = [("PolicyName", name), ("PolicyDocument", document)];
        self.told("CreatePolicy", &given).text("Arn")
    }
}

fn now() -> Timestamp {
    Timestamp::from_seconds(1_700_000_000)
}

fn around() -> Around {
    let request = http::Request::builder().method("POST").uri("/").header("host", "h");
    let received = read::request(request.body(()).unwrap().into_parts().0, &[]).unwrap();
    let origin = Origin::of(Ipv4Addr::LOCALHOST.into(), &http::HeaderMap::new(), &[]);
    Around::of(&Asked { api: Api::Iam, received, origin, now_ms: 1_700_000_000_000 }, "us-east-1")
}

fn fault(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}
