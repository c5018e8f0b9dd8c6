//! Every condition key that a request has by itself: where it holds and where it does not.

use signature::form::PostPolicy;
use testbed::{Auth, House, Request};

use super::{house, put_policy, root, statement};
use crate::forms::upload::Upload;

fn get(query: &str) -> Request {
    Request::new("GET", &format!("/bucket/key{query}"))
}

fn put(headers: &[(&str, &str)]) -> Request {
    let request = Request::new("PUT", "/bucket/new").body(b"x");
    headers.iter().fold(request, |request, (name, value)| request.unsigned_header(name, value))
}

/// Whether policy let a request of the public through, whatever became of it then.
fn is_let_in(house: &House, request: &Request) -> bool {
    house.send(request).status != 403
}

/// Those who may come under a condition on an action, and those who may not.
fn allows(house: &House, (actions, condition): (&str, &str), yes: &[Request], no: &[Request]) {
    let others = statement("Allow", "s3:GetObjectTagging", "");
    put_policy(house, &[statement("Allow", actions, condition), others]);
    for request in yes {
        assert!(is_let_in(house, request), "{condition} {request:?}");
    }
    for request in no {
        assert!(!is_let_in(house, request), "{condition} {request:?}");
    }
}

/// Requests of the root user that are denied under a condition, and others.
fn denies(house: &House, condition: &str, yes: &[Request], no: &[Request]) {
    put_policy(house, &[statement("Deny", "s3:*", condition)]);
    for request in yes {
        let answer = house.send(request);
        assert_eq!(answer.status, 403, "{condition} {request:?}");
        assert!(answer.text().contains("explicit deny"), "{}", answer.text());
    }
    for request in no {
        assert!(house.send(request).status < 300, "{condition} {request:?}");
    }
}

fn form(house: &House, ago_seconds: u64) -> Request {
    let policy = PostPolicy::new("bucket", "posted", house.now().plus(3600));
    let at = signature::Timestamp::from_seconds(house.now().seconds() - ago_seconds);
    Upload::signed(policy, at).request()
}

#[test]
fn the_age_of_a_link_and_of_a_form_can_be_limited() {
    let house = house();
    let presigned = |ago| get("").auth(Auth::Presigned(3600)).signed_ago(ago);
    let older = r#""NumericGreaterThan": {"s3:signatureAge": "600000"}"#;
    let young = [presigned(600), presigned(-60), form(&house, 600), root("GET", "/bucket/key")];
    denies(&house, older, &[presigned(601), form(&house, 601)], &young);
    denies(&house, older, &[], &[get("").auth(Auth::Legacy(3600))]);
    let none = r#""Null": {"s3:signatureAge": "true"}"#;
    denies(&house, none, &[root("GET", "/bucket/key")], &[presigned(0)]);
    let zero = r#""NumericEquals": {"s3:signatureAge": "0"}"#;
    let legacy = get("").auth(Auth::Legacy(3600));
    denies(&house, zero, &[legacy, presigned(0), presigned(-60)], &[presigned(1)]);
}

