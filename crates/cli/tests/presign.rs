//! `hallpass presign`: the URL holds, for exactly what was asked.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    dead_code,
    reason = "test"
)]

mod program;

use std::path::Path;
use std::process::{Output, Stdio};
use std::time::{SystemTime, UNIX_EPOCH};

use program::{ID, SECRET, complaint, ended, hallpass, with_key};
use signature::encode::{Plus, decode_strict};
use signature::{
    Legacy, Mechanism, Presented, Request, Rules, Scope, SecretKey, Timestamp, Verified, verify,
};

fn presign(home: &Path, arguments: &[&str]) -> Output {
    let all = [&["presign"], arguments].concat();
    with_key(&mut hallpass(home, &all)).output().unwrap()
}

/// The URL that is printed, which is all that is printed, but for the name of a legacy signature.
fn url(arguments: &[&str]) -> String {
    let home = tempfile::tempdir().unwrap();
    let (stdout, stderr) = ended(&presign(home.path(), arguments), 0);
    let notes = arguments.iter().filter(|argument| **argument == "--sigv2").count();
    assert_eq!((stderr.lines().count(), stdout.lines().count()), (notes, 1), "{stderr}");
    stdout.trim_end().to_owned()
}

fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    Timestamp::from_seconds(since.as_secs())
}

/// What a server finds in `url`.
fn verified(method: &str, url: &str, virtual_bucket: Option<&str>) -> Verified {
    let (host, rest) = url.split_once("://").unwrap().1.split_once('/').unwrap();
    let (path, query) = rest.split_once('?').unwrap();
    let path = format!("/{path}");
    let request = Request {
        method,
        path: &path,
        query,
        headers: &[("host", host.as_bytes())],
        virtual_bucket,
    };
    let rules = Rules { now: now(), scope: Scope::s3("eu-west-1"), legacy: Legacy::Accept };
    let Presented::Signature(unverified) = verify::read(&request, &rules).unwrap() else {
        panic!("{url} is not signed");
    };
    assert_eq!(unverified.access_key_id(), ID);
    unverified.verify(&SecretKey::new(SECRET), &rules).unwrap()
}

const REGION: [&str; 2] = ["--region", "eu-west-1"];

#[test]
fn url_of_every_verb_and_any_key_verifies() {
    let keys = ["k", "a b/\u{d55c}+%41?#&=", "/leading", "//", "a//b/", "..", "*'()!~;"];
    for verb in ["get", "put", "head", "delete"] {
        for key in keys {
            let object = format!("s3://photos/{key}");
            let url = url(&[&[verb, &object], REGION.as_slice()].concat());
            assert!(url.starts_with("https://photos.s3.eu-west-1.amazonaws.com/"), "{url}");
            let found = verified(&verb.to_uppercase(), &url, None);
            assert_eq!(found.mechanism(), Mechanism::V4Query);
        }
    }
}

#[test]
fn url_lives_as_long_as_asked_and_an_hour_unasked() {
    for (expires, seconds) in
        [(None, 3600), (Some("90"), 90), (Some("15m"), 900), (Some("7d"), 604_800)]
    {
        let expires: Vec<&str> = expires.map_or(vec![], |e| vec!["--expires", e]);
        let url = url(&[&["get", "s3://photos/k"], REGION.as_slice(), &expires].concat());
        let found = verified("GET", &url, None);
        let signed = found.signed_at().unwrap();
        assert_eq!(found.expires_at(), Some(signed.plus(seconds)));
    }
}

#[test]
fn legacy_url_verifies_and_may_live_for_years() {
    let years = ["--sigv2", "--expires", "1000d"];
    let virtual_host = url(&[&["get", "s3://photos/a b"], REGION.as_slice(), &years].concat());
    let found = verified("GET", &virtual_host, Some("photos"));
    assert_eq!(found.mechanism(), Mechanism::V2Query);
    let here = ["--endpoint-url", "http://127.0.0.1:9000"];
    let in_path = url(&[&["get", "s3://photos/a b"], here.as_slice(), &years].concat());
    assert!(in_path.starts_with("http://127.0.0.1:9000/photos/a%20b?"), "{in_path}");
    assert!(verified("GET", &in_path, None).expires_at().unwrap() > now().plus(900 * 86_400));
}

