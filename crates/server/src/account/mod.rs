//! The services of the account: IAM.

mod fault;
mod iam;
mod query;
