//! Forms in both directions: the known ones come out as known, verify, and fail when changed.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "test")]

use serde::Deserialize;
use serde_json::Value;
use signature::form::{
    Condition, FieldsError, Form, FormError, PostPolicy, PresentedForm, SignedForm, VerifiedForm,
    read,
};
use signature::verify::{CredentialFault, Legacy, Rules};
use signature::{Credentials, Mechanism, Scope, SecretKey, Timestamp};

#[derive(Deserialize)]
struct Case {
    id: String,
    kind: String,
    inputs: Inputs,
    expected: Expected,
}

#[derive(Deserialize)]
struct Inputs {
    bucket: String,
    key: String,
    params: Params,
    expires: u64,
    timestamp_unix: u64,
    region: String,
    access_key: String,
    secret_key: String,
    session_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Params {
    conditions: Option<Vec<Value>>,
}

#[derive(Deserialize)]
struct Expected {
    fields: Vec<(String, String)>,
    policy_json: String,
    string_to_sign: String,
    signature: String,
    example_form: Example,
}

#[derive(Deserialize)]
struct Example {
    fields: Vec<(String, String)>,
    file_name: String,
    file_size: u64,
    resulting_key: String,
}

fn cases() -> Vec<Case> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../vectors/presign.json");
    let vectors: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let all = vectors["cases"].as_array().unwrap().iter();
    let forms = all.filter(|case| case["kind"].as_str().unwrap().starts_with("post_"));
    let cases: Vec<Case> =
        forms.map(|case| serde_json::from_value(case.clone()).unwrap()).collect();
    assert_eq!(cases.len(), 54);
    cases
}

impl Case {
    fn at(&self) -> Timestamp {
        Timestamp::from_seconds(self.inputs.timestamp_unix)
    }

    /// The form that our side makes of the inputs.
    fn made(&self) -> SignedForm {
        let Inputs { bucket, key, access_key, secret_key, session_token, .. } = &self.inputs;
        let policy = PostPolicy::new(bucket, key, self.at().plus(self.inputs.expires));
        let conditions = self.inputs.params.conditions.iter().flatten();
        let policy = conditions.fold(policy, with_condition);
        let credentials = Credentials::new(access_key, secret_key, session_token.as_deref());
        match self.kind.as_str() {
            "post_v4" => policy.sign(&credentials, &self.inputs.region, self.at()),
            _ => policy.sign_legacy(&credentials),
        }
    }

    fn rules(&self, now: Timestamp) -> Rules<'_> {
        Rules { now, scope: Scope::s3(&self.inputs.region), legacy: Legacy::Accept }
    }

    fn verify(&self, fields: &[(String, String)]) -> Result<(String, VerifiedForm), FormError> {
        self.verify_at(fields, self.at())
    }

    fn verify_at(
        &self,
        fields: &[(String, String)],
        now: Timestamp,
    ) -> Result<(String, VerifiedForm), FormError> {
        let name = &self.expected.example_form.file_name;
        let form = Form::new(&self.inputs.bucket, fields.to_vec(), Some(name)).unwrap();
        let rules = self.rules(now);
        let PresentedForm::Signature(unverified) = read(&form, &rules)? else {
            panic!("{} presents nothing", self.id);
        };
        let verified = unverified.verify(&SecretKey::new(&self.inputs.secret_key), &rules)?;
        Ok((form.key().to_owned(), verified))
    }
}

/// Adds a condition as it is spelled in the vectors.
fn with_condition(policy: PostPolicy, condition: &Value) -> PostPolicy {
    if let Some(properties) = condition.as_object() {
        let (field, value) = properties.iter().next().unwrap();
        return policy.field(field, value.as_str().unwrap());
    }
    let word = |index: usize| condition[index].as_str().unwrap().trim_start_matches('$');
    match word(0) {
        "eq" => {
            let (field, value) = (word(1).to_owned(), word(2).to_owned());
            policy.prefilled(&field, &value).condition(&Condition::Exact { field, value })
        }
        "starts-with" => policy.prefix(word(1), word(2)),
        _ => policy.content_length(condition[1].as_u64().unwrap()..=condition[2].as_u64().unwrap()),
    }
}

