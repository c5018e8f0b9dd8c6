//! Conditions on tags: those of the object that is there, and those that are put.

use testbed::{Answer, Auth, House, Request};

use super::{anonymous, house, put_policy, statement};

const PUBLIC: &str = r#""StringEquals": {"s3:ExistingObjectTag/class": "public"}"#;

fn document(class: &str) -> String {
    format!("<Tagging><TagSet><Tag><Key>class</Key><Value>{class}</Value></Tag></TagSet></Tagging>")
}

fn tag(house: &House, class: &str) {
    house.ok("PUT", "/bucket/key?tagging", document(class).as_bytes());
}

#[test]
fn an_object_can_be_opened_by_its_tags() {
    let house = house();
    put_policy(
        &house,
        &[
            statement("Allow", "s3:GetObject", PUBLIC),
            statement("Allow", "s3:GetObjectTagging", PUBLIC),
            statement("Allow", "s3:GetObjectAttributes", PUBLIC),
        ],
    );
    let attributes = Request::new("GET", "/bucket/key?attributes");
    let attributes = attributes.unsigned_header("x-amz-object-attributes", "ETag");
    let all = |house: &House| {
        let get = anonymous(house, "GET", "/bucket/key").status;
        let head = anonymous(house, "HEAD", "/bucket/key").status;
        let tags = anonymous(house, "GET", "/bucket/key?tagging").status;
        [get, head, tags, house.send(&attributes).status]
    };
    assert_eq!(all(&house), [403; 4]);
    tag(&house, "public");
    assert_eq!(all(&house), [200; 4]);
    let head = anonymous(&house, "HEAD", "/bucket/key");
    assert_eq!(head.header("x-amz-tagging-count"), Some("1"));
    tag(&house, "secret");
    assert_eq!(all(&house), [403; 4]);
    assert_eq!(anonymous(&house, "GET", "/bucket/absent").status, 403);
}

#[test]
fn the_tags_are_those_of_the_version_that_is_read() {
    let house = house();
    let enabled = "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>";
    house.ok("PUT", "/bucket?versioning", enabled.as_bytes());
    put_policy(&house, &[statement("Allow", "s3:GetObjectVersion", PUBLIC)]);
    let put = |class: &str| {
        let request = Request::new("PUT", "/bucket/key").auth(Auth::Header).body(b"x");
        let answer = house.send(&request.header("x-amz-tagging", &format!("class={class}")));
        answer.header("x-amz-version-id").unwrap().to_owned()
    };
    let (public, secret) = (put("public"), put("secret"));
    let read = |id: &str| anonymous(&house, "GET", &format!("/bucket/key?versionId={id}")).status;
    assert_eq!((read(&public), read(&secret)), (200, 403));
}

#[test]
fn the_source_of_a_copy_can_be_opened_by_its_tags() {
    let house = house();
    let write = statement("Allow", "s3:PutObject", "");
    let tags = statement("Allow", "s3:PutObjectTagging", "");
    let read_tags = statement("Allow", "s3:GetObjectTagging", "");
    put_policy(&house, &[write, tags, read_tags, statement("Allow", "s3:GetObject", PUBLIC)]);
    let copy =
        Request::new("PUT", "/bucket/copy").unsigned_header("x-amz-copy-source", "bucket/key");
    assert_eq!(house.send(&copy).status, 403);
    tag(&house, "public");
    assert_eq!(house.send(&copy).status, 200);
}

#[test]
fn tags_can_be_changed_where_those_that_are_there_allow_it() {
    let house = house();
    put_policy(
        &house,
        &[
            statement("Allow", "s3:PutObjectTagging", PUBLIC),
            statement("Allow", "s3:DeleteObjectTagging", PUBLIC),
        ],
    );
    let put = || Request::new("PUT", "/bucket/key?tagging").body(document("other").as_bytes());
    assert_eq!(house.send(&put()).status, 403);
    assert_eq!(anonymous(&house, "DELETE", "/bucket/key?tagging").status, 403);
    tag(&house, "public");
    assert_eq!(house.send(&put()).status, 200);
    assert_eq!(house.send(&put()).status, 403);
    tag(&house, "public");
    assert_eq!(anonymous(&house, "DELETE", "/bucket/key?tagging").status, 204);
}

#[test]
fn tags_that_are_put_can_be_limited_wherever_they_stand() {
    let house = house();
    let condition = r#""StringEquals": {"s3:RequestObjectTag/class": "public"},
        "ForAllValues:StringEquals": {"s3:RequestObjectTagKeys": ["class", "colour"]}"#;
    put_policy(
        &house,
        &[
            statement("Allow", "s3:PutObject", condition),
            statement("Allow", "s3:PutObjectTagging", condition),
            statement("Allow", "s3:GetObject", ""),
            statement("Allow", "s3:GetObjectTagging", ""),
        ],
    );
    let put = |tags: &str| -> Answer {
        let request = Request::new("PUT", "/bucket/new").body(b"x");
        house.send(&request.unsigned_header("x-amz-tagging", tags))
    };
    assert_eq!(put("class=public&colour=red").status, 200);
    for tags in ["class=secret", "colour=red", "class=public&other=1", "", "class=%ff"] {
        assert_eq!(put(tags).status, 403, "{tags}");
    }
    let upload = Request::new("POST", "/bucket/new?uploads");
    assert_eq!(
        house.send(&upload.clone().unsigned_header("x-amz-tagging", "class=public")).status,
        200
    );
    assert_eq!(house.send(&upload).status, 403);
    let put_document = |class: &str| {
        let request = Request::new("PUT", "/bucket/new?tagging");
        house.send(&request.body(document(class).as_bytes())).refusal()
    };
    assert_eq!(put_document("public").0, 200);
    assert_eq!(put_document("secret"), (403, "AccessDenied".into()));
    assert_eq!(put_document("").0, 403);
    let copy =
        Request::new("PUT", "/bucket/copy").unsigned_header("x-amz-copy-source", "bucket/new");
    let named = copy.unsigned_header("x-amz-tagging", "class=public");
    // Without this directive the header counts for nothing, so a policy does not see it.
    assert_eq!(house.send(&named).status, 403);
    let replacing = named.unsigned_header("x-amz-tagging-directive", "REPLACE");
    assert_eq!(house.send(&replacing).status, 200);
}

#[test]
fn tags_that_come_with_a_copy_are_put_by_a_policy_too() {
    let house = house();
    let condition = r#""StringEquals": {"s3:RequestObjectTag/class": "public"}"#;
    put_policy(
        &house,
        &[
            statement("Allow", "s3:PutObject", ""),
            statement("Allow", "s3:GetObject", ""),
            statement("Allow", "s3:GetObjectTagging", ""),
            statement("Allow", "s3:PutObjectTagging", condition),
        ],
    );
    let copy =
        Request::new("PUT", "/bucket/copy").unsigned_header("x-amz-copy-source", "bucket/key");
    tag(&house, "secret");
    assert_eq!(house.send(&copy).status, 403);
    tag(&house, "public");
    assert_eq!(house.send(&copy).status, 200);
}

#[test]
fn who_may_not_put_tags_at_all_is_refused_before_the_document_is_read() {
    let house = house();
    put_policy(&house, &[statement("Allow", "s3:GetObject", "")]);
    let malformed = Request::new("PUT", "/bucket/key?tagging").body(b"<Other/>");
    assert_eq!(house.send(&malformed).refusal(), (403, "AccessDenied".into()));
}
