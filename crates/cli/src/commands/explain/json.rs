//! An explanation for programs: one JSON object, in which nothing is left out but secrets.
//!
//! Times are ISO 8601 in UTC; what is not known is null.

use serde_json::{Value, json};
use signature::Timestamp;
use signature::explain::{
    Addressing, Explanation, Finding, HeaderValue, MethodSource, RequiredHeader, Validity, Verdict,
    Verification, is_temporary,
};

use super::page::version_word;

/// The object, indented. `session` is when the session of the URL's credentials ends, if known.
pub(super) fn write(explanation: &Explanation, session: Option<Timestamp>) -> String {
    let Explanation { method, scheme, host, addressing, version, access_key_id, .. } = explanation;
    let value = json!({
        "method": method.name,
        "method_source": match method.source {
            MethodSource::Given => "given",
            MethodSource::Proven => "proven",
            MethodSource::Assumed => "assumed",
        },
        "scheme": scheme.word(),
        "host": host,
        "bucket": explanation.bucket,
        "key": explanation.key,
        "addressing": match addressing {
            Addressing::Path => "path",
            Addressing::VirtualHost => "virtual",
        },
        "signature_version": version_word(*version),
        "access_key_id": access_key_id,
        "temporary": explanation.session_token.is_some()
            || access_key_id.as_deref().is_some_and(is_temporary),
        "region": explanation.region,
        "service": explanation.service,
        "signed_at": explanation.signed_at.map(time),
        "expires_at": explanation.expires_at.map(time),
        "session_expires_at": session.map(time),
        "validity": validity(explanation.validity),
        "headers": explanation.headers.iter().map(header).collect::<Vec<_>>(),
        "hoisted": pairs(&explanation.hoisted),
        "parameters": pairs(&explanation.parameters),
        "payload_hash": explanation.payload_hash,
        "signature": explanation.signature,
        "session_token": explanation.session_token,
        "verification": explanation.verification.as_ref().map(verification),
        "refused": explanation.is_refused(),
        "findings": explanation.findings.iter().map(finding).collect::<Vec<_>>(),
    });
    format!("{value:#}")
}

fn time(at: Timestamp) -> String {
    at.to_string()
}

fn validity(validity: Validity) -> Value {
    match validity {
        Validity::Valid { seconds_left } => json!({"state": "valid", "seconds_left": seconds_left}),
        Validity::Early { seconds_ahead } => {
            json!({"state": "early", "seconds_ahead": seconds_ahead})
        }
        Validity::Expired { seconds_ago } => {
            json!({"state": "expired", "seconds_ago": seconds_ago})
        }
        Validity::Unknown => json!({"state": "unknown"}),
    }
}

fn header(header: &RequiredHeader) -> Value {
    let (value, source) = match &header.value {
        HeaderValue::Sent(value) => (Some(value), "given"),
        HeaderValue::InQuery(value) => (Some(value), "query"),
        HeaderValue::Unknown => (None, "unknown"),
    };
    json!({"name": header.name, "value": value, "source": source})
}

fn pairs(pairs: &[(String, String)]) -> Value {
    pairs.iter().map(|(name, value)| json!({"name": name, "value": value})).collect()
}

fn verification(verification: &Verification) -> Value {
    json!({
        "verdict": match verification.verdict {
            Verdict::Matches => "matches",
            Verdict::Differs => "differs",
            Verdict::OtherKey => "other-key",
            Verdict::HeadersUnknown => "headers-unknown",
        },
        "canonical_request": verification.canonical_request,
        "string_to_sign": verification.string_to_sign,
    })
}

fn finding(finding: &Finding) -> Value {
    json!({
        "severity": finding.severity.word(),
        "kind": finding.word(),
        "text": finding.to_string(),
        "remedy": finding.remedy(),
    })
}
