//! Versions: made by every write, read and removed by their ids, hidden by delete markers.

mod delete;
mod list;

use testbed::{Answer, Auth, House, Request};

/// A house with a bucket that keeps versions.
fn house() -> House {
    let house = House::start();
    house.ok("PUT", "/bucket", b"");
    set_versioning(&house, "Enabled");
    house
}

fn set_versioning(house: &House, status: &str) {
    let document =
        format!("<VersioningConfiguration><Status>{status}</Status></VersioningConfiguration>");
    house.ok("PUT", "/bucket?versioning", document.as_bytes());
}

fn send(house: &House, method: &str, target: &str) -> Answer {
    house.send(&Request::new(method, target).auth(Auth::Header))
}

/// Writes an object and returns the id of its version.
fn put(house: &House, key: &str, body: &[u8]) -> String {
    let answer = house.ok("PUT", &format!("/bucket/{key}"), body);
    answer.header("x-amz-version-id").unwrap().to_owned()
}

fn get(house: &House, key: &str, version: &str) -> Answer {
    send(house, "GET", &format!("/bucket/{key}?versionId={version}"))
}

#[test]
fn a_bucket_tells_whether_it_keeps_versions() {
    let house = House::start();
    house.ok("PUT", "/bucket", b"");
    let status = || house.ok("GET", "/bucket?versioning", b"").element("Status");
    assert_eq!(status(), None);
    for word in ["Suspended", "Enabled", "Suspended"] {
        set_versioning(&house, word);
        assert_eq!(status().as_deref(), Some(word));
    }
    let refused = |inner: &str| {
        let document = format!("<VersioningConfiguration>{inner}</VersioningConfiguration>");
        let request = Request::new("PUT", "/bucket?versioning").auth(Auth::Header);
        house.send(&request.body(document.as_bytes())).refusal()
    };
    assert_eq!(refused("<Status>enabled</Status>"), (400, "MalformedXML".into()));
    assert_eq!(refused(""), (400, "IllegalVersioningConfigurationException".into()));
    assert_eq!(refused("<MfaDelete>Enabled</MfaDelete>"), (501, "NotImplemented".into()));
    assert_eq!(send(&house, "GET", "/nowhere?versioning").refusal(), (404, "NoSuchBucket".into()));
}

#[test]
fn each_write_makes_a_version_and_each_version_can_be_read() {
    let house = house();
    let first = put(&house, "k", b"first");
    let second = put(&house, "k", b"second");
    assert_ne!(first, second);
    assert_eq!(first.len(), 32);
    let current = house.ok("GET", "/bucket/k", b"");
    assert_eq!(
        (&current.body[..], current.header("x-amz-version-id")),
        (&b"second"[..], Some(&*second))
    );
    for (id, body) in [(&first, &b"first"[..]), (&second, b"second")] {
        let answer = get(&house, "k", id);
        assert_eq!((answer.status, &answer.body[..]), (200, body));
        assert_eq!(answer.header("x-amz-version-id"), Some(&**id));
        let head = send(&house, "HEAD", &format!("/bucket/k?versionId={id}"));
        assert_eq!(head.header("content-length"), Some(&*body.len().to_string()));
    }
    let part = send(&house, "GET", &format!("/bucket/k?versionId={first}&partNumber=1"));
    assert_eq!((part.status, part.header("content-range")), (206, Some("bytes 0-4/5")));
}

#[test]
fn a_version_that_is_not_there_is_told_from_an_id_that_cannot_be() {
    let house = house();
    let id = put(&house, "k", b"v");
    send(&house, "DELETE", &format!("/bucket/k?versionId={id}"));
    let gone = get(&house, "k", &id);
    assert_eq!(gone.refusal(), (404, "NoSuchVersion".into()));
    assert_eq!(gone.element("Key").as_deref(), Some("k"));
    assert_eq!(gone.element("VersionId"), Some(id));
    for (id, said) in [
        ("HPniJFCxqTsMuIH9KX8K8wEjNUgmABCD", "Invalid version id specified"),
        ("", "Version id cannot be the empty string"),
    ] {
        for method in ["GET", "DELETE"] {
            let answer = send(&house, method, &format!("/bucket/k?versionId={id}"));
            assert_eq!(answer.refusal(), (400, "InvalidArgument".into()));
            assert_eq!(answer.element("Message").as_deref(), Some(said));
            assert_eq!(answer.element("ArgumentName").as_deref(), Some("versionId"));
        }
    }
    assert_eq!(get(&house, "k", "null").refusal(), (404, "NoSuchVersion".into()));
}

