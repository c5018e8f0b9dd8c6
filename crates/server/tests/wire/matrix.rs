//! Every operation of the table against every kind of caller. A new row cannot skip it.

use s3::operation::{Row, Selector, TABLE};
use s3::{Level, Operation};
use signature::Credentials;
use signature::form::PostPolicy;
use testbed::{ACCESS_KEY_ID, Auth, House, Request, SECRET};

use crate::forms::upload::{Upload, root};

/// What DeleteObjects is asked to delete, and its MD5.
const DELETE: &[u8] = b"<Delete><Object><Key>key</Key></Object></Delete>";
const DELETE_MD5: &str = "VUxjCEXWiErKatrg6+J0xA==";

pub(crate) fn request(row: &Row, bucket: &str) -> Request {
    let mut target = match row.level {
        Level::Service => "/".to_owned(),
        Level::Bucket => format!("/{bucket}"),
        Level::Object => format!("/{bucket}/key"),
    };
    let mut headers = Vec::new();
    for (index, selector) in row.selectors.iter().enumerate() {
        let mark = if index == 0 { '?' } else { '&' };
        match *selector {
            Selector::Query("partNumber") => target.push_str(&format!("{mark}partNumber=1")),
            Selector::Query("versionId") => target.push_str(&format!("{mark}versionId=null")),
            Selector::Query("uploadId") => target.push_str(&format!("{mark}uploadId=none")),
            Selector::Query(name) => target.push_str(&format!("{mark}{name}")),
            Selector::QueryIs(name, value) => target.push_str(&format!("{mark}{name}={value}")),
            Selector::Header(name) => headers.push(name),
        }
    }
    let request = Request::new(row.method, &target);
    let source = format!("/{bucket}/key");
    let request = headers.iter().fold(request, |request, name| request.header(name, &source));
    if row.operation == Operation::DeleteObjects {
        return request.header("content-md5", DELETE_MD5).body(DELETE);
    }
    if row.operation == Operation::GetObjectAttributes {
        return request.header("x-amz-object-attributes", "ETag");
    }
    request
}

/// What the operation of `row` answers to a request that nobody signed or somebody else did, for
/// every way of signing that it has.
struct Refused {
    anonymous: Vec<Request>,
    strangers: Vec<Request>,
    forgers: Vec<Request>,
    lost: Vec<Request>,
    expired: Vec<Request>,
    legacy: Vec<Request>,
}

impl Refused {
    fn of(row: &Row, house: &House) -> Self {
        if row.operation == Operation::PostObject {
            Self::of_form(house)
        } else {
            Self::of_request(row)
        }
    }

    fn of_request(row: &Row) -> Self {
        let ask = || request(row, "bucket");
        let either = |change: &dyn Fn(Request) -> Request| {
            [Auth::Header, Auth::Presigned(60)].map(|auth| change(ask().auth(auth))).into()
        };
        Self {
            anonymous: vec![ask()],
            strangers: either(&|request| request.by("AKIASTRANGER", "secret", None)),
            forgers: either(&|request| request.by(ACCESS_KEY_ID, "guess", None)),
            lost: either(&|request| request.region("eu-west-1")),
            expired: vec![ask().auth(Auth::Presigned(60)).signed_ago(60)],
            legacy: vec![ask().auth(Auth::Legacy(60))],
        }
    }

    /// A form is signed in its fields.
    fn of_form(house: &House) -> Self {
        let policy = |seconds| PostPolicy::new("bucket", "key", house.now().plus(seconds));
        let by = |access_key_id, secret, region, seconds| {
            let credentials = Credentials::new(access_key_id, secret, None);
            vec![Upload::of(&policy(seconds).sign(&credentials, region, house.now())).request()]
        };
        Self {
            anonymous: vec![Upload::new().field("key", "key").request()],
            strangers: by("AKIASTRANGER", "secret", "us-east-1", 60),
            forgers: by(ACCESS_KEY_ID, "guess", "us-east-1", 60),
            lost: by(ACCESS_KEY_ID, SECRET, "eu-west-1", 60),
            expired: by(ACCESS_KEY_ID, SECRET, "us-east-1", 0),
            legacy: vec![Upload::of(&policy(60).sign_legacy(&root())).request()],
        }
    }
}

