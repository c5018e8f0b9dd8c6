//! Sign, presign and verify S3 requests: SigV4, SigV4A and legacy SigV2.
//!
//! Floor 0: pure. No clock, no disk, no network; time and secrets are arguments and a request is
//! a borrowed view of what was received ([`Request`]), so any HTTP stack can use it.
//!
//! * A presigned URL: [`Presigner`], then [`Presigner::presign`]; legacy: [`v2::presign`].
//! * An `Authorization` header: [`sign`].
//! * Both of these for a set of regions, with SigV4A: [`v4a::Signer`].
//! * A form for browsers: [`form::PostPolicy`], and [`form::read`] on the other side.
//! * The other side: [`verify::read`] finds what a request claims, [`Unverified::verify`] settles
//!   it. Only a [`Verified`] proves anything, and only `verify` makes one.
//! * What a URL allows, and why it fails: [`explain::explain`].
//!
//! ```
//! use signature::{Credentials, Presign, Presigner, Timestamp};
//!
//! // The worked example of the S3 API reference, "Authenticating Requests: Using Query
//! // Parameters".
//! let credentials = Credentials::new(
//!     "AKIAIOSFODNN7EXAMPLE",
//!     "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
//!     None,
//! );
//! let now = Timestamp::parse("20130524T000000Z").unwrap();
//! let url = Presigner::new(&credentials, "us-east-1", now)
//!     .presign(&Presign {
//!         method: "GET",
//!         scheme: "https",
//!         authority: "examplebucket.s3.amazonaws.com",
//!         path: "/test.txt",
//!         query: &[],
//!         headers: &[],
//!         expires_seconds: 86400,
//!     })
//!     .unwrap();
//! assert!(url.as_str().ends_with(
//!     "X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"
//! ));
//! ```

#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod canonical;
pub mod chunk;
pub mod encode;
pub mod explain;
pub mod form;
mod mac;
mod presign;
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
pub use presign::{Presign, PresignError, PresignedUrl, Presigner};
pub use query::{Param, Params};
pub use request::Request;
pub use scope::{Dialect, Scope};
pub use secret::{Credentials, SecretKey};
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
