//! Deleting: markers, versions, and many objects in one request.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use testbed::{Answer, Auth, House, Request};

use super::{get, house, put, send, set_versioning};

fn delete_many(house: &House, document: &str) -> Answer {
    let sum = crc32(document.as_bytes());
    let request = Request::new("POST", "/bucket?delete").auth(Auth::Header);
    house.send(&request.header("x-amz-checksum-crc32", &sum).body(document.as_bytes()))
}

/// CRC-32 as headers carry it.
fn crc32(bytes: &[u8]) -> String {
    let sum = bytes.iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| (sum >> 1) ^ (0xedb8_8320 * (sum & 1)))
    });
    STANDARD.encode((!sum).to_be_bytes())
}

fn id(answer: &Answer) -> String {
    answer.header("x-amz-version-id").unwrap().to_owned()
}

#[test]
fn a_delete_marker_hides_the_object_and_its_removal_shows_it_again() {
    let house = house();
    let version = put(&house, "k", b"content");
    let deleted = send(&house, "DELETE", "/bucket/k");
    assert_eq!((deleted.status, deleted.header("x-amz-delete-marker")), (204, Some("true")));
    let marker = id(&deleted);
    for method in ["GET", "HEAD"] {
        let hidden = send(&house, method, "/bucket/k");
        assert_eq!(hidden.status, 404);
        assert_eq!(hidden.header("x-amz-delete-marker"), Some("true"));
        assert_eq!(hidden.header("x-amz-version-id"), Some(&*marker));
        let asked = send(&house, method, &format!("/bucket/k?versionId={marker}"));
        assert_eq!(asked.status, 405);
        assert_eq!(asked.header("x-amz-delete-marker"), Some("true"));
        assert_eq!(asked.header("allow"), Some("DELETE"));
        assert_eq!(asked.header("last-modified"), Some("Thu, 01 Jan 2026 00:00:00 GMT"));
    }
    let asked = get(&house, "k", &marker);
    assert_eq!(asked.refusal(), (405, "MethodNotAllowed".into()));
    assert_eq!(asked.element("ResourceType").as_deref(), Some("DeleteMarker"));
    assert_eq!(get(&house, "k", &version).body, b"content");

    let removed = send(&house, "DELETE", &format!("/bucket/k?versionId={marker}"));
    assert_eq!(removed.header("x-amz-delete-marker"), Some("true"));
    assert_eq!(id(&removed), marker);
    assert_eq!(house.ok("GET", "/bucket/k", b"").body, b"content");
    let again = send(&house, "DELETE", &format!("/bucket/k?versionId={marker}"));
    assert_eq!((again.status, again.header("x-amz-delete-marker")), (204, None));
    assert!(send(&house, "DELETE", "/bucket/never").header("x-amz-delete-marker").is_some());
}

#[test]
fn the_version_before_becomes_current_when_the_current_one_is_removed() {
    let house = house();
    let (first, second) = (put(&house, "k", b"first"), put(&house, "k", b"second"));
    let removed = send(&house, "DELETE", &format!("/bucket/k?versionId={second}"));
    assert_eq!((removed.status, removed.header("x-amz-delete-marker")), (204, None));
    assert_eq!(id(&house.ok("GET", "/bucket/k", b"")), first);
}

#[test]
fn a_suspended_bucket_deletes_the_null_version_for_good() {
    let house = house();
    let kept = put(&house, "k", b"kept");
    set_versioning(&house, "Suspended");
    house.ok("PUT", "/bucket/k", b"null");
    let deleted = send(&house, "DELETE", "/bucket/k");
    assert_eq!(deleted.header("x-amz-delete-marker"), Some("true"));
    assert_eq!(id(&deleted), "null");
    assert_eq!(get(&house, "k", "null").status, 405);
    send(&house, "DELETE", "/bucket/k?versionId=null");
    assert_eq!(id(&house.ok("GET", "/bucket/k", b"")), kept);
}

#[test]
fn a_condition_is_about_the_current_object_and_never_about_a_version() {
    let house = house();
    let version = put(&house, "k", b"content");
    let delete = |target: &str, tag: &str| {
        let request = Request::new("DELETE", target).auth(Auth::Header);
        house.send(&request.header("if-match", tag))
    };
    assert_eq!(delete("/bucket/k", "\"x\"").refusal(), (412, "PreconditionFailed".into()));
    let versioned = delete(&format!("/bucket/k?versionId={version}"), "*");
    assert_eq!(versioned.refusal(), (501, "NotImplemented".into()));
    assert_eq!(delete("/bucket/k", "*").status, 204);
    assert_eq!(delete("/bucket/k", "*").refusal(), (404, "NoSuchKey".into()));
}

#[test]
fn a_bucket_with_a_version_left_cannot_be_removed() {
    let house = house();
    let version = put(&house, "k", b"content");
    let marker = id(&send(&house, "DELETE", "/bucket/k"));
    for left in [version, marker] {
        let full = send(&house, "DELETE", "/bucket");
        assert_eq!(full.refusal(), (409, "BucketNotEmpty".into()));
        let said = full.element("Message").unwrap();
        assert!(said.ends_with("You must delete all versions in the bucket."), "{said}");
        send(&house, "DELETE", &format!("/bucket/k?versionId={left}"));
    }
    assert_eq!(send(&house, "DELETE", "/bucket").status, 204);
}

