//! Every operation of the table against every kind of caller. A new row cannot skip it.

use s3::operation::{Row, Selector, TABLE};
use s3::{Level, Operation};
use testbed::{ACCESS_KEY_ID, Auth, House, Request};

fn request(row: &Row, bucket: &str) -> Request {
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
            Selector::Query("uploadId") => target.push_str(&format!("{mark}uploadId=none")),
            Selector::Query(name) => target.push_str(&format!("{mark}{name}")),
            Selector::QueryIs(name, value) => target.push_str(&format!("{mark}{name}={value}")),
            Selector::Header(name) => headers.push(name),
        }
    }
    let request = Request::new(row.method, &target);
    let source = format!("/{bucket}/key");
    headers.iter().fold(request, |request, name| request.header(name, &source))
}

#[test]
fn nobody_but_the_owner_may_do_anything() {
    let house = House::start();
    house.ok("PUT", "/bucket", b"");
    house.ok("PUT", "/bucket/key", b"content");
    for row in &TABLE {
        let code = |request: Request| {
            let answer = house.send(&request);
            let code = answer.element("Code");
            (answer.status, if row.method == "HEAD" { None } else { code })
        };
        let refused =
            |status, code: &str| (status, (row.method != "HEAD").then(|| code.to_owned()));
        let name = row.name;
        assert_eq!(code(request(row, "bucket")), refused(403, "AccessDenied"), "{name} anonymous");
        for auth in [Auth::Header, Auth::Presigned(60)] {
            let ask = || request(row, "bucket").auth(auth);
            let stranger = ask().by("AKIASTRANGER", "secret", None);
            assert_eq!(code(stranger), refused(403, "InvalidAccessKeyId"), "{name} stranger");
            let forger = ask().by(ACCESS_KEY_ID, "guess", None);
            assert_eq!(code(forger), refused(403, "SignatureDoesNotMatch"), "{name} forger");
            let lost = house.send(&ask().region("eu-west-1"));
            assert_eq!(lost.status, 400, "{name} wrong region");
        }
        let expired = request(row, "bucket").auth(Auth::Presigned(60)).signed_ago(60);
        assert_eq!(code(expired), refused(403, "AccessDenied"), "{name} expired");
        let legacy = request(row, "bucket").auth(Auth::Legacy(60));
        assert_eq!(code(legacy), refused(400, "InvalidRequest"), "{name} legacy");
    }
    assert_eq!(house.ok("GET", "/bucket/key", b"").body, b"content");
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
            let answer = house.send(&request(row, &bucket).auth(auth));
            let expected = match row.operation {
                Operation::DeleteObject => 204,
                Operation::DeleteBucket => 409,
                Operation::CopyObject => 400,
                Operation::CompleteMultipartUpload
                | Operation::AbortMultipartUpload
                | Operation::ListParts
                | Operation::UploadPart
                | Operation::UploadPartCopy => 404,
                Operation::CreateBucket
                | Operation::CreateMultipartUpload
                | Operation::GetBucketLocation
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