#[test]
fn more_than_seven_days_are_refused() {
    let home = tempfile::tempdir().unwrap();
    for more in [&[][..], &["--region-set", "*"]] {
        let arguments = [&["get", "s3://photos/k", "--expires", "604801"], more].concat();
        let output = presign(home.path(), &arguments);
        assert!(complaint(&output, 3).contains("7 days"));
        assert!(ended(&output, 3).1.contains("has to be a pass"));
    }
    let output = presign(home.path(), &["form", "s3://photos/k", "--expires", "8d"]);
    assert!(complaint(&output, 3).contains("7 days"));
}

#[test]
fn nothing_is_signed_without_credentials() {
    let home = tempfile::tempdir().unwrap();
    let mut command = hallpass(home.path(), &["presign", "get", "s3://photos/k"]);
    assert_eq!(complaint(&command.output().unwrap(), 1), "no credentials found");
    let output = presign(home.path(), &["get", "s3://photos/k", "--profile", "x"]);
    assert_eq!(complaint(&output, 1), "there is no profile `x`");
}

#[test]
fn the_legacy_signature_is_named_so() {
    let home = tempfile::tempdir().unwrap();
    for kind in ["get", "form"] {
        let (_, said) = ended(&presign(home.path(), &[kind, "s3://photos/k", "--sigv2"]), 0);
        assert!(said.starts_with("signed with SigV2, a legacy signature"), "{said}");
        assert_eq!(ended(&presign(home.path(), &[kind, "s3://photos/k"]), 0).1, "");
    }
}

#[test]
fn headers_that_are_made_cannot_be_given() {
    let home = tempfile::tempdir().unwrap();
    for header in ["Host: evil", "Authorization: x", "X-Amz-Security-Token: t"] {
        let output = presign(home.path(), &["get", "s3://photos/k", "--header", header]);
        let name = header.split(':').next().unwrap().to_ascii_lowercase();
        let said = format!("the header {name} is made by signing or by the URL");
        assert_eq!(complaint(&output, 2), said);
    }
}

#[test]
fn a_flag_of_a_form_and_its_field_cannot_both_be_given() {
    let home = tempfile::tempdir().unwrap();
    for (field, flag, value) in [
        ("Success_Action_Status=201", "--success-status", "200"),
        ("success_action_redirect=https://a", "--success-redirect", "https://b"),
    ] {
        for given in ["--field", "--starts-with"] {
            let output =
                presign(home.path(), &["form", "s3://photos/k", given, field, flag, value]);
            let name = field.split('=').next().unwrap().to_ascii_lowercase();
            assert_eq!(complaint(&output, 2), format!("the field {name} is given twice"));
        }
    }
}

#[test]
fn wrong_usage_exits_with_2_and_prints_nothing() {
    let home = tempfile::tempdir().unwrap();
    for arguments in [
        vec![],
        vec!["get"],
        vec!["fetch", "s3://photos/k"],
        vec!["get", "s3://photos"],
        vec!["delete", "s3://photos/"],
        vec!["delete", "s3://photos", "--version-id", "1"],
        vec!["get", "s3://"],
        vec!["get", "s3://photos/k", "--region-set", "eu west"],
        vec!["get", "s3://photos/k", "--region-set", "*", "--sigv2"],
        vec!["get", "s3://photos/k", "--write-once"],
        vec!["get", "s3://photos/k", "--version-id", "1", "--query", "versionId=2"],
        vec!["put", "s3://photos/k", "--upload-id", "u"],
        vec!["put", "s3://photos/k", "--upload-id", "u", "--part-number", "0"],
        vec!["put", "s3://photos/k", "--content-type", "a", "--header", "Content-Type: b"],
        vec!["put", "s3://photos/k", "--checksum", "crc32=A"],
        vec!["form"],
        vec!["form", "s3://photos"],
        vec!["form", "s3://photos/${filename}.jpg"],
        vec!["form", "s3://photos/k", "--field", "policy=x"],
        vec!["form", "s3://photos/k", "--field", "a=1", "--starts-with", "A="],
        vec!["form", "s3://photos/k", "--field", "a=${filename}"],
        vec!["form", "s3://photos/k", "--content-length-range", "2..1"],
        vec!["form", "s3://photos/k", "--success-status", "404"],
        vec!["form", "s3://photos/k", "--json", "--html"],
        vec!["get", "s3://Photos/k"],
        vec!["get", "photos/k"],
        vec!["get", "s3://photos/k", "--expires", "soon"],
        vec!["get", "s3://photos/k", "--expires", "0"],
        vec!["get", "s3://photos/k", "--endpoint-url", "localhost:9000"],
    ] {
        let (stdout, stderr) = ended(&presign(home.path(), &arguments), 2);
        assert_eq!(stdout, "", "{arguments:?}");
        assert!(!stderr.is_empty(), "{arguments:?}");
    }
}

