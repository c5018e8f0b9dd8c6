//! One test for each way in which what arrived can differ from what was signed.

use alloc::borrow::ToOwned as _;

use super::*;

const OURS: &str = "GET\n/b/a%20b\nX-Amz-Date=1&X-Amz-Security-Token=secret-token&v=1\n\
    content-type:text/plain\nhost:s3.example:443\nx-amz-meta-a:one two\n\n\
    content-type;host;x-amz-meta-a\nUNSIGNED-PAYLOAD";

/// What is found when the server has `to` where the URL has `from`.
fn found(from: &str, to: &str) -> Vec<DifferenceFinding> {
    assert!(OURS.contains(from));
    compare(OURS, &OURS.replacen(from, to, 1), &[]).unwrap()
}

fn header(difference: HeaderDifference) -> Vec<DifferenceFinding> {
    [DifferenceFinding::Header(difference)].into()
}

#[test]
fn same_requests_have_no_difference_and_other_texts_are_none() {
    assert_eq!(compare(OURS, &OURS.replace('\n', "\r\n"), &[]), Some(Vec::new()));
    for text in ["", "GET\n/\n", "<html>"] {
        assert_eq!(compare(OURS, text, &[]), None, "{text}");
    }
}

#[test]
fn another_method_is_named() {
    let sides = Sides::new("GET", "PUT");
    assert_eq!(found("GET", "PUT"), [DifferenceFinding::Method(sides)]);
}

#[test]
fn path_that_was_encoded_again_is_told_from_another_path() {
    let twice = Sides::new("/b/a%20b", "/b/a%2520b");
    assert_eq!(found("a%20b", "a%2520b"), [DifferenceFinding::PathEncodedTwice(twice)]);
    let other = Sides::new("/b/a%20b", "/prefix/b/a%20b");
    assert_eq!(found("/b/", "/prefix/b/"), [DifferenceFinding::Path(other)]);
}

#[test]
fn parameters_that_come_and_go_are_named() {
    let added = DifferenceFinding::ParameterAdded("x-id".into());
    assert_eq!(found("&v=1", "&v=1&x-id=GetObject"), [added]);
    assert_eq!(found("&v=1", ""), [DifferenceFinding::ParameterLost("v".into())]);
    let sides = Sides::new("1", "2");
    assert_eq!(found("v=1", "v=2"), [DifferenceFinding::Parameter("v".into(), sides)]);
}

#[test]
fn secrets_stay_hidden_where_they_differ() {
    let name = "X-Amz-Security-Token";
    let sides = Sides::new("secr... (redacted)", "othe... (redacted)");
    let expected = [DifferenceFinding::Parameter(name.into(), sides)];
    assert_eq!(found("=secret-token", "=other-token"), expected);
}

#[test]
fn port_of_the_host_is_told_from_the_host() {
    let port = Sides::new("s3.example:443", "s3.example");
    assert_eq!(found(":443", ""), header(HeaderDifference::Port(port)));
    let host = Sides::new("s3.example:443", "10.0.0.1:443");
    assert_eq!(found("s3.example", "10.0.0.1"), header(HeaderDifference::Host(host)));
}

#[test]
fn content_type_that_is_another_one_or_not_there_is_named() {
    let sides = Sides::new("text/plain", "image/png");
    let another = header(HeaderDifference::ContentType(sides));
    assert_eq!(found("text/plain", "image/png"), another);
    let missing = header(HeaderDifference::Missing("content-type".into()));
    assert_eq!(found("text/plain", ""), missing);
}

#[test]
fn header_that_differs_in_blanks_is_told_from_another_value() {
    let name = || "x-amz-meta-a".to_owned();
    assert_eq!(found("one two", "one  two "), header(HeaderDifference::Blanks(name())));
    let sides = Sides::new("one two", "three");
    assert_eq!(found("one two", "three"), header(HeaderDifference::Value(name(), sides)));
}

#[test]
fn header_whose_signed_value_nobody_knows_is_not_compared() {
    let unknown = ["content-type".to_owned()];
    let arrived = compare(OURS, OURS, &unknown).unwrap();
    let difference = HeaderDifference::Unknown("content-type".into(), "text/plain".into());
    assert_eq!(arrived, header(difference));
    let empty = OURS.replace("text/plain", "");
    let missing = header(HeaderDifference::Missing("content-type".into()));
    assert_eq!(compare(OURS, &empty, &unknown), Some(missing));
}

#[test]
fn lists_of_headers_and_hashes_of_the_body_are_compared() {
    let sides = Sides::new("content-type;host;x-amz-meta-a", "content-type;host");
    let shorter = found("content-type;host;x-amz-meta-a", "content-type;host");
    assert_eq!(shorter, [DifferenceFinding::SignedHeaders(sides)]);
    let sides = Sides::new("UNSIGNED-PAYLOAD", "e3b0");
    assert_eq!(found("UNSIGNED-PAYLOAD", "e3b0"), [DifferenceFinding::PayloadHash(sides)]);
}

#[test]
fn scope_is_what_can_still_differ() {
    let ours = "A\n20130524T000000Z\n20130524/r/s3/aws4_request\nhash";
    assert_eq!(of_scope(ours, ours), DifferenceFinding::Nothing);
    let theirs = ours.replace("/r/", "/q/");
    assert!(matches!(of_scope(ours, &theirs), DifferenceFinding::Scope(_)));
}

#[test]
fn legacy_texts_are_compared_by_their_lines() {
    let ours = "PUT\n\n\n1\nx-amz-meta-a:1\n/b/k?acl";
    let found = |from: &str, to: &str| compare_legacy(ours, &ours.replacen(from, to, 1)).unwrap();
    assert_eq!(compare_legacy(ours, ours), Some(Vec::new()));
    assert_eq!(compare_legacy(ours, "PUT"), None);
    let sides = Sides::new("PUT", "GET");
    assert_eq!(found("PUT", "GET"), [DifferenceFinding::Method(sides)]);
    let added = header(HeaderDifference::Added("content-type".into()));
    assert_eq!(found("\n\n\n", "\n\ntext/plain\n"), added);
    let missing = header(HeaderDifference::Missing("x-amz-meta-a".into()));
    assert_eq!(found("x-amz-meta-a:1\n", ""), missing);
    assert_eq!(found("\n1\n", "\n2\n"), [DifferenceFinding::Scope(Sides::new("1", "2"))]);
    assert_eq!(found("?acl", ""), [DifferenceFinding::ParameterLost("acl".into())]);
}
