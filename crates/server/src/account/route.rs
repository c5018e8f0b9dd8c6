//! Which requests are for the account, and not for the store.
//!
//! What stands here is only read, to find who is asked; verifying holds it against the signature.

use http::Method;
use http::header::{AUTHORIZATION, CONTENT_TYPE};

use super::Api;
use crate::read::Received;

/// The scope that a request says it is signed for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Claimed<'r> {
    pub(super) service: &'r str,
    /// None with SigV4A, whose scope has none.
    pub(super) region: Option<&'r str>,
}

/// Which part of the account is asked, if it is.
pub(crate) fn api(received: &Received) -> Option<Api> {
    let is_post = received.head.method == Method::POST;
    let is_root = received.bucket.is_none() && received.head.uri.path() == "/";
    if !is_root || !(is_post || received.head.method == Method::GET) {
        return None;
    }
    if let Some(claimed) = claimed(received) {
        return [Api::Iam, Api::Sts].into_iter().find(|api| api.service() == claimed.service);
    }
    if received.head.headers.contains_key(AUTHORIZATION) {
        return None;
    }
    let parameter = |name: &str| received.query.iter().find(|(known, _)| known == name);
    let is_asked = parameter("Action").is_some() && parameter("Version").is_some();
    if is_asked || (is_post && has_form(received)) { Some(Api::Sts) } else { None }
}

/// Whether the body is a form, of which only fields can be known.
fn has_form(received: &Received) -> bool {
    let content_type = received.head.headers.get(CONTENT_TYPE).and_then(|it| it.to_str().ok());
    let kind = content_type.and_then(|text| text.split(';').next()).unwrap_or_default().trim();
    kind.eq_ignore_ascii_case("application/x-www-form-urlencoded")
}

/// The scope in a header or in a query, if there is one.
pub(super) fn claimed(received: &Received) -> Option<Claimed<'_>> {
    let in_header = || {
        let value = received.header("authorization")?;
        let (_, rest) = value.split_once("Credential=")?;
        rest.split([',', ' ']).next()
    };
    let in_query = || {
        let parameter = received.query.iter().find(|(name, _)| name == "X-Amz-Credential");
        parameter.map(|(_, value)| value.as_str())
    };
    scope(in_header().or_else(in_query)?)
}

/// Reads `id/day/region/service/aws4_request`, or the same without a region.
fn scope(credential: &str) -> Option<Claimed<'_>> {
    let mut parts = credential.rsplit('/');
    let (_, service, before) = (parts.next()?, parts.next()?, parts.next()?);
    let is_day = before.len() == 8 && before.bytes().all(|byte| byte.is_ascii_digit());
    Some(Claimed { service, region: (!is_day).then_some(before) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read;

    fn received(method: &str, target: &str, headers: &[(&str, &str)]) -> Received {
        let mut request = http::Request::builder().method(method).uri(target);
        for (name, value) in headers.iter().chain(&[("host", "localhost")]) {
            request = request.header(*name, *value);
        }
        let head = request.body(()).unwrap().into_parts().0;
        read::request(head, &["localhost".to_owned()]).unwrap()
    }

    fn signed(service: &str) -> String {
        format!(
            "AWS4-HMAC-SHA256 Credential=AKIA/20260101/us-east-1/{service}/aws4_request, \
             SignedHeaders=host, Signature=00"
        )
    }

    const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded; charset=utf-8");

    #[test]
    fn the_service_of_the_signature_says_who_is_asked() {
        let api_of = |method, target, service: &str| {
            api(&received(method, target, &[("authorization", &signed(service)), FORM]))
        };
        assert_eq!(api_of("POST", "/", "sts"), Some(Api::Sts));
        assert_eq!(api_of("POST", "/", "iam"), Some(Api::Iam));
        assert_eq!(api_of("GET", "/?Action=A&Version=V", "sts"), Some(Api::Sts));
        assert_eq!(api_of("POST", "/", "s3"), None);
        assert_eq!(api_of("GET", "/?Action=A&Version=V", "s3"), None);
        assert_eq!(api_of("POST", "/bucket", "iam"), None);
        assert_eq!(api_of("PUT", "/", "iam"), None);
    }

    #[test]
    fn a_url_says_it_in_its_query() {
        let url = |service: &str| {
            format!(
                "/?Action=A&X-Amz-Credential=AKIA%2F20260101%2Fus-east-1%2F{service}%2Faws4_request"
            )
        };
        assert_eq!(api(&received("GET", &url("sts"), &[])), Some(Api::Sts));
        assert_eq!(api(&received("GET", &url("s3"), &[])), None);
    }

    #[test]
    fn without_a_signature_a_form_and_an_action_are_for_the_account() {
        assert_eq!(api(&received("POST", "/", &[FORM])), Some(Api::Sts));
        assert_eq!(api(&received("GET", "/?Action=A&Version=V", &[])), Some(Api::Sts));
        assert_eq!(api(&received("GET", "/", &[FORM])), None);
        assert_eq!(api(&received("GET", "/?Action=A", &[])), None);
        assert_eq!(api(&received("POST", "/", &[])), None);
        assert_eq!(api(&received("POST", "/bucket", &[FORM])), None);
        assert_eq!(api(&received("POST", "/", &[FORM, ("authorization", "AWS id:mac")])), None);
        let of_bucket = received("POST", "/", &[FORM]);
        assert!(api(&Received { bucket: Some("b".into()), ..of_bucket }).is_none());
    }

    #[test]
    fn a_scope_may_have_no_region() {
        let sigv4a = scope("AKIA/20260101/sts/aws4_request").unwrap();
        assert_eq!(sigv4a, Claimed { service: "sts", region: None });
        let sigv4 = scope("AKIA/20260101/eu-west-1/sts/aws4_request").unwrap();
        assert_eq!(sigv4, Claimed { service: "sts", region: Some("eu-west-1") });
    }
}
