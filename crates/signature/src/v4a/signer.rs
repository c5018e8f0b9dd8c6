//! Signs and presigns with SigV4A.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>

use super::{ALGORITHM, EcdsaKey};
use crate::chunk::ChunkSigner;
use crate::sign::Scheme;
use crate::{Credentials, HeadersToSend, Presigner, Scope, Short, Sign, Timestamp};

/// Signs for one credential and set of regions. The key pair is derived once and does not age.
///
/// ```
/// use signature::{Credentials, Presign, Timestamp, v4a};
///
/// let credentials = Credentials::new("AKIDEXAMPLE", "secret", None);
/// let now = Timestamp::parse("20260102T030405Z").unwrap();
/// let url = v4a::Signer::new(&credentials, "us-east-1,eu-*")
///     .presigner(now)
///     .presign(&Presign {
///         method: "GET",
///         scheme: "https",
///         authority: "example.accesspoint.s3-global.amazonaws.com",
///         path: "/test.txt",
///         query: &[],
///         headers: &[],
///         expires_seconds: 3600,
///     })
///     .unwrap();
/// assert!(url.as_str().contains("&X-Amz-Region-Set=us-east-1%2Ceu-%2A&"));
/// ```
#[derive(Clone, Debug)]
pub struct Signer<'c> {
    credentials: &'c Credentials,
    scope: Scope<'c>,
    key: EcdsaKey,
}

impl<'c> Signer<'c> {
    /// A signer for a set of regions and a service (regions alone mean S3): names separated by
    /// commas, each of which may end in `*`.
    #[must_use]
    pub fn new(credentials: &'c Credentials, scope: impl Into<Scope<'c>>) -> Self {
        let key = EcdsaKey::derive(credentials.secret(), credentials.access_key_id());
        Self { credentials, scope: scope.into(), key }
    }

    /// Signs `request` in its headers, as of `at`.
    #[must_use]
    pub fn sign(&self, request: &Sign<'_>, at: Timestamp) -> HeadersToSend {
        Scheme {
            algorithm: ALGORITHM,
            scope: self.scope.text_of_regions(at),
            dialect: self.scope.dialect,
            region_set: Some(self.scope.region),
            signature: &|string_to_sign| {
                Short::from_slice(self.key.sign(string_to_sign).as_bytes())
            },
        }
        .sign(request, self.credentials, at)
    }

    /// A signer for the chunks of a request that was signed at `at`, and whose own signature is
    /// `seed`.
    #[must_use]
    pub fn chunks(&self, at: Timestamp, seed: &str) -> ChunkSigner {
        ChunkSigner::of_regions(self.key.clone(), self.scope, at, seed)
    }

    /// A presigner whose URLs are signed at `at`.
    #[must_use]
    pub fn presigner(&self, at: Timestamp) -> Presigner<'c> {
        Presigner::of_regions(self.credentials, self.key.clone(), self.scope, at)
    }
}
