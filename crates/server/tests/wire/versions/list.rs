//! ListObjectVersions: the latest first, marked, in pages.

use testbed::{Answer, House};

use super::{house, put, send, set_versioning};

/// Each entry in a few words: key, `+` for the latest, `x` for a delete marker; prefixes as they
/// are.
fn entries(answer: &Answer) -> Vec<String> {
    let text = answer.text();
    let mut entries = Vec::new();
    for piece in text.split('<') {
        let Some((tag, value)) = piece.split_once('>') else { continue };
        match tag {
            "DeleteMarker" => entries.push("x".to_owned()),
            "Version" => entries.push(String::new()),
            "Key" => entries.last_mut().unwrap().push_str(value),
            "IsLatest" if value == "true" => entries.last_mut().unwrap().push('+'),
            "CommonPrefixes" => entries.push("/".to_owned()),
            "Prefix" if entries.last().is_some_and(|entry| entry == "/") => {
                *entries.last_mut().unwrap() = value.to_owned();
            }
            _ => {}
        }
    }
    entries
}

fn list(house: &House, query: &str) -> Answer {
    house.ok("GET", &format!("/bucket?versions&{query}"), b"")
}

#[test]
fn versions_and_markers_are_listed_by_key_and_then_the_latest_first() {
    let house = house();
    for key in ["b", "a", "b", "dir/c"] {
        put(&house, key, b"x");
    }
    send(&house, "DELETE", "/bucket/b");
    let answer = list(&house, "");
    assert_eq!(entries(&answer), ["a+", "xb+", "b", "b", "dir/c+"]);
    assert_eq!(answer.element("IsTruncated").as_deref(), Some("false"));
    assert_eq!(entries(&list(&house, "prefix=b")), ["xb+", "b", "b"]);
    assert_eq!(entries(&list(&house, "delimiter=/")), ["a+", "xb+", "b", "b", "dir/"]);
    assert_eq!(entries(&list(&house, "key-marker=b")), ["dir/c+"]);
    assert_eq!(entries(&list(&house, "key-marker=dir/0&delimiter=/")), [""; 0]);
}

#[test]
fn pages_of_any_size_join_to_the_whole() {
    let house = house();
    for key in ["a", "b", "b", "b", "c/1", "c/2", "d"] {
        put(&house, key, b"x");
    }
    set_versioning(&house, "Suspended");
    house.ok("PUT", "/bucket/b", b"null");
    set_versioning(&house, "Enabled");
    put(&house, "b", b"x");
    for query in ["", "delimiter=/", "prefix=b", "encoding-type=url"] {
        let whole = entries(&list(&house, query));
        for limit in 1..5 {
            let (mut joined, mut marker) = (Vec::new(), String::new());
            loop {
                let page = list(&house, &format!("{query}&max-keys={limit}{marker}"));
                joined.extend(entries(&page));
                let Some(key) = page.element("NextKeyMarker") else { break };
                let id = page.element("NextVersionIdMarker");
                let id = id.map_or(String::new(), |id| format!("&version-id-marker={id}"));
                marker = format!("&key-marker={key}{id}");
            }
            assert_eq!(joined, whole, "{query} {limit}");
        }
    }
}

#[test]
fn a_page_goes_on_where_it_ended_though_that_version_is_gone() {
    let house = house();
    for _ in 0..3 {
        put(&house, "k", b"x");
    }
    let page = list(&house, "max-keys=2");
    let (key, id) = (page.element("NextKeyMarker").unwrap(), page.element("NextVersionIdMarker"));
    let id = id.unwrap();
    send(&house, "DELETE", &format!("/bucket/k?versionId={id}"));
    let rest = list(&house, &format!("key-marker={key}&version-id-marker={id}"));
    assert_eq!(entries(&rest), ["k"]);
}

#[test]
fn markers_that_make_no_sense_are_refused() {
    let house = house();
    let refused = |query: &str| {
        let answer = send(&house, "GET", &format!("/bucket?versions&{query}"));
        assert_eq!(answer.refusal(), (400, "InvalidArgument".into()), "{query}");
        answer.element("Message").unwrap()
    };
    assert_eq!(
        refused("version-id-marker=null"),
        "A version-id marker cannot be specified without a key marker."
    );
    assert_eq!(refused("key-marker=k&version-id-marker=x"), "Invalid version id specified");
    assert_eq!(refused("key-marker=k&version-id-marker="), "A version-id marker cannot be empty.");
    refused("encoding-type=x");
    refused("max-keys=-1");
    assert_eq!(list(&house, "max-keys=0").element("IsTruncated").as_deref(), Some("false"));
}