#[test]
fn a_bucket_without_versions_has_the_null_version_and_says_nothing_of_it() {
    let house = House::start();
    house.ok("PUT", "/bucket", b"");
    let answer = house.ok("PUT", "/bucket/k", b"plain");
    assert_eq!(answer.header("x-amz-version-id"), None);
    let answer = get(&house, "k", "null");
    assert_eq!((&answer.body[..], answer.header("x-amz-version-id")), (&b"plain"[..], None));

    set_versioning(&house, "Enabled");
    let answer = house.ok("GET", "/bucket/k", b"");
    assert_eq!(answer.header("x-amz-version-id"), Some("null"));
    put(&house, "k", b"new");
    assert_eq!(get(&house, "k", "null").body, b"plain");
}

#[test]
fn a_suspended_bucket_writes_the_null_version_and_keeps_the_others() {
    let house = house();
    let id = put(&house, "k", b"kept");
    set_versioning(&house, "Suspended");
    for body in [&b"replaced"[..], b"null"] {
        let answer = house.ok("PUT", "/bucket/k", body);
        assert_eq!(answer.header("x-amz-version-id"), None);
    }
    assert_eq!(house.ok("GET", "/bucket/k", b"").header("x-amz-version-id"), Some("null"));
    assert_eq!(get(&house, "k", "null").body, b"null");
    assert_eq!(get(&house, "k", &id).body, b"kept");
}

#[test]
fn copies_name_the_versions_of_both_ends() {
    let house = house();
    let (first, second) = (put(&house, "k", b"first"), put(&house, "k", b"second"));
    let copy = |source: &str, target: &str| {
        let request = Request::new("PUT", &format!("/bucket/{target}")).auth(Auth::Header);
        house.send(&request.header("x-amz-copy-source", &format!("bucket/{source}")))
    };
    let answer = copy("k", "c");
    assert_eq!(answer.header("x-amz-copy-source-version-id"), Some(&*second));
    let copied = answer.header("x-amz-version-id").unwrap();
    assert_eq!(get(&house, "c", copied).body, b"second");

    // An old version is restored by copying it onto its own key.
    let answer = copy(&format!("k?versionId={first}"), "k");
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.header("x-amz-copy-source-version-id"), Some(&*first));
    assert_eq!(house.ok("GET", "/bucket/k", b"").body, b"first");

    set_versioning(&house, "Suspended");
    let answer = copy("k", "c");
    assert_eq!(answer.header("x-amz-version-id"), Some("null"));
    assert_eq!(copy("c", "d").header("x-amz-copy-source-version-id"), None);

    let marker = send(&house, "DELETE", "/bucket/k");
    let marker = marker.header("x-amz-version-id").unwrap();
    let hidden = copy("k", "c");
    assert_eq!(hidden.refusal(), (404, "NoSuchKey".into()));
    assert_eq!(hidden.header("x-amz-delete-marker"), Some("true"));
    let asked = copy(&format!("k?versionId={marker}"), "c");
    assert_eq!(asked.refusal(), (400, "InvalidRequest".into()));
    let gone = copy("k?versionId=00000000000000000000000000000000", "c");
    assert_eq!(gone.refusal(), (404, "NoSuchVersion".into()));
    assert_eq!(copy("k?versionId=x", "c").refusal(), (400, "InvalidArgument".into()));
}

#[test]
fn a_version_is_read_with_a_presigned_url_and_only_that_one() {
    let house = house();
    let (first, second) = (put(&house, "k", b"first"), put(&house, "k", b"second"));
    let target = format!("/bucket/k?versionId={first}");
    let request = Request::new("GET", &target).auth(Auth::Presigned(60));
    assert_eq!(house.send(&request).body, b"first");
    let signed = request.target(&house.authority(), house.now());
    let other = house.send(&Request::new("GET", &signed.replace(&first, &second)));
    assert_eq!(other.refusal(), (403, "SignatureDoesNotMatch".into()));
}

#[test]
fn conditions_are_about_the_version_that_is_read() {
    let house = house();
    let first = put(&house, "k", b"first");
    let etag = house.ok("GET", "/bucket/k", b"").header("etag").unwrap().to_owned();
    put(&house, "k", b"second");
    let ask = |target: &str| {
        let request = Request::new("GET", target).auth(Auth::Header);
        house.send(&request.unsigned_header("if-match", &etag)).status
    };
    assert_eq!(ask("/bucket/k"), 412);
    assert_eq!(ask(&format!("/bucket/k?versionId={first}")), 200);
    let put_if = |name: &str, value: &str| {
        let request = Request::new("PUT", "/bucket/k").auth(Auth::Header);
        house.send(&request.header(name, value).body(b"x")).status
    };
    assert_eq!(put_if("if-match", &etag), 412);
    assert_eq!(put_if("if-none-match", "*"), 412);
    send(&house, "DELETE", "/bucket/k");
    assert_eq!(put_if("if-match", &etag), 404);
    assert_eq!(put_if("if-none-match", "*"), 200);
}