fn value<'f>(fields: &'f [(String, String)], name: &str) -> &'f str {
    &fields.iter().find(|(n, _)| n == name).unwrap().1
}

#[test]
fn forms_are_the_known_ones_byte_for_byte() {
    for case in cases() {
        let made: Vec<(String, String)> =
            case.made().iter().map(|(n, v)| (n.to_owned(), v.to_owned())).collect();
        assert_eq!(made, case.expected.fields, "{}: {}", case.id, case.expected.policy_json);
        assert!(made.iter().any(|(_, value)| *value == case.expected.signature));
    }
}

#[test]
fn what_we_make_we_verify() {
    for case in cases() {
        let example = &case.expected.example_form;
        let mut fields: Vec<(String, String)> =
            case.made().iter().map(|(n, v)| (n.to_owned(), v.to_owned())).collect();
        fields.extend(example.fields.iter().skip(case.expected.fields.len()).cloned());
        let (key, verified) = case.verify(&fields).unwrap();
        assert_eq!(key, example.resulting_key, "{}", case.id);
        assert!(verified.content_length().contains(&example.file_size));
    }
}

#[test]
fn the_known_forms_are_accepted_and_yield_the_known_key() {
    for case in cases() {
        let example = &case.expected.example_form;
        assert_eq!(value(&example.fields, "policy"), case.expected.string_to_sign);
        let (key, verified) = case.verify(&example.fields).unwrap();
        assert_eq!(key, example.resulting_key, "{}", case.id);
        assert!(verified.content_length().contains(&example.file_size), "{}", case.id);
        let verified = verified.into_verified();
        let is_v4 = case.kind == "post_v4";
        let mechanism = if is_v4 { Mechanism::V4Form } else { Mechanism::V2Form };
        assert_eq!(verified.mechanism(), mechanism);
        assert_eq!(verified.signed_at().is_some(), is_v4);
        assert_eq!(verified.expires_at(), Some(case.at().plus(case.inputs.expires)));
    }
}

#[test]
fn a_field_that_is_changed_added_or_left_out_is_refused() {
    for case in cases() {
        let good = &case.expected.example_form.fields;
        for (index, (name, _)) in good.iter().enumerate() {
            if name.starts_with("x-ignore-") {
                continue;
            }
            let mut gone = good.clone();
            gone.remove(index);
            if name == "key" {
                let form = Form::new(&case.inputs.bucket, gone, None);
                assert_eq!(form.unwrap_err(), FieldsError::KeyMissing);
            } else {
                assert!(case.verify(&gone).is_err(), "{} without {name}", case.id);
            }
            if name == "AWSAccessKeyId" || is_open_ended(&case, name) {
                continue;
            }
            let mut changed = good.clone();
            changed[index].1.insert(0, '!');
            assert!(case.verify(&changed).is_err(), "{} with another {name}", case.id);
        }
        let mut added = good.clone();
        added.push(("x-amz-meta-added".into(), "1".into()));
        let name = "x-amz-meta-added".to_owned();
        assert_eq!(case.verify(&added).unwrap_err(), FormError::FieldNotInPolicy(name));
        let mut twice = good.clone();
        twice.push(("KEY".into(), "other".into()));
        let form = Form::new(&case.inputs.bucket, twice, None);
        assert_eq!(form.unwrap_err(), FieldsError::Repeated("key".into()));
    }
}