#[test]
fn how_a_request_is_signed_can_be_required() {
    let house = house();
    let signed = |auth| get("").auth(auth);
    let is = |key: &str, value: &str| format!(r#""StringEquals": {{"s3:{key}": "{value}"}}"#);
    let (header, query) = (signed(Auth::Header), signed(Auth::Presigned(60)));
    let legacy = signed(Auth::Legacy(60));
    let form = form(&house, 0);
    let all = [&header, &query, &form];
    let among = |chosen: &[&Request], is_in: bool| -> Vec<Request> {
        let is_chosen = |it: &Request| chosen.iter().any(|one| std::ptr::eq(*one, it));
        all.iter().filter(|it| is_chosen(it) == is_in).map(|it| (*it).clone()).collect()
    };
    for (value, chosen) in
        [("REST-HEADER", &header), ("REST-QUERY-STRING", &query), ("POST", &form)]
    {
        denies(&house, &is("authType", value), &among(&[chosen], true), &among(&[chosen], false));
    }
    let v4 = is("signatureversion", "AWS4-HMAC-SHA256");
    denies(&house, &v4, &among(&all, true), &[legacy.clone(), signed(Auth::HeaderV4a)]);
    let v2 = is("signatureversion", "AWS");
    denies(&house, &v2, &[legacy, signed(Auth::LegacyHeader)], &among(&all, true));
    let v4a = is("signatureversion", "AWS4-ECDSA-P256-SHA256");
    denies(&house, &v4a, &[signed(Auth::HeaderV4a)], &among(&all, true));
    let anonymous = r#""Null": {"s3:authType": "true", "s3:signatureversion": "true"}"#;
    allows(&house, ("s3:GetObject", anonymous), &[get("")], &[]);
}

#[test]
fn an_unsigned_body_can_be_forbidden() {
    let house = house();
    let unsigned = r#""StringEquals": {"s3:x-amz-content-sha256": "UNSIGNED-PAYLOAD"}"#;
    let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    let presigned = get("").auth(Auth::Presigned(60));
    let hashed = root("GET", "/bucket/key").payload_hash(empty);
    denies(&house, unsigned, &[root("GET", "/bucket/key")], &[presigned, hashed]);
    let named = [get("").unsigned_header("x-amz-content-sha256", "UNSIGNED-PAYLOAD")];
    allows(&house, ("s3:GetObject", unsigned), &[], &named);
}

#[test]
fn time_and_place_can_be_limited() {
    let house = house();
    for condition in [
        r#""DateLessThan": {"aws:CurrentTime": "2026-01-01T00:01:00Z"}"#,
        r#""NumericLessThan": {"aws:EpochTime": "1767225660"}"#,
        r#""StringEquals": {"aws:RequestedRegion": "us-east-1"}"#,
        r#""Bool": {"aws:SecureTransport": "false"}"#,
        r#""IpAddress": {"aws:SourceIp": "127.0.0.0/8"}"#,
        r#""Null": {"s3:TlsVersion": "true"}"#,
    ] {
        allows(&house, ("s3:GetObject", condition), &[get("")], &[]);
    }
    house.pass(60);
    for condition in [
        r#""DateLessThan": {"aws:CurrentTime": "2026-01-01T00:01:00Z"}"#,
        r#""NumericLessThan": {"aws:EpochTime": "1767225660"}"#,
        r#""StringEquals": {"aws:RequestedRegion": "eu-west-1"}"#,
        r#""Bool": {"aws:SecureTransport": "true"}"#,
        r#""IpAddress": {"aws:SourceIp": "192.0.2.0/24"}"#,
        r#""NumericGreaterThan": {"s3:TlsVersion": "1"}"#,
    ] {
        allows(&house, ("s3:GetObject", condition), &[], &[get("")]);
    }
}

#[test]
fn client_and_referring_page_can_be_named() {
    let house = house();
    for (key, header) in [("aws:UserAgent", "user-agent"), ("aws:Referer", "referer")] {
        let condition = format!(r#""StringLike": {{"{key}": "https://example.org/*"}}"#);
        let with = |value| get("").unsigned_header(header, value);
        let no = [get(""), with("https://example.com/"), with("https://example.org/\u{e9}")];
        allows(&house, ("s3:GetObject", &condition), &[with("https://example.org/a")], &no);
    }
}

#[test]
fn a_listing_can_be_held_to_its_parameters() {
    let house = house();
    let list = |query: &str| Request::new("GET", &format!("/bucket?{query}"));
    let prefix = r#""StringEquals": {"s3:prefix": ["", "home/"]}"#;
    allows(
        &house,
        ("s3:ListBucket", prefix),
        &[list("prefix=home%2F"), list("list-type=2&prefix="), list("prefix=home/&prefix=other/")],
        &[list(""), list("prefix=other/"), list("prefix=other/&prefix=home/")],
    );
    let versions = ("s3:ListBucketVersions", prefix);
    allows(&house, versions, &[list("versions&prefix=home/")], &[list("versions&prefix=a")]);
    let delimiter = ("s3:ListBucket", r#""StringEquals": {"s3:delimiter": "/"}"#);
    allows(&house, delimiter, &[list("delimiter=/")], &[list(""), list("delimiter=")]);
    let few = ("s3:ListBucket", r#""NumericLessThanEquals": {"s3:max-keys": "10"}"#);
    allows(
        &house,
        few,
        &[list("max-keys=10")],
        &[list("max-keys=11"), list(""), list("max-keys=")],
    );
}

#[test]
fn a_version_can_be_named() {
    let house = house();
    let condition = r#""StringEquals": {"s3:VersionId": "null"}"#;
    let named = ("s3:GetObjectVersion", condition);
    let absent = get("?versionId=00000000000000010000000000000002");
    allows(&house, named, &[get("?versionId=null")], &[absent, get("")]);
    allows(&house, ("s3:GetObject", condition), &[], &[get("")]);
    let document = |id: &str| {
        format!("<Delete><Object><Key>k</Key><VersionId>{id}</VersionId></Object></Delete>")
    };
    put_policy(&house, &[statement("Allow", "s3:DeleteObjectVersion", condition)]);
    let other = "00000000000000010000000000000002";
    for (id, md5, is_allowed) in [("null", NULL_MD5, true), (other, OTHER_MD5, false)] {
        let request = Request::new("POST", "/bucket?delete").header("content-md5", md5);
        let text = house.send(&request.body(document(id).as_bytes())).text();
        assert_eq!(!text.contains("AccessDenied"), is_allowed, "{text}");
    }
}

/// Of the two documents above.
const NULL_MD5: &str = "5Qx1xxrlousJpqdv28IXsQ==";
const OTHER_MD5: &str = "QUwhBncVYMaxHxhRwTfYQg==";

#[test]
fn writing_can_be_held_to_a_condition() {
    let house = house();
    let new = r#""StringEquals": {"s3:if-none-match": "*"}"#;
    let new_only = [put(&[("if-none-match", "*")])];
    allows(&house, ("s3:PutObject", new), &new_only, &[put(&[])]);
    let absent = r#""Null": {"s3:if-none-match": "true"},
                    "Bool": {"s3:ObjectCreationOperation": "true"}"#;
    let (allow, deny) = (statement("Allow", "s3:*", ""), statement("Deny", "s3:PutObject", absent));
    put_policy(&house, &[allow, deny]);
    let upload = Request::new("POST", "/bucket/parts?uploads");
    let id = house.send(&upload).element("UploadId").unwrap();
    let part = Request::new("PUT", &format!("/bucket/parts?partNumber=1&uploadId={id}"));
    assert!(is_let_in(&house, &part.body(b"x")));
    let complete = Request::new("POST", &format!("/bucket/parts?uploadId={id}")).body(b"<x/>");
    assert!(!is_let_in(&house, &complete));
    assert!(is_let_in(&house, &complete.unsigned_header("if-none-match", "*")));
    assert!(!is_let_in(&house, &put(&[])));

    let etag = house.ok("HEAD", "/bucket/key", b"").header("etag").unwrap().to_owned();
    let same = format!(r#""StringEquals": {{"s3:if-match": "{}"}}"#, etag.replace('"', "\\\""));
    put_policy(
        &house,
        &[
            statement("Allow", "s3:GetObject", ""),
            statement("Allow", "s3:PutObject", &same),
            statement("Allow", "s3:DeleteObject", &same),
        ],
    );
    let over = |method: &str, tag: &str| {
        Request::new(method, "/bucket/key").body(b"x").unsigned_header("if-match", tag)
    };
    for method in ["PUT", "DELETE"] {
        house.ok("PUT", "/bucket/key", b"content");
        assert!(!is_let_in(&house, &over(method, "\"other\"")));
        assert!(!is_let_in(&house, &Request::new(method, "/bucket/key").body(b"x")));
        assert!(is_let_in(&house, &over(method, &etag)));
    }
}

#[test]
fn headers_of_a_write_can_be_required() {
    let house = house();
    for (header, good, bad) in [
        ("x-amz-acl", "private", "public-read"),
        ("x-amz-grant-read", "id=a", "id=b"),
        ("x-amz-grant-read-acp", "id=a", "id=b"),
        ("x-amz-grant-write", "id=a", "id=b"),
        ("x-amz-grant-write-acp", "id=a", "id=b"),
        ("x-amz-grant-full-control", "id=a", "id=b"),
        ("x-amz-server-side-encryption", "aws:kms", "AES256"),
        ("x-amz-server-side-encryption-aws-kms-key-id", "arn:aws:kms:a", "arn:aws:kms:b"),
        ("x-amz-server-side-encryption-customer-algorithm", "AES256", "other"),
        ("x-amz-storage-class", "STANDARD", "GLACIER"),
        ("x-amz-website-redirect-location", "/a", "/b"),
        ("x-amz-object-ownership", "BucketOwnerEnforced", "ObjectWriter"),
    ] {
        let condition = format!(r#""StringEquals": {{"s3:{header}": "{good}"}}"#);
        let in_query = Request::new("PUT", &format!("/bucket/new?{header}={good}")).body(b"x");
        let no = [put(&[(header, bad)]), put(&[]), in_query];
        allows(&house, ("s3:PutObject", &condition), &[put(&[(header, good)])], &no);
        let presigned = Request::new("PUT", &format!("/bucket/new?{header}={good}"));
        denies(&house, &condition, &[presigned.auth(Auth::Presigned(60))], &[]);
    }
}

#[test]
fn the_source_of_a_copy_has_one_spelling() {
    let house = house();
    house.ok("PUT", "/bucket/secret/a", b"x");
    let copy = |source: &str| put(&[("x-amz-copy-source", source)]).body(b"");
    let condition = r#""StringLike": {"s3:x-amz-copy-source": "bucket/secret/*"}"#;
    let allow = statement("Allow", "s3:*", "");
    put_policy(&house, &[allow.clone(), statement("Deny", "s3:PutObject", condition)]);
    for source in
        ["bucket/secret/a", "/bucket/secret/a", "bucket%2Fsecret%2fa", "/bucket/%73ecret/a"]
    {
        assert!(!is_let_in(&house, &copy(source)), "{source}");
    }
    assert_eq!(house.send(&copy("bucket/key")).status, 200);
    let version = r#""StringEquals": {"s3:x-amz-copy-source": "bucket/key?versionId=null"}"#;
    put_policy(&house, &[allow.clone(), statement("Deny", "s3:PutObject", version)]);
    assert!(!is_let_in(&house, &copy("/bucket/key?versionId=null")));
    assert!(is_let_in(&house, &copy("/bucket/key")));
    let replace = r#""StringEquals": {"s3:x-amz-metadata-directive": "REPLACE"}"#;
    put_policy(&house, &[allow, statement("Deny", "s3:PutObject", replace)]);
    let replacing = copy("/bucket/key").unsigned_header("x-amz-metadata-directive", "REPLACE");
    assert!(!is_let_in(&house, &replacing));
    assert!(is_let_in(&house, &copy("/bucket/key")));
}

#[test]
fn the_fields_of_a_form_are_what_a_policy_sees() {
    let house = house();
    let condition = r#""StringEquals": {"s3:x-amz-acl": "private"}"#;
    let with = |field: &str, value: &str| {
        Upload::new().field("key", "posted").field(field, value).request()
    };
    let yes = [with("acl", "private"), with("x-amz-acl", "private")];
    allows(&house, ("s3:PutObject", condition), &yes, &[with("acl", "public-read")]);
    let tags = "<Tagging><TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet></Tagging>";
    let tagged = r#""StringEquals": {"s3:RequestObjectTag/a": "b"}"#;
    put_policy(
        &house,
        &[
            statement("Allow", "s3:PutObject", tagged),
            statement("Allow", "s3:PutObjectTagging", tagged),
        ],
    );
    assert_eq!(house.send(&with("tagging", tags)).status, 204);
    assert_eq!(house.send(&with("tagging", &tags.replace(">b<", ">c<"))).status, 403);
}
