//! Every operation of the table against policies that allow it and that deny it.

use s3::Operation;
use s3::operation::{On, Row, TABLE};
use testbed::{Answer, Auth, House, Request};

use crate::forms::upload::Upload;
use crate::matrix::request;

/// A statement on one bucket alone, with only the actions that apply to each.
fn statements(effect: &str, bucket: &str, needs: &[(On, &str)]) -> String {
    let statements = needs.iter().map(|(on, action)| {
        let below = if matches!(on, On::Bucket | On::Service) { "" } else { "/*" };
        format!(
            r#"{{"Effect": "{effect}", "Principal": "*", "Action": "{action}",
                 "Resource": "arn:aws:s3:::{bucket}{below}"}}"#
        )
    });
    statements.collect::<Vec<_>>().join(",")
}

fn put_policy(house: &House, bucket: &str, statements: &[String]) {
    let text = format!(r#"{{"Statement": [{}]}}"#, statements.join(","));
    house.ok("PUT", &format!("/{bucket}?policy"), text.as_bytes());
}

fn ask(house: &House, row: &Row, bucket: &str, auth: Auth) -> Answer {
    if row.operation == Operation::PostObject {
        return house.send(&Upload::new().field("key", "key").to(&format!("/{bucket}")));
    }
    house.send(&request(row, bucket).auth(auth))
}

fn is_denied(answer: &Answer) -> bool {
    answer.status == 403 || answer.text().contains("<Code>AccessDenied</Code>")
}

/// Rows of buckets that are there.
fn rows() -> impl Iterator<Item = (&'static Row, String)> {
    let is_of_bucket =
        |row: &Row| !matches!(row.operation, Operation::ListBuckets | Operation::CreateBucket);
    let rows = TABLE.iter().filter(move |row| is_of_bucket(row)).enumerate();
    rows.map(|(number, row)| (row, format!("bucket-{number}")))
}

fn furnish(house: &House, bucket: &str) {
    house.ok("PUT", &format!("/{bucket}"), b"");
    house.ok("DELETE", &format!("/{bucket}?publicAccessBlock"), b"");
    house.ok("PUT", &format!("/{bucket}/key"), b"content");
}

#[test]
fn a_policy_opens_each_operation_to_the_public_by_its_actions_alone() {
    let house = House::start();
    for (row, bucket) in rows() {
        furnish(&house, &bucket);
        for left_out in 0..row.needs.len() {
            let mut needs = row.needs.to_vec();
            needs.remove(left_out);
            needs.push((On::Bucket, "s3:GetBucketWebsite"));
            put_policy(&house, &bucket, &[statements("Allow", &bucket, &needs)]);
            let answer = ask(&house, row, &bucket, Auth::None);
            assert!(is_denied(&answer), "{} without {left_out}", row.name);
        }
        // Whether an upload is absent is not asked of who may list.
        put_policy(&house, &bucket, &[statements("Allow", &bucket, row.needs)]);
        let answer = ask(&house, row, &bucket, Auth::None);
        assert!(!is_denied(&answer), "{}: {}", row.name, answer.text());
        let is_of_the_owner = matches!(
            row.operation,
            Operation::GetBucketPolicy | Operation::PutBucketPolicy | Operation::DeleteBucketPolicy
        );
        assert_eq!(answer.status == 405, is_of_the_owner, "{}", row.name);
    }
}

#[test]
fn a_policy_closes_each_operation_to_all_by_any_of_its_actions() {
    let house = House::start();
    for (row, bucket) in rows() {
        furnish(&house, &bucket);
        let all = [(On::Bucket, "s3:*"), (On::Object, "s3:*")];
        let allow = statements("Allow", &bucket, &all);
        for need in row.needs {
            let deny = statements("Deny", &bucket, &[*need]);
            put_policy(&house, &bucket, &[allow.clone(), deny]);
            assert!(is_denied(&ask(&house, row, &bucket, Auth::None)), "{} public", row.name);
            if row.operation == Operation::PostObject {
                continue;
            }
            let is_mending = matches!(
                row.operation,
                Operation::GetBucketPolicy
                    | Operation::PutBucketPolicy
                    | Operation::DeleteBucketPolicy
            );
            for auth in [Auth::Header, Auth::Presigned(60)] {
                let answer = ask(&house, row, &bucket, auth);
                assert_eq!(is_denied(&answer), !is_mending, "{} {}", row.name, answer.text());
            }
        }
    }
}

#[test]
fn a_bucket_that_is_to_be_made_is_not_opened_by_the_policy_of_one_that_is_there() {
    let house = House::start();
    furnish(&house, "bucket");
    let all = [(On::Bucket, "s3:*"), (On::Object, "s3:*")];
    put_policy(&house, "bucket", &[statements("Allow", "bucket", &all)]);
    let make = Request::new("PUT", "/bucket");
    assert_eq!(house.send(&make).refusal(), (403, "AccessDenied".into()));
}
