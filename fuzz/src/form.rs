//! Forms: a signature over any policy, and what a policy allows, read a second time.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html>

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::Value;
use sha2::Sha256;
use signature::form::{Form, PresentedForm, read};

use crate::{ACCESS_KEY_ID, REGION, SECRET, credentials, rules};

const DAY: &str = "20260102";

/// Fields that need no condition.
const FREE_OF_CONDITIONS: [&str; 5] =
    ["awsaccesskeyid", "file", "policy", "signature", "x-amz-signature"];
/// Fields that a signer writes itself.
const OF_THE_SIGNER: [&str; 6] =
    ["bucket", "key", "x-amz-algorithm", "x-amz-credential", "x-amz-date", "x-amz-security-token"];

/// The fields that sign `policy`, whatever it is.
#[must_use]
pub fn sealed(policy: &str) -> Vec<(String, String)> {
    let policy = STANDARD.encode(policy);
    let scope = [DAY, REGION, "s3", "aws4_request"];
    let key = scope
        .iter()
        .fold(format!("AWS4{SECRET}").into_bytes(), |key, part| hmac(&key, part.as_bytes()));
    let digits = hmac(&key, policy.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
    let credential = format!("{ACCESS_KEY_ID}/{}", scope.join("/"));
    let fields = [
        ("x-amz-algorithm", "AWS4-HMAC-SHA256".to_owned()),
        ("x-amz-credential", credential),
        ("x-amz-date", format!("{DAY}T030405Z")),
        ("policy", policy),
        ("x-amz-signature", digits),
    ];
    fields.map(|(name, value)| (name.to_owned(), value)).into()
}

fn hmac(key: &[u8], message: &[u8]) -> Vec<u8> {
    let keyed = Hmac::<Sha256>::new_from_slice(key).expect("any length will do");
    keyed.chain_update(message).finalize().into_bytes().to_vec()
}

/// Whether the form is proven, with the one secret.
#[must_use]
pub fn verify(form: &Form) -> bool {
    let Ok(PresentedForm::Signature(claim)) = read(form, &rules()) else { return false };
    claim.access_key_id() == ACCESS_KEY_ID
        && claim.verify(credentials(None).secret(), &rules()).is_ok()
}

/// Whether a field is left to whoever makes a form.
#[must_use]
pub fn is_free(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    needs_condition(&name) && !OF_THE_SIGNER.contains(&name.as_str())
}

fn needs_condition(name: &str) -> bool {
    !FREE_OF_CONDITIONS.contains(&name) && !name.starts_with("x-ignore-")
}

/// The fields that decide something.
#[must_use]
pub fn fields_of(form: &Form) -> Vec<(&str, &str)> {
    let mut fields: Vec<_> = form.iter().filter(|(name, _)| needs_condition(name)).collect();
    fields.sort_unstable();
    fields
}

/// Whether `policy` allows the fields: each condition holds, and each field stands in one.
#[must_use]
pub fn allows(policy: &str, form: &Form) -> bool {
    let document: Value = serde_json::from_str(policy).unwrap_or_default();
    let Some(conditions) = document["conditions"].as_array() else { return false };
    let named: Option<Vec<String>> =
        conditions.iter().map(|condition| held(condition, form)).collect();
    named.is_some_and(|named| {
        fields_of(form).iter().all(|(name, _)| named.iter().any(|n| n == name))
    })
}

/// The field that a condition is about, when the condition holds; one on the file has none.
fn held(condition: &Value, form: &Form) -> Option<String> {
    let (operation, name, value) = match condition {
        Value::Object(one) => one.iter().next().map(|(n, v)| ("eq".to_owned(), n.clone(), v))?,
        Value::Array(words) => {
            let operation = words.first()?.as_str()?.to_ascii_lowercase();
            if operation == "content-length-range" {
                return Some(String::new());
            }
            let name = words.get(1)?.as_str()?.strip_prefix('$')?.to_owned();
            (operation, name, words.get(2)?)
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => return None,
    };
    let (name, value) = (name.to_ascii_lowercase(), value.as_str()?);
    let sent = form.iter().find(|(n, _)| *n == name)?.1;
    let holds = match operation.as_str() {
        "eq" => sent == value,
        "starts-with" if name == "content-type" => {
            sent.split(',').all(|each| each.trim_start().starts_with(value))
        }
        "starts-with" => sent.starts_with(value),
        _ => false,
    };
    holds.then_some(name)
}
