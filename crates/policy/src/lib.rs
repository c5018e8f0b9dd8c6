//! Policy: may this principal do this action to this resource?
//!
//! Floor 0: pure. [`Policy::parse`] compiles a policy once; [`decide`] then answers a request
//! without the heap, and a decision is data: the answer and what decided it. [`explain`] says of
//! every statement why it did not. Everything is denied at the start, as in AWS.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>

#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod catalog;
mod compile;
mod condition;
mod context;
mod decide;
mod explain;
mod fault;
mod json;
mod key;
mod kind;
mod pattern;
mod principal;
mod public;
mod request;
mod statement;

pub use condition::Network;
pub use context::{Context, NoContext, Values};
pub use decide::{Deciding, Decision, Layer, Message, Policies, Reason, decide, decide_trust};
pub use explain::{Explanation, Judgement, Mismatch, explain};
pub use fault::{Fault, PolicyError};
pub use key::Key;
pub use kind::{
    BUCKET_POLICY_BYTES_MAX, GROUP_POLICIES_CHARACTERS_MAX, Kind, MANAGED_POLICY_CHARACTERS_MAX,
    POLICY_BYTES_MAX, ROLE_POLICIES_CHARACTERS_MAX, SESSION_POLICY_CHARACTERS_MAX,
    TRUST_POLICY_CHARACTERS_MAX, USER_POLICIES_CHARACTERS_MAX, count_characters,
};
pub use principal::Principal;
pub use public::PublicAccessBlock;
pub use request::Request;
pub use statement::{Effect, Policy, Statement};
