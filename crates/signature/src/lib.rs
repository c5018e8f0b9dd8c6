//! Sign, presign and verify S3 requests: SigV4, SigV4A and legacy SigV2.
//!
#![doc = include_str!("../BOOK.md")]
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod canonical;
pub mod chunk;
pub mod encode;
pub mod explain;
pub mod form;
mod mac;
mod query;
mod request;
mod scope;
mod secret;
mod sign;
mod time;
pub mod v2;
pub mod v4a;
pub mod verify;

pub use chunk::{ChunkDecoder, ChunkError, Chunks};
pub use mac::SigningKey;
pub use query::{Param, Params};
pub use request::Request;
pub use scope::{Dialect, Scope};
pub use secret::redact;
pub use secret::{Credentials, SecretKey};
pub use sign::presign::{Presign, PresignError, PresignedUrl, Presigner};
pub use sign::{HeadersToSend, Sign, sign};
pub use time::Timestamp;
pub use verify::{
    Legacy, Mechanism, Mismatch, Payload, Presented, Rules, Unverified, Verified, VerifyError,
};

/// Longest life of a SigV4 presigned URL: 7 days.
///
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html>
pub const EXPIRES_SECONDS_MAX: u32 = 604_800;

/// Text built on the stack; ordinary requests fit, long session tokens move to the heap.
pub(crate) type Text = smallvec::SmallVec<[u8; 1024]>;
/// A short decoded value: an access key id, a scope, a list of header names.
pub(crate) type Short = smallvec::SmallVec<[u8; 96]>;
