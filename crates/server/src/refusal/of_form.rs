//! Why a form is not good, in S3's words.

use std::borrow::Cow;

use s3::Code;
use signature::Rules;
use signature::form::{FieldsError, Form, FormError, PolicyFault};

use super::Refusal;
use super::of_verify::{CREDENTIAL, LEGACY_REFUSED, TWO_MECHANISMS, credential_fault, of_mismatch};
use crate::body::FieldsFault;

impl Refusal {
    /// Why the fields of a form could not be read.
    pub(crate) fn of_fields(fault: FieldsFault) -> Self {
        match fault {
            FieldsFault::Malformed => Self::new(Code::MalformedPOSTRequest),
            FieldsFault::TooLong => Self::new(Code::MaxPostPreDataLengthExceededError),
            FieldsFault::NoFile => Self::argument("file", "0")
                .saying("POST requires exactly one file upload per request."),
        }
    }
    /// Why fields are no form.
    pub(crate) fn of_field_list(error: FieldsError) -> Self {
        match error {
            FieldsError::KeyMissing => missing("key"),
            FieldsError::Repeated(name) => {
                Self::argument(&name, "").saying("A form must contain each field once.")
            }
            FieldsError::TooLong => Self::new(Code::MaxPostPreDataLengthExceededError),
        }
    }

    /// Why a form is not proven, or its own policy does not allow it.
    pub(crate) fn of_form(error: FormError, form: &Form, rules: &Rules<'_>) -> Self {
        match error {
            FormError::FieldMissing(name) => missing(name),
            FormError::NotSigned => {
                Self::new(Code::AccessDenied).because("the policy is not signed")
            }
            // The argument that is one too many beside a policy signed with SigV4.
            FormError::TwoMechanisms => {
                let signature = form.field("Signature").unwrap_or("");
                Self::argument("Signature", signature).saying(TWO_MECHANISMS)
            }
            FormError::LegacyRefused => Self::new(Code::InvalidRequest).saying(LEGACY_REFUSED),
            FormError::Algorithm(value) => Self::argument("x-amz-algorithm", &value)
                .saying("X-Amz-Algorithm only supports \"AWS4-HMAC-SHA256\""),
            FormError::Credential { value, fault } => {
                let said = credential_fault(&fault, rules);
                Self::argument("x-amz-credential", &value).saying(format!("{CREDENTIAL}; {said}"))
            }
            FormError::Date(value) => Self::argument("x-amz-date", &value)
                .saying("X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\""),
            FormError::Mismatch(mismatch) => of_mismatch(&mismatch),
            FormError::Policy(fault) => of_policy(&fault),
            FormError::Expired => against("Policy expired."),
            FormError::ConditionFailed(condition) => {
                against(format!("Policy Condition failed: {condition}"))
            }
            FormError::FieldNotInPolicy(name) => against(format!("Extra input fields: {name}")),
        }
    }
}

/// Two blanks, as S3 writes it.
fn missing(name: &str) -> Refusal {
    Refusal::argument(name, "").saying(format!(
        "Bucket POST must contain a field named '{name}'.  If it is specified, please check the \
         order of the fields."
    ))
}

fn against(said: impl Into<Cow<'static, str>>) -> Refusal {
    let said = said.into();
    Refusal::new(Code::AccessDenied).saying(format!("Invalid according to Policy: {said}"))
}

fn of_policy(fault: &PolicyFault) -> Refusal {
    let said: Cow<'static, str> = match fault {
        PolicyFault::Json => "Invalid JSON.".into(),
        PolicyFault::ExpirationMissing => "Policy missing expiration.".into(),
        PolicyFault::Expiration(value) => format!("Invalid 'expiration' value: '{value}'").into(),
        PolicyFault::ConditionsMissing => "Policy missing conditions.".into(),
        PolicyFault::SimpleConditionSize => "Invalid Simple-Condition: Simple-Conditions must \
            have exactly one property specified."
            .into(),
        PolicyFault::SimpleConditionValue => {
            "Invalid Simple-Condition: value must be a string.".into()
        }
        PolicyFault::ConditionShape => {
            "Invalid Condition: a list must hold an operation and two operands.".into()
        }
        PolicyFault::Operation(operation) => {
            format!("Invalid Condition: unknown operation '{operation}'.").into()
        }
    };
    Refusal::new(Code::InvalidPolicyDocument).saying(format!("Invalid Policy: {said}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_of_a_policy_are_told_in_s3s_words() {
        for (fault, said) in [
            (PolicyFault::Json, "Invalid JSON."),
            (PolicyFault::ExpirationMissing, "Policy missing expiration."),
            (PolicyFault::Expiration("x".into()), "Invalid 'expiration' value: 'x'"),
            (PolicyFault::ConditionsMissing, "Policy missing conditions."),
            (
                PolicyFault::SimpleConditionSize,
                "Invalid Simple-Condition: Simple-Conditions must have exactly one property \
                 specified.",
            ),
            (PolicyFault::Operation("x".into()), "Invalid Condition: unknown operation 'x'."),
        ] {
            let refusal = of_policy(&fault);
            assert_eq!(refusal.code(), Code::InvalidPolicyDocument);
            assert_eq!(refusal.message(), format!("Invalid Policy: {said}"));
        }
    }
}