/// Whether every value is allowed.
fn is_open_ended(case: &Case, name: &str) -> bool {
    case.expected.policy_json.contains(&format!(r#"["starts-with", "${name}", ""]"#))
}

#[test]
fn another_bucket_secret_or_policy_is_refused() {
    for case in cases() {
        let fields = &case.expected.example_form.fields;
        let form = Form::new("another-bucket", fields.clone(), None).unwrap();
        let rules = case.rules(case.at());
        let PresentedForm::Signature(unverified) = read(&form, &rules).unwrap() else {
            panic!("{} presents nothing", case.id);
        };
        assert_eq!(unverified.access_key_id(), case.inputs.access_key);
        assert_eq!(unverified.session_token(), case.inputs.session_token.as_deref());
        let elsewhere = unverified.verify(&SecretKey::new(&case.inputs.secret_key), &rules);
        assert!(matches!(elsewhere, Err(FormError::ConditionFailed(_))), "{}", case.id);
        let forged = unverified.verify(&SecretKey::new("guess"), &rules);
        let Err(FormError::Mismatch(mismatch)) = forged else {
            panic!("{} was forged", case.id);
        };
        assert_eq!(mismatch.string_to_sign, case.expected.string_to_sign);
        assert_eq!((mismatch.canonical_request, mismatch.provided.is_empty()), (None, false));
    }
}

#[test]
fn a_form_lives_until_its_policy_ends_and_not_a_second_more() {
    for case in cases() {
        let fields = &case.expected.example_form.fields;
        let end = case.at().plus(case.inputs.expires);
        assert!(case.verify_at(fields, case.at().plus(case.inputs.expires - 1)).is_ok());
        assert_eq!(case.verify_at(fields, end).unwrap_err(), FormError::Expired, "{}", case.id);
    }
}

#[test]
fn a_missing_signature_field_is_named_and_its_absence_is_no_signature() {
    for case in cases() {
        let fields = &case.expected.example_form.fields;
        let names: &[&str] = match case.kind.as_str() {
            "post_v4" => &["X-Amz-Signature", "X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date"],
            _ => &["Signature", "AWSAccessKeyId"],
        };
        let without = |left_out: &dyn Fn(&str) -> bool| {
            fields.iter().filter(|(n, _)| !left_out(n)).cloned().collect::<Vec<_>>()
        };
        for name in names {
            let gone = without(&|n| n.eq_ignore_ascii_case(name));
            assert_eq!(case.verify(&gone).unwrap_err(), FormError::FieldMissing(name));
        }
        let unsigned = without(&|n| names.iter().any(|name| n.eq_ignore_ascii_case(name)));
        assert_eq!(case.verify(&unsigned).unwrap_err(), FormError::NotSigned);
        let no_policy = without(&|n| n == "policy");
        assert_eq!(case.verify(&no_policy).unwrap_err(), FormError::FieldMissing("policy"));
    }
}

#[test]
fn a_credential_for_elsewhere_is_refused() {
    for case in cases().iter().filter(|case| case.kind == "post_v4") {
        let fields = case.expected.example_form.fields.clone();
        let form = Form::new(&case.inputs.bucket, fields, None).unwrap();
        let rules = Rules { scope: Scope::s3("mars-1"), ..case.rules(case.at()) };
        let Err(FormError::Credential { value, fault }) = read(&form, &rules) else {
            panic!("{} is for here", case.id);
        };
        assert!(value.starts_with(&case.inputs.access_key));
        assert_eq!(fault, CredentialFault::Region(case.inputs.region.clone()));
    }
}

#[test]
fn legacy_forms_are_refused_unless_they_are_allowed() {
    for case in cases().iter().filter(|case| case.kind == "post_v2") {
        let fields = case.expected.example_form.fields.clone();
        let form = Form::new(&case.inputs.bucket, fields, None).unwrap();
        let rules = Rules { legacy: Legacy::Refuse, ..case.rules(case.at()) };
        assert_eq!(read(&form, &rules).err(), Some(FormError::LegacyRefused), "{}", case.id);
    }
}

#[test]
fn a_form_without_policy_and_signature_presents_nothing() {
    let form = Form::new("bucket", vec![("key".into(), "k".into())], None).unwrap();
    let rules = Rules {
        now: Timestamp::from_seconds(0),
        scope: Scope::s3("us-east-1"),
        legacy: Legacy::Accept,
    };
    assert!(matches!(read(&form, &rules), Ok(PresentedForm::Nothing)));
}
