//! Where requests come from, with and without a proxy that is believed.

use server::{Network, Settings};
use testbed::{House, Request};

use super::{furnish, put_policy, statement};

const NEAR: &str = r#""IpAddress": {"aws:SourceIp": "203.0.113.0/24"}"#;
const SECURE: &str = r#""Bool": {"aws:SecureTransport": "true"}"#;

fn get(headers: &[(&str, &str)]) -> Request {
    let request = Request::new("GET", "/bucket/key");
    headers.iter().fold(request, |request, (name, value)| request.unsigned_header(name, value))
}

fn behind_proxy() -> House {
    let trusted_proxies = vec![Network::parse("127.0.0.1").unwrap()];
    let house = House::with(Settings { trusted_proxies, ..Settings::default() });
    furnish(&house);
    house
}

#[test]
fn a_client_cannot_say_where_it_comes_from() {
    let house = super::house();
    let lies = get(&[("x-forwarded-for", "203.0.113.7"), ("x-forwarded-proto", "https")]);
    for condition in [NEAR, SECURE] {
        put_policy(&house, &[statement("Allow", "s3:GetObject", condition)]);
        assert_eq!(house.send(&lies).status, 403, "{condition}");
    }
    assert!(house.stop().contains("] 127.0.0.1 - "));
}

#[test]
fn a_trusted_proxy_says_where_a_client_comes_from() {
    let house = behind_proxy();
    put_policy(&house, &[statement("Allow", "s3:GetObject", NEAR)]);
    let from = |forwarded: &str| house.send(&get(&[("x-forwarded-for", forwarded)])).status;
    assert_eq!(from("203.0.113.7"), 200);
    assert_eq!(from("192.0.2.1, 203.0.113.7"), 200);
    assert_eq!(from("203.0.113.7, 127.0.0.1"), 200);
    // What the client wrote itself stands in front of what the proxy saw.
    assert_eq!(from("203.0.113.7, 192.0.2.1"), 403);
    assert_eq!(from("203.0.113.7, unknown"), 403);
    assert_eq!(house.send(&get(&[])).status, 403);
    let two = [("x-forwarded-for", "203.0.113.7"), ("x-forwarded-for", "192.0.2.1")];
    assert_eq!(house.send(&get(&two)).status, 403);
    let deny = statement("Deny", "s3:GetObject", &NEAR.replace("IpAddress", "NotIpAddress"));
    put_policy(&house, &[statement("Allow", "s3:GetObject", ""), deny]);
    assert_eq!((from("203.0.113.7"), from("192.0.2.1"), from("unknown")), (200, 403, 403));
    assert!(house.stop().contains("] 203.0.113.7 - "));
}

#[test]
fn a_trusted_proxy_says_whether_a_client_came_over_tls() {
    let house = behind_proxy();
    put_policy(&house, &[statement("Allow", "s3:GetObject", SECURE)]);
    let over = |protocol: &str| house.send(&get(&[("x-forwarded-proto", protocol)])).status;
    assert_eq!((over("https"), over("http"), over("https, http")), (200, 403, 403));
    assert_eq!(house.send(&get(&[])).status, 403);
}
