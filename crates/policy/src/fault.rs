//! Every way in which a text is no policy, with the place. Closed, so that a new one breaks the
//! maps of whoever answers with it.
//!
//! The words are those of S3's `MalformedPolicy` where S3 has some, and else those of IAM's
//! `MalformedPolicyDocument`.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>

use alloc::string::String;
use core::fmt;

/// Why a text is no policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyError {
    /// Where, such as `Statement[2].Condition.StringEquals`; empty for the whole document.
    pub place: String,
    /// What is wrong there.
    pub reason: Fault,
}

/// What is wrong with a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Not JSON, nested deeper than any policy, or no object.
    Json,
    /// Longer than any policy of its kind may be; holds the most bytes.
    TooLong(usize),
    /// A field is there twice.
    Repeated,
    /// A field that the language does not have.
    UnknownField(String),
    /// A field that has to be there is not.
    Missing(&'static str),
    /// A field that policies of this kind do not have.
    Prohibited(&'static str),
    /// Two fields of which one at most may be there.
    Both(&'static str, &'static str),
    /// A value of another type than the field has; holds what it should be.
    Type(&'static str),
    /// A list or an object without anything in it.
    Empty,
    /// A version that the language does not have.
    Version,
    /// An effect other than `Allow` and `Deny`.
    Effect(String),
    /// A statement id with other characters than letters and digits.
    Sid,
    /// Two statements have this id.
    SidRepeated(String),
    /// An action without the service in front.
    Vendor,
    /// An action that S3 does not have.
    Action,
    /// An action of a trust policy that is none of STS.
    TrustAction,
    /// No resource of the statement is of the type that the actions are done to.
    ActionWithoutResource,
    /// A resource that is no ARN.
    ResourceFormat(String),
    /// A resource outside of the bucket that the policy is of.
    Resource,
    /// A principal that is none.
    Principal,
    /// `NotPrincipal` where the effect is not `Deny`.
    NotPrincipalAllows,
    /// A condition operator that the language does not have.
    Operator(String),
    /// A condition key that is none, or that S3 does not have.
    ConditionKey,
    /// A value that the operator cannot compare with; holds what it should be.
    Operand(&'static str),
    /// A policy variable that cannot be read.
    Variable,
    /// A policy variable where none may be.
    VariablePlace,
    /// More policy variables in one value than are supported; holds the most.
    VariablesTooMany(usize),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Json => f.write_str("Policies must be valid JSON and the first byte must be '{'"),
            Self::TooLong(max) => write!(f, "Policy exceeds the maximum allowed size of {max}"),
            Self::Repeated => f.write_str("Duplicate field"),
            Self::UnknownField(name) => write!(f, "Unknown field {name}"),
            Self::Missing(name) => write!(f, "Missing required field {name}"),
            Self::Prohibited("Principal") => {
                f.write_str("Policy document should not specify a principal.")
            }
            Self::Prohibited(name) => write!(f, "Has prohibited field {name}"),
            Self::Both(one, other) => write!(f, "Only one of {one} and {other} is allowed"),
            Self::Type(expected) => write!(f, "Value must be {expected}"),
            Self::Empty => f.write_str("Value must not be empty"),
            Self::Version => f.write_str("The policy must contain a valid version string"),
            Self::Effect(effect) => write!(f, "Invalid effect: {effect}"),
            Self::Sid => f.write_str("Statement IDs (SID) must be alpha-numeric"),
            Self::SidRepeated(sid) => {
                write!(f, "Statement IDs (SID) in a single policy must be unique: {sid}")
            }
            Self::Vendor => {
                f.write_str("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2")
            }
            Self::Action => f.write_str("Policy has invalid action"),
            Self::TrustAction => {
                f.write_str("AssumeRole policy may only specify STS AssumeRole actions.")
            }
            Self::ActionWithoutResource => {
                f.write_str("Action does not apply to any resource(s) in statement")
            }
            Self::ResourceFormat(text) => {
                write!(f, "Resource {text} must be in ARN format or \"*\".")
            }
            Self::Resource => f.write_str("Policy has invalid resource"),
            Self::Principal => f.write_str("Invalid principal in policy"),
            Self::NotPrincipalAllows => {
                f.write_str("Allow with NotPrincipal is not allowed: use it with Deny")
            }
            Self::Operator(name) => write!(f, "Invalid Condition type : {name}"),
            Self::ConditionKey => f.write_str("Policy has an invalid condition key"),
            Self::Operand(expected) => write!(f, "Invalid condition value: must be {expected}"),
            Self::Variable => f.write_str("Invalid policy variable"),
            Self::VariablePlace => f.write_str("Policy variables are not allowed here"),
            Self::VariablesTooMany(max) => write!(f, "More than {max} policy variables in a value"),
        }
    }
}

impl fmt::Display for PolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.place.is_empty() {
            return write!(f, "{}", self.reason);
        }
        write!(f, "{}: {}", self.place, self.reason)
    }
}

impl core::error::Error for PolicyError {}
