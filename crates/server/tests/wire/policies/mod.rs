//! Bucket policies: put and read, decided by, changed at once.

mod conditions;
mod documents;
mod effects;
mod matrix;
mod origin;
mod races;
mod tags;

use server::Settings;
use signature::Legacy;
use testbed::{Answer, Auth, House, Request};

/// A server that takes SigV2, with a bucket `bucket` that nothing keeps the public out of, and an
/// object `key` in it.
fn house() -> House {
    let house = House::with(Settings { legacy: Legacy::Accept, ..Settings::default() });
    furnish(&house);
    house
}

fn furnish(house: &House) {
    house.ok("PUT", "/bucket", b"");
    house.ok("DELETE", "/bucket?publicAccessBlock", b"");
    house.ok("PUT", "/bucket/key", b"content");
}

/// A statement for everybody, on the bucket and all that is in it.
fn statement(effect: &str, actions: &str, condition: &str) -> String {
    let resources: &[&str] = match actions {
        "s3:*" => &["arn:aws:s3:::bucket", "arn:aws:s3:::bucket/*"],
        "s3:ListBucket" | "s3:ListBucketVersions" => &["arn:aws:s3:::bucket"],
        _ => &["arn:aws:s3:::bucket/*"],
    };
    format!(
        r#"{{"Effect": "{effect}", "Principal": "*", "Action": "{actions}",
             "Resource": {resources:?}, "Condition": {{{condition}}}}}"#
    )
}

fn policy(statements: &[String]) -> String {
    let named = |(n, statement): (usize, &String)| {
        statement.replacen('{', &format!("{{\"Sid\": \"S{n}\", "), 1)
    };
    let statements: Vec<_> = statements.iter().enumerate().map(named).collect();
    format!(r#"{{"Version": "2012-10-17", "Statement": [{}]}}"#, statements.join(","))
}

fn put_policy(house: &House, statements: &[String]) {
    house.ok("PUT", "/bucket?policy", policy(statements).as_bytes());
}

fn anonymous(house: &House, method: &str, target: &str) -> Answer {
    house.send(&Request::new(method, target))
}

fn root(method: &str, target: &str) -> Request {
    Request::new(method, target).auth(Auth::Header)
}
