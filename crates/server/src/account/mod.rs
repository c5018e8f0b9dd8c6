//! The account's own door: IAM and STS, in AWS's query protocol.
//!
//! A request is for the account when it asks for `/`, belongs to no bucket, and is signed for the
//! service `iam` or `sts`, or not at all and says what it wants of one of them. One that is signed
//! for S3 never comes here, and one that comes here opens nothing with a signature for S3: the
//! service is a part of what is signed.

mod asker;
mod document;
mod fault;
mod iam;
mod page;
mod query;

pub(crate) use asker::{Around, Asker};
pub(crate) use document::Document;
pub(crate) use fault::Fault;
pub(crate) use query::Parameters;

/// Which of the two is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Api {
    /// Users, keys, roles and policies.
    Iam,
    /// Sessions.
    Sts,
}

impl Api {
    fn namespace(self) -> &'static str {
        match self {
            Self::Iam => "https://iam.amazonaws.com/doc/2010-05-08/",
            Self::Sts => "https://sts.amazonaws.com/doc/2011-06-15/",
        }
    }
}
