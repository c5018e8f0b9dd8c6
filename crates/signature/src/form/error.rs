//! Every way in which a form is refused. Closed, so that a new one breaks the server's map.

use alloc::boxed::Box;
use alloc::string::String;
use core::fmt;

use super::Condition;
use crate::verify::{CredentialFault, Mismatch};

/// Why fields are no form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldsError {
    /// There is no key, or an empty one.
    KeyMissing,
    /// A field is there twice; holds its name in lower case.
    Repeated(String),
    /// They are longer than [`FORM_BYTES_MAX`](super::FORM_BYTES_MAX) once they are filled in.
    TooLong,
}

impl fmt::Display for FieldsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::KeyMissing => f.write_str("the form has no key"),
            Self::Repeated(name) => write!(f, "the field `{name}` is there twice"),
            Self::TooLong => f.write_str("the fields are too long"),
        }
    }
}

impl core::error::Error for FieldsError {}

/// Why a form is not proven, or not allowed by its own policy.
#[derive(Clone, PartialEq, Eq)]
pub enum FormError {
    /// A field that has to be there is not; holds its name as S3 writes it.
    FieldMissing(&'static str),
    /// There is a policy, and nothing that signs it.
    NotSigned,
    /// Fields of both kinds of signature.
    TwoMechanisms,
    /// SigV2 where only SigV4 is accepted.
    LegacyRefused,
    /// `x-amz-algorithm` is not HMAC-SHA256; holds its value.
    Algorithm(String),
    /// `x-amz-credential` is wrong.
    Credential {
        /// Its value.
        value: String,
        /// What is wrong with it.
        fault: CredentialFault,
    },
    /// `x-amz-date` is not `yyyyMMdd'T'HHmmss'Z'`; holds its value.
    Date(String),
    /// The signature is another one.
    Mismatch(Box<Mismatch>),
    /// The policy cannot be read.
    Policy(PolicyFault),
    /// The policy's time is over.
    Expired,
    /// A condition does not hold.
    ConditionFailed(Condition),
    /// A field that no condition names; holds its name in lower case.
    FieldNotInPolicy(String),
}

/// What is wrong with a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PolicyFault {
    /// Not the base64 of a JSON object.
    Json,
    /// No `expiration`.
    ExpirationMissing,
    /// `expiration` is not a moment; holds what it is.
    Expiration(String),
    /// No `conditions`, or not a list of them.
    ConditionsMissing,
    /// An object with more or fewer than one property.
    SimpleConditionSize,
    /// An object whose value is not a text.
    SimpleConditionValue,
    /// Neither an object nor a list of an operation and two operands.
    ConditionShape,
    /// A list with an operation that there is not; holds it.
    Operation(String),
}

/// Says what `Display` says: the values are the caller's, and may be credentials.
impl fmt::Debug for FormError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FormError({self})")
    }
}

impl fmt::Display for FormError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::FieldMissing(name) => write!(f, "the field `{name}` is missing"),
            Self::NotSigned => f.write_str("the policy is not signed"),
            Self::TwoMechanisms => f.write_str("signed with SigV4 and with SigV2"),
            Self::LegacyRefused => f.write_str("SigV2 is not accepted"),
            Self::Algorithm(_) => f.write_str("x-amz-algorithm is not supported"),
            Self::Credential { .. } => f.write_str("x-amz-credential is wrong"),
            Self::Date(_) => f.write_str("x-amz-date is malformed"),
            Self::Mismatch(_) => f.write_str("the signature does not match"),
            Self::Policy(fault) => fault.fmt(f),
            Self::Expired => f.write_str("the policy has expired"),
            Self::ConditionFailed(condition) => write!(f, "a condition fails: {condition}"),
            Self::FieldNotInPolicy(name) => write!(f, "no condition names the field `{name}`"),
        }
    }
}

impl fmt::Display for PolicyFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Json => "the policy is not the base64 of a JSON object",
            Self::ExpirationMissing => "the policy has no expiration",
            Self::Expiration(_) => "the policy's expiration is not a moment",
            Self::ConditionsMissing => "the policy has no list of conditions",
            Self::SimpleConditionSize => "a condition has not exactly one property",
            Self::SimpleConditionValue => "the value of a condition is not a text",
            Self::ConditionShape => "a condition is neither an object nor a list of three",
            Self::Operation(_) => "a condition has an unknown operation",
        })
    }
}

impl core::error::Error for FormError {}
