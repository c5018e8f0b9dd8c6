//! Tags: put with an object, with a copy, with a form, and by themselves.

use testbed::{Answer, Auth, House, Request};

use crate::forms::upload::{Upload, policy};

fn house() -> House {
    let house = House::start();
    house.ok("PUT", "/bucket", b"");
    house
}

fn document(tags: &[(&str, &str)]) -> String {
    let tags = tags
        .iter()
        .map(|(key, value)| format!("<Tag><Key>{key}</Key><Value>{value}</Value></Tag>"));
    format!("<Tagging><TagSet>{}</TagSet></Tagging>", tags.collect::<String>())
}

fn put_tags(house: &House, target: &str, document: &str) -> Answer {
    let request = Request::new("PUT", &format!("{target}?tagging")).auth(Auth::Header);
    house.send(&request.body(document.as_bytes()))
}

/// Keys and values, joined.
fn tags(house: &House, target: &str) -> String {
    let text = house.ok("GET", &format!("{target}?tagging"), b"").text();
    let pieces = text.split("<Key>").skip(1).map(|piece| {
        let (key, rest) = piece.split_once("</Key><Value>").unwrap();
        format!("{key}={}", rest.split_once('<').unwrap().0)
    });
    pieces.collect::<Vec<_>>().join("&")
}

fn put_with(house: &House, headers: &[(&str, &str)]) -> Answer {
    let request = Request::new("PUT", "/bucket/k").auth(Auth::Header).body(b"x");
    house.send(&headers.iter().fold(request, |request, (n, v)| request.header(n, v)))
}

#[test]
fn tags_are_put_read_replaced_and_removed() {
    let house = house();
    house.ok("PUT", "/bucket/k", b"x");
    assert_eq!(tags(&house, "/bucket/k"), "");
    let modified = house.ok("HEAD", "/bucket/k", b"");
    assert_eq!(modified.header("x-amz-tagging-count"), None);
    house.pass(10);
    assert_eq!(put_tags(&house, "/bucket/k", &document(&[("b", "1"), ("a", "")])).status, 200);
    assert_eq!(tags(&house, "/bucket/k"), "b=1&a=");
    let head = house.ok("HEAD", "/bucket/k", b"");
    assert_eq!(head.header("x-amz-tagging-count"), Some("2"));
    assert_eq!(head.header("last-modified"), modified.header("last-modified"));
    assert_eq!(put_tags(&house, "/bucket/k", &document(&[("c", "3")])).status, 200);
    assert_eq!(tags(&house, "/bucket/k"), "c=3");
    house.ok("DELETE", "/bucket/k?tagging", b"");
    assert_eq!(tags(&house, "/bucket/k"), "");
    for method in ["GET", "DELETE"] {
        let absent = Request::new(method, "/bucket/absent?tagging").auth(Auth::Header);
        assert_eq!(house.send(&absent).refusal(), (404, "NoSuchKey".into()));
    }
}

#[test]
fn each_version_has_its_own_tags_and_a_delete_marker_none() {
    let house = house();
    let status = "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>";
    house.ok("PUT", "/bucket?versioning", status.as_bytes());
    let version = |answer: &Answer| answer.header("x-amz-version-id").unwrap().to_owned();
    let first = version(&put_with(&house, &[("x-amz-tagging", "a=1")]));
    let second = version(&put_with(&house, &[("x-amz-tagging", "a=2")]));
    let put = put_tags(&house, "/bucket/k", &document(&[("a", "3")]));
    assert_eq!(version(&put), second);
    let old = Request::new("PUT", &format!("/bucket/k?tagging&versionId={first}"));
    let put = house.send(&old.auth(Auth::Header).body(document(&[("a", "4")]).as_bytes()));
    assert_eq!(version(&put), first);
    let read = |id: &str| {
        let answer = house.ok("GET", &format!("/bucket/k?tagging&versionId={id}"), b"");
        assert_eq!(version(&answer), id);
        answer.element("Value").unwrap()
    };
    assert_eq!((read(&first), read(&second)), ("4".into(), "3".into()));
    let marker = version(&house.ok("DELETE", "/bucket/k", b""));
    for query in ["tagging".to_owned(), format!("tagging&versionId={marker}")] {
        for (method, body) in [("GET", ""), ("PUT", &*document(&[])), ("DELETE", "")] {
            let request = Request::new(method, &format!("/bucket/k?{query}")).auth(Auth::Header);
            let answer = house.send(&request.body(body.as_bytes()));
            assert_eq!(answer.refusal(), (405, "MethodNotAllowed".into()), "{method} {query}");
            assert_eq!(answer.element("ResourceType").as_deref(), Some("DeleteMarker"));
            assert_eq!(answer.element("Method").as_deref(), Some(method));
        }
    }
}