#[test]
fn closed_stdout_is_a_failure_and_no_panic() {
    let home = tempfile::tempdir().unwrap();
    let mut command = hallpass(home.path(), &["presign", "get", "s3://photos/k"]);
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let output = with_key(&mut command).stdout(writer).stderr(Stdio::piped()).output();
    let (_, stderr) = ended(&output.unwrap(), 1);
    assert!(stderr.starts_with("error: cannot write to stdout"), "{stderr}");
}

#[test]
fn headers_and_parameters_are_signed_and_a_moment_makes_the_same_url_again() {
    let all = [
        "put",
        "s3://photos/k",
        "--header",
        "If-None-Match: *",
        "--header",
        "content-type:image/png",
        "--query",
        "x-id=PutObject",
        "--at",
        "20260102T030405Z",
        "--region",
        "eu-west-1",
    ];
    let first = url(&all);
    assert_eq!(first, url(&all));
    assert!(first.contains("X-Amz-SignedHeaders=content-type%3Bhost%3Bif-none-match"), "{first}");
    assert!(first.contains("x-id=PutObject") && first.contains("20260102T030405Z"), "{first}");
}

/// Its parameters, decoded, without those of the signature but the list of signed headers.
fn parameters(url: &str) -> Vec<String> {
    let pairs = url.split_once('?').unwrap().1.split('&');
    let decoded = pairs.map(|pair| decode_strict(pair, Plus::Itself).unwrap());
    let all = decoded
        .filter(|pair| !pair.starts_with("X-Amz-") || pair.starts_with("X-Amz-SignedHeaders="));
    all.collect()
}

#[test]
fn flags_are_headers_and_parameters_of_s3() {
    let photos = "s3://photos/k";
    let host = "X-Amz-SignedHeaders=host";
    for (arguments, expected) in [
        (&["get", photos, "--version-id", "v 1"][..], &[host, "versionId=v 1"][..]),
        (&["get", photos, "--query", "tagging"], &[host, "tagging="]),
        (&["delete", photos, "--upload-id", "u"], &[host, "uploadId=u"]),
        (&["post", photos, "--query", "uploads"], &[host, "uploads="]),
        (&["post", photos, "--upload-id", "u"], &[host, "uploadId=u"]),
        (
            &["put", photos, "--upload-id", "u", "--part-number", "7"],
            &[host, "partNumber=7", "uploadId=u"],
        ),
        (
            &["head", photos, "--filename", "a b.txt", "--response-content-type", "text/plain"],
            &[
                host,
                "response-content-disposition=attachment; filename=\"a b.txt\"",
                "response-content-type=text/plain",
            ],
        ),
        (
            &[
                "put",
                photos,
                "--write-once",
                "--content-length",
                "5",
                "--content-type",
                "text/plain",
            ],
            &["X-Amz-SignedHeaders=content-length;content-type;host;if-none-match"],
        ),
        (
            &[
                "put",
                photos,
                "--metadata",
                "a=1",
                "--sse",
                "aws:kms",
                "--checksum",
                "crc32=AAAAAA==",
            ],
            &["X-Amz-SignedHeaders=host;x-amz-checksum-crc32;x-amz-meta-a;\
               x-amz-server-side-encryption"],
        ),
    ] {
        let url = url(&[arguments, REGION.as_slice()].concat());
        assert_eq!(parameters(&url), expected, "{arguments:?}");
    }
}

