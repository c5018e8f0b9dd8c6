//! What the network and the service may do to an upload, played by a script.

#![expect(clippy::unwrap_used, reason = "test")]

mod script;

use std::future::{Future, pending};
use std::sync::Arc;

use client::{AddressingStyle, Client, Config, Endpoint, Error, ErrorKind, Uploaded};
use s3::{BucketName, ObjectKey};
use script::{Answer, Script, Step};
use signature::{Credentials, Timestamp};
use tokio::sync::oneshot;

const STORED: Answer = (200, "etag: \"e\"", "");
const SLOW_DOWN: Answer = (503, "x: y", "<Error><Code>SlowDown</Code></Error>");
const DENIED: Answer = (403, "x: y", "<Error><Code>AccessDenied</Code></Error>");
const DENIED_LATE: Answer = (200, "x: y", "<Error><Code>AccessDenied</Code></Error>");
const BEGUN: Answer = (200, "x: y", "<a><UploadId>i d</UploadId></a>");
const ABORTED: Answer = (200, "x: y", "");
const COMPLETED: Answer = (200, "x: y", "<a><ETag>\"e-2\"</ETag></a>");
const WRONG_CRC: Answer = (200, "x-amz-checksum-crc64nvme: AAAAAAAAAAE=", "");

const PUT: &str = "PUT /photos/key HTTP/1.1";
const BEGIN: &str = "POST /photos/key?uploads= HTTP/1.1";
const PART_1: &str = "PUT /photos/key?partNumber=1&uploadId=i%20d HTTP/1.1";
const PART_2: &str = "PUT /photos/key?partNumber=2&uploadId=i%20d HTTP/1.1";
const COMPLETE: &str = "POST /photos/key?uploadId=i%20d HTTP/1.1";
const ABORT: &str = "DELETE /photos/key?uploadId=i%20d HTTP/1.1";
const LARGE: u64 = 64 * 1024 * 1024 + 1;

async fn upload(url: &str, bytes: u64, stop: impl Future<Output = ()>) -> Result<Uploaded, Error> {
    let config = Config {
        region: "us-east-1".into(),
        endpoint: Some(Endpoint::parse(url).unwrap()),
        credentials: Some(Credentials::new("AKID", "secret", None)),
        credentials_expire: None,
        addressing_style: AddressingStyle::Auto,
    };
    let now = Timestamp::parse("20260101T000000Z").unwrap();
    let client = Client::new(config, Arc::new(move || now)).unwrap();
    let file = tempfile::NamedTempFile::new().unwrap();
    file.as_file().set_len(bytes).unwrap();
    let bucket = BucketName::parse("photos").unwrap();
    let key = ObjectKey::parse("key").unwrap();
    client.upload(&bucket, &key, file.path(), stop).await
}

fn is_denied(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Refused { code, .. } if code == "AccessDenied")
}

#[tokio::test]
async fn request_is_sent_again_when_that_may_help() {
    let script = Script::play([Step::Answer(SLOW_DOWN), Step::HangUp, Step::Answer(STORED)]);
    assert!(upload(&script.url, 10, pending()).await.is_ok());
    assert_eq!(script.asked().await, [PUT; 3]);
}

#[tokio::test]
async fn request_is_not_sent_again_for_ever_and_not_when_it_was_denied() {
    let script = Script::play([SLOW_DOWN; 4].map(Step::Answer));
    let refused = upload(&script.url, 10, pending()).await.unwrap_err();
    assert!(refused.is_retryable(), "{refused}");
    assert_eq!(script.asked().await, [PUT; 4]);
    let script = Script::play([Step::Answer(DENIED)]);
    assert!(is_denied(&upload(&script.url, 10, pending()).await.unwrap_err()));
}

#[tokio::test]
async fn large_body_does_not_leave_before_the_service_agrees() {
    let script = Script::play([Step::Refuse(DENIED)]);
    let refused = upload(&script.url, LARGE / 2, pending()).await.unwrap_err();
    assert!(is_denied(&refused), "{refused}");
    assert_eq!(script.asked().await, [PUT]);
}

#[tokio::test]
async fn other_bytes_in_the_store_than_were_sent_are_an_error() {
    let script = Script::play([Step::Answer(WRONG_CRC)]);
    let damaged = upload(&script.url, 10, pending()).await.unwrap_err();
    assert_eq!(damaged.kind(), &ErrorKind::Damaged);
}

#[tokio::test]
async fn part_that_fails_is_sent_again_and_not_the_file() {
    let answers = [BEGUN, STORED, SLOW_DOWN, STORED, COMPLETED];
    let script = Script::play(answers.map(Step::Answer));
    let uploaded = upload(&script.url, LARGE, pending()).await.unwrap();
    assert_eq!(uploaded.etag.as_deref(), Some("\"e-2\""));
    assert_eq!(script.asked().await, [BEGIN, PART_1, PART_2, PART_2, COMPLETE]);
}

#[tokio::test]
async fn refused_part_and_refusal_with_status_200_leave_no_parts() {
    let script = Script::play([BEGUN, DENIED, ABORTED].map(Step::Answer));
    assert!(is_denied(&upload(&script.url, LARGE, pending()).await.unwrap_err()));
    assert_eq!(script.asked().await, [BEGIN, PART_1, ABORT]);
    let answers = [BEGUN, STORED, STORED, DENIED_LATE, ABORTED];
    let script = Script::play(answers.map(Step::Answer));
    assert!(is_denied(&upload(&script.url, LARGE, pending()).await.unwrap_err()));
    assert_eq!(script.asked().await, [BEGIN, PART_1, PART_2, COMPLETE, ABORT]);
}

#[tokio::test]
async fn stopping_leaves_no_parts() {
    let (tell, stalled) = oneshot::channel();
    let steps = [Step::Answer(BEGUN), Step::Stall(tell), Step::Answer(ABORTED)];
    let script = Script::play(steps);
    let stop = async { stalled.await.unwrap() };
    let stopped = upload(&script.url, LARGE, stop).await.unwrap_err();
    assert_eq!((stopped.kind(), stopped.left_upload_id()), (&ErrorKind::Stopped, None));
    assert_eq!(script.asked().await, [BEGIN, PART_1, ABORT]);
}

#[tokio::test]
async fn parts_that_cannot_be_dropped_are_named() {
    let script = Script::play([BEGUN, DENIED, DENIED].map(Step::Answer));
    let refused = upload(&script.url, LARGE, pending()).await.unwrap_err();
    assert!(is_denied(&refused));
    assert_eq!(refused.left_upload_id(), Some("i d"));
}

#[tokio::test]
async fn nobody_there_is_a_failure_to_connect() {
    let refused = upload("http://127.0.0.1:1", 10, pending()).await.unwrap_err();
    assert_eq!(refused.kind(), &ErrorKind::Connect);
}
