//! Whether a URL is right: for this object, for as long as the case says, and signed so that
//! hallpass's own verifier lets it in now.

use std::time::SystemTime;

use signature::{
    Legacy, Mechanism, Presented, Request, Rules, Scope, SecretKey, Timestamp, verify,
};

use crate::case::Case;

/// Checks `url`, which shall open `key`; what is wrong with it, if anything.
pub(super) fn check(url: &str, key: &str, case: &Case) -> Result<(), String> {
    check_at(url, key, case, now()?)
}

fn check_at(url: &str, key: &str, case: &Case, now: Timestamp) -> Result<(), String> {
    let rest = url.strip_prefix("https://").ok_or("it is not https")?;
    let (place, query) = rest.split_once('?').ok_or("it has no query")?;
    let (host, _) = place.split_once('/').ok_or("it has no path")?;
    let path = place.strip_prefix(host).unwrap_or_default();
    is_of(host, path, key, case).then_some(()).ok_or("it is for another object")?;
    let headers = [("host", host.as_bytes())];
    let request = Request { method: "GET", path, query, headers: &headers, virtual_bucket: None };
    let rules = Rules { now, scope: Scope::s3(&case.region), legacy: Legacy::Refuse };
    let presented = verify::read(&request, &rules).map_err(|error| format!("{error:?}"))?;
    let Presented::Signature(claim) = presented else { return Err("it is not signed".to_owned()) };
    if claim.access_key_id() != case.access_key_id || claim.session_token().is_some() {
        return Err("it is for other credentials".to_owned());
    }
    let verified = claim.verify(&SecretKey::new(case.secret_access_key.as_str()), &rules);
    let verified = verified.map_err(|_| "its signature does not match")?;
    let end = verified.signed_at().map(|at| at.plus(case.expires_seconds.into()));
    if verified.mechanism() == Mechanism::V4Query && end == verified.expires_at() {
        return Ok(());
    }
    Err("it is not what was asked for".to_owned())
}

/// Whether `host` and `path` lead to `key`, the bucket standing in either.
fn is_of(host: &str, path: &str, key: &str, case: &Case) -> bool {
    let bucket = case.bucket.as_str();
    let (place, rest) = match host.strip_prefix(bucket).and_then(|rest| rest.strip_prefix('.')) {
        Some(place) => (place, path),
        None => (host, path.strip_prefix('/').and_then(|p| p.strip_prefix(bucket)).unwrap_or("")),
    };
    let is_s3 = place.starts_with("s3.") && place.ends_with(".amazonaws.com");
    (is_s3 || place == "s3.amazonaws.com") && rest.strip_prefix('/') == Some(key)
}

#[expect(clippy::disallowed_methods, reason = "what was signed now is verified now")]
fn now() -> Result<Timestamp, String> {
    let since_1970 = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let seconds = since_1970.map_err(|error| error.to_string())?.as_secs();
    Ok(Timestamp::from_seconds(seconds))
}

#[cfg(test)]
mod tests {
    use signature::{Credentials, Presign, Presigner};

    use super::*;

    fn signed_at() -> Timestamp {
        Timestamp::from_seconds(1_767_225_600)
    }

    fn presign(host: &str, path: &str, expires_seconds: u32, change: fn(&mut Case)) -> String {
        let mut case = Case::of_the_promise();
        change(&mut case);
        let credentials = Credentials::new(&case.access_key_id, &case.secret_access_key, None);
        let get = Presign {
            method: "GET",
            scheme: "https",
            authority: host,
            path,
            query: &[],
            headers: &[],
            expires_seconds,
        };
        let presigner = Presigner::new(&credentials, &case.region, signed_at());
        presigner.presign(&get).unwrap().as_str().to_owned()
    }

    fn fault(url: &str) -> String {
        check_at(url, "key", &Case::of_the_promise(), signed_at()).unwrap_err()
    }

    #[test]
    fn bucket_may_stand_in_the_host_or_in_the_path() {
        let case = Case::of_the_promise();
        for (host, path) in [
            (case.host().as_str(), "/key"),
            ("bucket-of-20-letters.s3.amazonaws.com", "/key"),
            ("s3.us-east-1.amazonaws.com", "/bucket-of-20-letters/key"),
        ] {
            let url = presign(host, path, 3600, |_| {});
            assert_eq!(check_at(&url, "key", &case, signed_at()), Ok(()), "{host}");
        }
    }

    #[test]
    fn wrong_object_life_key_and_signature_are_found() {
        let host = &Case::of_the_promise().host();
        for (host, path) in [(host.as_str(), "/other"), ("s3.amazonaws.com", "/key")] {
            assert_eq!(fault(&presign(host, path, 3600, |_| {})), "it is for another object");
        }
        let shorter = presign(host, "/key", 600, |_| {});
        assert_eq!(fault(&shorter), "it is not what was asked for");
        let other_id = presign(host, "/key", 3600, |case| case.access_key_id.push('A'));
        assert_eq!(fault(&other_id), "it is for other credentials");
        let other_secret = presign(host, "/key", 3600, |case| case.secret_access_key.push('A'));
        assert_eq!(fault(&other_secret), "its signature does not match");
        assert_eq!(fault(&format!("https://{host}/key?a=b")), "it is not signed");
    }
}