#[test]
fn tags_come_with_an_object_an_upload_and_a_copy() {
    let house = house();
    assert_eq!(put_with(&house, &[("x-amz-tagging", "a%20b=c%2Bd+e&&f")]).status, 200);
    assert_eq!(tags(&house, "/bucket/k"), "a b=c+d e&f=");
    let copy = |headers: &[(&str, &str)]| {
        let request = Request::new("PUT", "/bucket/c").auth(Auth::Header);
        let request = request.header("x-amz-copy-source", "bucket/k");
        house.send(&headers.iter().fold(request, |request, (n, v)| request.header(n, v)))
    };
    assert_eq!(copy(&[("x-amz-tagging", "ignored=1")]).status, 200);
    assert_eq!(tags(&house, "/bucket/c"), "a b=c+d e&f=");
    let replace = ("x-amz-tagging-directive", "REPLACE");
    assert_eq!(copy(&[replace, ("x-amz-tagging", "g=h")]).status, 200);
    assert_eq!(tags(&house, "/bucket/c"), "g=h");
    assert_eq!(copy(&[replace]).status, 200);
    assert_eq!(tags(&house, "/bucket/c"), "");
    let wrong = copy(&[("x-amz-tagging-directive", "SOME")]);
    assert_eq!(wrong.refusal(), (400, "InvalidArgument".into()));

    let begin = Request::new("POST", "/bucket/m?uploads").auth(Auth::Header);
    let id = house.send(&begin.header("x-amz-tagging", "i=j")).element("UploadId").unwrap();
    let part = house.ok("PUT", &format!("/bucket/m?partNumber=1&uploadId={id}"), b"x");
    let complete = format!(
        "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>{}</ETag></Part>\
         </CompleteMultipartUpload>",
        part.header("etag").unwrap()
    );
    house.ok("POST", &format!("/bucket/m?uploadId={id}"), complete.as_bytes());
    assert_eq!(tags(&house, "/bucket/m"), "i=j");
    assert_eq!(put_with(&house, &[]).status, 200);
    assert_eq!(tags(&house, "/bucket/k"), "");
}

#[test]
fn tags_come_with_a_form_if_its_policy_allows_them() {
    let house = house();
    let tagging = document(&[("a", "b")]);
    let with = |tagging: &str| {
        let policy = policy(&house, "k").field("tagging", tagging);
        house.send(&Upload::signed(policy, house.now()).request())
    };
    assert_eq!(with(&tagging).status, 204);
    assert_eq!(tags(&house, "/bucket/k"), "a=b");
    assert_eq!(with("not-xml").refusal(), (400, "MalformedXML".into()));
    assert_eq!(with(&document(&[("a", ""), ("a", "")])).refusal(), (400, "InvalidTag".into()));
    let unasked = Upload::signed(policy(&house, "k"), house.now()).field("tagging", &tagging);
    assert_eq!(house.send(&unasked.request()).refusal(), (403, "AccessDenied".into()));
}

