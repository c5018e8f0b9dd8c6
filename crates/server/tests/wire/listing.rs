//! Listings: pages, prefixes, delimiters, both versions.

use testbed::{Answer, Auth, House, Request};

fn house_with(keys: &[&str]) -> House {
    let house = House::start();
    house.ok("PUT", "/bucket", b"");
    for key in keys {
        let key = signature::encode::encode(key, signature::encode::Slash::Keep);
        house.ok("PUT", &format!("/bucket/{key}"), b"x");
    }
    house
}

fn texts(answer: &Answer, name: &str) -> Vec<String> {
    let text = answer.text();
    let opening = format!("<{name}>");
    let pieces = text.split(&opening).skip(1);
    pieces.map(|p| p.split("</").next().unwrap().to_owned()).collect()
}

#[test]
fn pages_follow_each_other_to_the_end() {
    let keys = ["a", "b/1", "b/2", "b/3", "c", "d/1", "e"];
    let house = house_with(&keys);
    let (mut seen, mut token) = (Vec::new(), String::new());
    loop {
        let target = format!("/bucket?list-type=2&delimiter=%2F&max-keys=2{token}");
        let page = house.ok("GET", &target, b"");
        seen.extend(texts(&page, "Key"));
        seen.extend(texts(&page, "Prefix").into_iter().filter(|p| !p.is_empty()));
        match page.element("NextContinuationToken") {
            Some(next) => token = format!("&continuation-token={next}"),
            None => break,
        }
        assert_eq!(page.element("IsTruncated").as_deref(), Some("true"));
        assert_eq!(page.element("KeyCount").as_deref(), Some("2"));
    }
    seen.sort();
    assert_eq!(seen, ["a", "b/", "c", "d/", "e"]);
}

#[test]
fn the_elder_version_goes_on_from_a_marker() {
    let house = house_with(&["a", "b/1", "b/2", "c"]);
    let page = house.ok("GET", "/bucket?delimiter=/&max-keys=2", b"");
    assert_eq!(texts(&page, "Key"), ["a"]);
    assert_eq!(page.element("NextMarker").as_deref(), Some("b/"));
    let page = house.ok("GET", "/bucket?delimiter=/&marker=b/", b"");
    assert_eq!(texts(&page, "Key"), ["c"]);
    assert_eq!(page.element("IsTruncated").as_deref(), Some("false"));
}

#[test]
fn names_can_be_asked_for_encoded() {
    let house = house_with(&["a b+c/\u{d55c}", "\u{1}"]);
    let plain = house.ok("GET", "/bucket?list-type=2", b"");
    assert_eq!(texts(&plain, "Key"), ["&#x1;", "a b+c/\u{d55c}"]);
    let encoded = house.ok("GET", "/bucket?list-type=2&encoding-type=url", b"");
    assert_eq!(texts(&encoded, "Key"), ["%01", "a%20b%2Bc/%ED%95%9C"]);
    assert_eq!(encoded.element("EncodingType").as_deref(), Some("url"));
}

#[test]
fn numbers_and_tokens_that_are_none_are_refused() {
    let house = house_with(&["a"]);
    for query in [
        "max-keys=-1",
        "max-keys=x",
        "max-keys=2147483648",
        "continuation-token=%2A",
        "encoding-type=xml",
    ] {
        let target = format!("/bucket?list-type=2&{query}");
        let answer = house.send(&Request::new("GET", &target).auth(Auth::Header));
        assert_eq!(answer.refusal(), (400, "InvalidArgument".into()), "{query}");
    }
    let none = house.ok("GET", "/bucket?list-type=2&max-keys=0", b"");
    assert_eq!(none.element("KeyCount").as_deref(), Some("0"));
    assert_eq!(none.element("IsTruncated").as_deref(), Some("false"));
    let many = house.ok("GET", "/bucket?list-type=2&max-keys=5000", b"");
    assert_eq!(many.element("MaxKeys").as_deref(), Some("1000"));
}