#[test]
fn bucket_and_account_are_reached_when_it_is_said_what_is_meant() {
    let list = url(&["get", "s3://photos", "--query", "list-type=2", REGION[0], REGION[1]]);
    assert!(list.starts_with("https://photos.s3.eu-west-1.amazonaws.com/?"), "{list}");
    verified("GET", &list, None);
    let all = url(&["get", "s3://", "--query", "x-id=ListBuckets", REGION[0], REGION[1]]);
    assert!(all.starts_with("https://s3.eu-west-1.amazonaws.com/?"), "{all}");
    verified("GET", &all, None);
    let here = ["--endpoint-url", "http://127.0.0.1:9000", "--query", "location"];
    let location = url(&[&["get", "s3://photos/"], here.as_slice()].concat());
    assert!(location.starts_with("http://127.0.0.1:9000/photos?"), "{location}");
}

#[test]
fn region_set_is_signed_with_sigv4a() {
    let url =
        url(&["get", "s3://photos/k", "--region-set", "us-east-1,eu-*", REGION[0], REGION[1]]);
    assert_eq!(verified("GET", &url, None).mechanism(), Mechanism::V4aQuery);
    assert!(url.contains("X-Amz-Region-Set=us-east-1%2Ceu-%2A"), "{url}");
}

#[test]
fn json_says_what_the_url_leads_to_and_until_when() {
    let at = ["--at", "20260102T030405Z", "--expires", "1m", "--json"];
    let line = url(&[&["get", "s3://photos/a b", REGION[0], REGION[1]], at.as_slice()].concat());
    let value: serde_json::Value = serde_json::from_str(&line).unwrap();
    assert_eq!((value["s3"].as_str(), value["expires_at"].as_str()), JSON);
    assert!(value["url"].as_str().unwrap().starts_with("https://photos.s3."), "{line}");
}

const JSON: (Option<&str>, Option<&str>) = (Some("s3://photos/a b"), Some("2026-01-02T03:05:05Z"));

#[test]
fn form_holds_its_fields_in_every_dress() {
    let order = [
        "form",
        "s3://photos/in box/",
        "--field",
        "x-amz-meta-a=<b> 'c' \u{d55c}",
        "--starts-with",
        "Content-Type=image/",
        "--success-status",
        "201",
        "--at",
        "20260102T030405Z",
    ];
    let home = tempfile::tempdir().unwrap();
    let print = |more: &[&str]| ended(&presign(home.path(), &[&order, more].concat()), 0).0;
    let json: serde_json::Value = serde_json::from_str(&print(&["--json"])).unwrap();
    assert_eq!(json["url"], "https://photos.s3.us-east-1.amazonaws.com/");
    let fields = json["fields"].as_object().unwrap();
    assert_eq!(fields["key"], "in box/${filename}");
    assert_eq!(fields["success_action_status"], "201");
    let (curl, page) = (print(&[]), print(&["--html"]));
    for value in fields.values().map(|value| value.as_str().unwrap()) {
        assert!(curl.contains(&value.replace('\'', r"'\''")), "{value}");
        let escaped = value.replace('<', "&lt;").replace('>', "&gt;");
        assert!(page.contains(&format!("value=\"{escaped}\"")), "{value}");
    }
    assert!(!fields.contains_key("Content-Type"));
    assert!(curl.contains("--form-string 'Content-Type=image/'"));
    assert!(page.contains("<input name=\"Content-Type\" value=\"image/\">"));
}

#[test]
fn what_cannot_be_signed_is_a_matter_of_usage() {
    let home = tempfile::tempdir().unwrap();
    for wrong in [
        &["--header", "no colon"][..],
        &["--header", "a b: c"],
        &["--query", "X-Amz-Expires=9"],
        &["--query", "=x"],
        &["--at", "yesterday"],
        &["--sigv2", "--header", "range: bytes=0-1"],
        &["--sigv2", "--query", "list-type=2"],
    ] {
        let arguments = [&["get", "s3://photos/k", "--region", "eu-west-1"], wrong].concat();
        assert_eq!(presign(home.path(), &arguments).status.code(), Some(2), "{wrong:?}");
    }
}