#[test]
fn tags_that_s3_refuses_are_refused_in_its_words() {
    let house = house();
    house.ok("PUT", "/bucket/k", b"x");
    for target in ["/bucket", "/bucket/k"] {
        let refused = |tags: &[(&str, &str)]| {
            let answer = put_tags(&house, target, &document(tags));
            let message = answer.element("Message").unwrap();
            (answer.refusal(), message, answer.element("TagKey"))
        };
        let invalid = |key: &str, message: &str| {
            ((400, "InvalidTag".to_owned()), message.to_owned(), Some(key.to_owned()))
        };
        let long = "k".repeat(129);
        assert_eq!(
            refused(&[("a", ""), ("a", "")]),
            invalid("a", "Cannot provide multiple Tags with the same key")
        );
        assert_eq!(
            refused(&[("a,b", "")]),
            invalid("a,b", "The TagKey you have provided is invalid")
        );
        assert_eq!(
            refused(&[(&long, "")]),
            invalid(&long, "The TagKey you have provided is invalid")
        );
        assert_eq!(
            refused(&[("a", &"v".repeat(257))]),
            invalid("a", "The TagValue you have provided is invalid")
        );
        let system = match target {
            "/bucket" => "System tags cannot be added/updated by requester",
            _ => "Your TagKey cannot be prefixed with aws:",
        };
        assert_eq!(refused(&[("aws:a", "")]), invalid("aws:a", system));
        for text in ["", "<Tagging/>", "<Tagging><TagSet><Tag/></TagSet></Tagging>"] {
            assert_eq!(put_tags(&house, target, text).refusal(), (400, "MalformedXML".into()));
        }
    }
    let many: Vec<_> = (0..51).map(|n| n.to_string()).collect();
    let many: Vec<_> = many.iter().map(|key| (key.as_str(), "v")).collect();
    let put = |target, count: usize| put_tags(&house, target, &document(&many[..count]));
    assert_eq!(put("/bucket/k", 10).status, 200);
    let eleven = put("/bucket/k", 11);
    assert_eq!(eleven.refusal(), (400, "BadRequest".into()));
    assert_eq!(eleven.element("Message").as_deref(), Some("Object tags cannot be greater than 10"));
    assert_eq!(put("/bucket", 50).status, 204);
    assert_eq!(put("/bucket", 51).refusal(), (400, "BadRequest".into()));
    for header in ["a=1&a=2", "a=1,b=2", "a=%ff"] {
        let answer = put_with(&house, &[("x-amz-tagging", header)]);
        assert_eq!(answer.refusal(), (400, "InvalidArgument".into()), "{header}");
        assert_eq!(answer.element("ArgumentName").as_deref(), Some("x-amz-tagging"));
    }
}

#[test]
fn a_bucket_has_tags_too() {
    let house = house();
    let none = house.send(&Request::new("GET", "/bucket?tagging").auth(Auth::Header));
    assert_eq!(none.refusal(), (404, "NoSuchTagSet".into()));
    assert_eq!(put_tags(&house, "/bucket", &document(&[("a", "1")])).status, 204);
    assert_eq!(tags(&house, "/bucket"), "a=1");
    let tagged = "<CreateBucketConfiguration><Tags><Tag><Key>b</Key><Value>2</Value></Tag></Tags>\
                  </CreateBucketConfiguration>";
    house.ok("PUT", "/tagged", tagged.as_bytes());
    assert_eq!(tags(&house, "/tagged"), "b=2");
    let again = Request::new("PUT", "/tagged").auth(Auth::Header).body(tagged.as_bytes());
    assert_eq!(house.send(&again).refusal(), (409, "BucketAlreadyOwnedByYou".into()));
    let system = Request::new("PUT", "/system").auth(Auth::Header);
    let system = house.send(&system.body(tagged.replace("<Key>b", "<Key>aws:b").as_bytes()));
    assert_eq!(system.refusal(), (400, "InvalidTag".into()));

    house.ok("DELETE", "/bucket?tagging", b"");
    let none = house.send(&Request::new("GET", "/bucket?tagging").auth(Auth::Header));
    assert_eq!(none.refusal(), (404, "NoSuchTagSet".into()));
}