#[test]
fn nobody_but_the_owner_may_do_anything() {
    let house = House::start();
    house.ok("PUT", "/bucket", b"");
    house.ok("PUT", "/bucket/key", b"content");
    for row in &TABLE {
        let refused = Refused::of(row, &house);
        let all = |requests: &[Request], who: &str, status: u16, code: Option<&str>| {
            assert!(!requests.is_empty());
            for request in requests {
                let answer = house.send(request);
                assert_eq!(answer.status, status, "{} {who} {}", row.name, answer.text());
                if let Some(code) = code.filter(|_| row.method != "HEAD") {
                    assert_eq!(answer.refusal().1, code, "{} {who}", row.name);
                }
            }
        };
        if row.operation == Operation::DeleteObjects {
            // S3 answers for each key that the document names.
            all(&refused.anonymous, "anonymous", 200, None);
            let text = house.send(&refused.anonymous[0]).text();
            assert!(text.contains("<Error><Key>key</Key><Code>AccessDenied</Code>"), "{text}");
        } else {
            all(&refused.anonymous, "anonymous", 403, Some("AccessDenied"));
        }
        all(&refused.strangers, "stranger", 403, Some("InvalidAccessKeyId"));
        all(&refused.forgers, "forger", 403, Some("SignatureDoesNotMatch"));
        all(&refused.lost, "wrong region", 400, None);
        all(&refused.expired, "expired", 403, Some("AccessDenied"));
        all(&refused.legacy, "legacy", 400, Some("InvalidRequest"));
    }
    assert_eq!(house.ok("GET", "/bucket/key", b"").body, b"content");
}

/// The owner's request, signed in its header, in its query, or in the fields of its form.
fn owners(row: &Row, house: &House, bucket: &str, auth: Auth) -> Request {
    if row.operation != Operation::PostObject {
        return request(row, bucket).auth(auth);
    }
    let policy = PostPolicy::new(bucket, "key", house.now().plus(60));
    Upload::signed(policy, house.now()).to(&format!("/{bucket}"))
}

#[test]
fn the_owner_reaches_every_operation_either_way() {
    let house = House::start();
    for (index, row) in TABLE.iter().enumerate() {
        for (auth, way) in [(Auth::Header, "header"), (Auth::Presigned(60), "query")] {
            let bucket = format!("{way}-{index}");
            if row.operation != Operation::CreateBucket {
                house.ok("PUT", &format!("/{bucket}"), b"");
                house.ok("PUT", &format!("/{bucket}/key"), b"content");
            }
            let answer = house.send(&owners(row, &house, &bucket, auth));
            let expected = match row.operation {
                Operation::DeleteObject
                | Operation::DeleteObjectTagging
                | Operation::DeleteBucketTagging
                | Operation::DeleteBucketPolicy
                | Operation::DeletePublicAccessBlock
                | Operation::PostObject => 204,
                Operation::DeleteBucket => 409,
                Operation::CopyObject
                | Operation::PutObjectTagging
                | Operation::PutBucketPolicy
                | Operation::PutBucketTagging
                | Operation::PutBucketVersioning
                | Operation::PutPublicAccessBlock => 400,
                Operation::GetBucketPolicy
                | Operation::GetBucketPolicyStatus
                | Operation::GetBucketTagging
                | Operation::CompleteMultipartUpload
                | Operation::AbortMultipartUpload
                | Operation::ListParts
                | Operation::UploadPart
                | Operation::UploadPartCopy => 404,
                Operation::CreateBucket
                | Operation::CreateMultipartUpload
                | Operation::DeleteObjects
                | Operation::GetBucketLocation
                | Operation::GetBucketVersioning
                | Operation::GetPublicAccessBlock
                | Operation::GetObjectAttributes
                | Operation::GetObjectTagging
                | Operation::ListObjectVersions
                | Operation::GetObject
                | Operation::HeadBucket
                | Operation::HeadObject
                | Operation::ListBuckets
                | Operation::ListMultipartUploads
                | Operation::ListObjects
                | Operation::ListObjectsV2
                | Operation::PutObject => 200,
            };
            assert_eq!(answer.status, expected, "{} {}", row.name, answer.text());
        }
    }
    let log = house.stop();
    for row in &TABLE {
        assert!(log.contains(&format!(" {} ", row.log)), "{} is not in {log}", row.log);
    }
}
