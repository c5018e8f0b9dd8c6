//! Query strings: every parameter is found under its decoded name, and the canonical query is the
//! one that S3's page describes, whatever the order and the spelling of the parameters.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html>

#![no_main]

use hallpass_fuzz::{ACCESS_KEY_ID, REGION, credentials, rules};
use libfuzzer_sys::fuzz_target;
use signature::encode::{Plus, decode};
use signature::{Params, Presented, Request, VerifyError, verify};

fuzz_target!(|query: &str| {
    finds_what_is_there(query);
    // The signature takes no part in the canonical query.
    let is_signed = Params::read(query).iter().any(|param| param.is("X-Amz-Signature"));
    if let Some(canonical) = canonical(query).filter(|_| !is_signed) {
        assert_eq!(canonical, expected(query));
        assert_eq!(self::canonical(&canonical).as_ref(), Some(&canonical));
        let turned: Vec<&str> = query.rsplit('&').collect();
        assert_eq!(self::canonical(&turned.join("&")), Some(canonical));
    }
});

fn finds_what_is_there(query: &str) {
    let params = Params::read(query);
    assert_eq!(params.iter().count(), query.split('&').filter(|piece| !piece.is_empty()).count());
    for param in params.iter() {
        // Only names that are never encoded can be asked for, as S3's and HTTP's all are.
        let Some(name) = plain(param.name()) else { continue };
        let first = params.find(&name).expect("a name that is there is found");
        assert!(param.is(&name) && first.name().eq(param.name()));
        assert!(param.has_value() || param.value().next().is_none());
    }
}

fn plain(name: impl Iterator<Item = u8>) -> Option<String> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    name.map(|byte| is_plain(byte).then_some(char::from(byte))).collect()
}

/// The canonical query as the verifier shows it when a signature is wrong; none when the query
/// makes it a request of another kind.
fn canonical(query: &str) -> Option<String> {
    let day = "20260102";
    let authorization = format!(
        "AWS4-HMAC-SHA256 Credential={ACCESS_KEY_ID}/{day}/{REGION}/s3/aws4_request, \
         SignedHeaders=host;x-amz-date, Signature=0"
    );
    let headers: [(&str, &[u8]); 4] = [
        ("host", b"h"),
        ("x-amz-date", b"20260102T030405Z"),
        ("x-amz-content-sha256", b"UNSIGNED-PAYLOAD"),
        ("authorization", authorization.as_bytes()),
    ];
    let request =
        Request { method: "GET", path: "/", query, headers: &headers, virtual_bucket: None };
    let Ok(Presented::Signature(claim)) = verify::read(&request, &rules()) else { return None };
    match claim.verify(credentials(None).secret(), &rules()) {
        Err(VerifyError::Mismatch(mismatch)) => {
            let canonical = mismatch.canonical_request.expect("SigV4 has one");
            canonical.split('\n').nth(2).map(str::to_owned)
        }
        other => panic!("a signature of one digit: {other:?}"),
    }
}

/// Decode, encode, sort by name and then by value.
fn expected(query: &str) -> String {
    let pieces = query.split('&').filter(|piece| !piece.is_empty());
    let pairs = pieces.map(|piece| piece.split_once('=').unwrap_or((piece, "")));
    let mut pairs: Vec<_> = pairs.map(|(name, value)| (recode(name), recode(value))).collect();
    pairs.sort();
    let pieces: Vec<_> = pairs.iter().map(|(name, value)| format!("{name}={value}")).collect();
    pieces.join("&")
}

fn recode(raw: &str) -> String {
    let spell = |byte| match plain([byte].into_iter()) {
        Some(plain) => plain,
        None => format!("%{byte:02X}"),
    };
    decode(raw, Plus::Blank).map(spell).collect()
}