#[test]
fn many_keys_are_deleted_in_one_request() {
    let house = House::start();
    house.ok("PUT", "/bucket", b"");
    for key in ["a%26b", "c", "d"] {
        house.ok("PUT", &format!("/bucket/{key}"), b"x");
    }
    let answer = delete_many(
        &house,
        "<Delete><Object><Key>a&amp;b</Key></Object><Object><Key>absent</Key></Object>\
         <Object><Key>c</Key><VersionId>null</VersionId></Object>\
         <Object><Key>d</Key><VersionId>x</VersionId></Object></Delete>",
    );
    assert_eq!(answer.status, 200, "{}", answer.text());
    let text = answer.text();
    for line in [
        "<Deleted><Key>a&amp;b</Key></Deleted>",
        "<Deleted><Key>absent</Key></Deleted>",
        "<Deleted><Key>c</Key><VersionId>null</VersionId></Deleted>",
        "<Error><Key>d</Key><VersionId>x</VersionId><Code>NoSuchVersion</Code>\
         <Message>The specified version does not exist.</Message></Error>",
    ] {
        assert!(text.contains(line), "{line} is not in {text}");
    }
    assert_eq!(send(&house, "HEAD", "/bucket/c").status, 404);
    assert_eq!(send(&house, "HEAD", "/bucket/d").status, 200);
    let quiet = "<Delete><Quiet>true</Quiet><Object><Key>d</Key></Object></Delete>";
    assert!(!delete_many(&house, quiet).text().contains("Deleted"));
    assert_eq!(send(&house, "HEAD", "/bucket/d").status, 404);
}

#[test]
fn many_versions_and_markers_are_deleted_in_one_request() {
    let house = house();
    let version = put(&house, "k", b"x");
    let answer = delete_many(&house, "<Delete><Object><Key>k</Key></Object></Delete>");
    let marker = answer.element("DeleteMarkerVersionId").unwrap();
    let expected = format!(
        "<Deleted><Key>k</Key><DeleteMarker>true</DeleteMarker>\
         <DeleteMarkerVersionId>{marker}</DeleteMarkerVersionId></Deleted>"
    );
    assert!(answer.text().contains(&expected), "{}", answer.text());
    let answer = delete_many(
        &house,
        &format!(
            "<Delete><Object><Key>k</Key><VersionId>{marker}</VersionId></Object>\
             <Object><Key>k</Key><VersionId>{version}</VersionId></Object></Delete>"
        ),
    );
    let text = answer.text();
    for line in [
        format!(
            "<Deleted><Key>k</Key><VersionId>{marker}</VersionId><DeleteMarker>true\
             </DeleteMarker><DeleteMarkerVersionId>{marker}</DeleteMarkerVersionId></Deleted>"
        ),
        format!("<Deleted><Key>k</Key><VersionId>{version}</VersionId></Deleted>"),
    ] {
        assert!(text.contains(&line), "{line} is not in {text}");
    }
    assert_eq!(send(&house, "DELETE", "/bucket").status, 204);
}

#[test]
fn each_key_of_a_request_has_its_own_condition() {
    let house = House::start();
    house.ok("PUT", "/bucket", b"");
    let etag = house.ok("PUT", "/bucket/k", b"x").header("etag").unwrap().to_owned();
    let ask = |condition: &str| {
        let document = format!("<Delete><Object><Key>k</Key>{condition}</Object></Delete>");
        delete_many(&house, &document).element("Code")
    };
    assert_eq!(ask("<ETag>\"y\"</ETag>").as_deref(), Some("PreconditionFailed"));
    assert_eq!(ask("<Size>1</Size>").as_deref(), Some("NotImplemented"));
    let versioned = format!("<VersionId>null</VersionId><ETag>{etag}</ETag>");
    assert_eq!(ask(&versioned).as_deref(), Some("NotImplemented"));
    assert_eq!(ask(&format!("<ETag>{etag}</ETag>")), None);
    assert_eq!(ask(&format!("<ETag>{etag}</ETag>")).as_deref(), Some("NoSuchKey"));
}

#[test]
fn a_request_to_delete_many_has_to_be_sound() {
    let house = House::start();
    house.ok("PUT", "/bucket", b"");
    house.ok("PUT", "/bucket/k", b"x");
    let many = |n: usize| format!("<Delete>{}</Delete>", "<Object><Key>k</Key></Object>".repeat(n));
    for document in ["", "<Delete/>", &many(1001)] {
        assert_eq!(delete_many(&house, document).refusal(), (400, "MalformedXML".into()));
    }
    let entity = "<!DOCTYPE d [<!ENTITY k \"k\">]><Delete><Object><Key>&k;</Key></Object></Delete>";
    assert_eq!(delete_many(&house, entity).refusal(), (400, "MalformedXML".into()));
    let ask = || Request::new("POST", "/bucket?delete").auth(Auth::Header).body(b"<Delete/>");
    let bare = house.send(&ask());
    assert_eq!(bare.refusal(), (400, "InvalidRequest".into()));
    assert_eq!(
        bare.element("Message").as_deref(),
        Some("Missing required header for this request: Content-MD5")
    );
    let wrong = house.send(&ask().header("content-md5", "AAAAAAAAAAAAAAAAAAAAAA=="));
    assert_eq!(wrong.refusal(), (400, "BadDigest".into()));
    let long = format!("<Delete><Object><Key>{}</Key></Object></Delete>", "k".repeat(1025));
    assert_eq!(delete_many(&house, &long).element("Code").as_deref(), Some("KeyTooLongError"));
    assert_eq!(send(&house, "HEAD", "/bucket/k").status, 200);
    assert_eq!(delete_many(&house, &many(1000)).status, 200);
    assert_eq!(send(&house, "HEAD", "/bucket/k").status, 404);
}
