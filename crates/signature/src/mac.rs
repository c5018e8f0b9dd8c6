//! The HMAC chain of SigV4 and comparison in constant time.

use core::fmt;

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use crate::{SecretKey, Timestamp};

/// A secret bound to one day, region and service, keyed and ready to sign.
///
/// Deriving it costs four HMACs; a signer or verifier that keeps it signs with one.
#[derive(Clone)]
pub struct SigningKey(Hmac<Sha256>);

impl SigningKey {
    /// Derives the key for the day of `at`.
    #[must_use]
    pub fn derive(secret: &SecretKey, at: Timestamp, region: &str, service: &str) -> Self {
        let mut first = zeroize::Zeroizing::new(alloc::vec::Vec::with_capacity(64));
        first.extend_from_slice(b"AWS4");
        first.extend_from_slice(secret.expose().as_bytes());
        let day = hmac(&keyed(&first), &at.day());
        let region = hmac(&keyed(&day), region.as_bytes());
        let service = hmac(&keyed(&region), service.as_bytes());
        Self(keyed(&hmac(&keyed(&service), b"aws4_request")))
    }

    /// A key that has taken in the beginning of many strings to sign.
    pub(crate) fn started(&self, beginning: &[u8]) -> Started {
        Started(self.0.clone().chain_update(beginning))
    }

    /// The signature of a string to sign.
    pub(crate) fn mac(&self, string_to_sign: &[u8]) -> [u8; 32] {
        hmac(&self.0, string_to_sign)
    }
}

/// A signing key with the beginning of a string to sign.
#[derive(Clone)]
pub(crate) struct Started(Hmac<Sha256>);

impl Started {
    /// The signature of the string that ends with `rest`.
    pub(crate) fn mac(&self, rest: &[u8]) -> [u8; 32] {
        hmac(&self.0, rest)
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey(redacted)")
    }
}

/// HMAC-SHA256 with its key in.
#[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
pub(crate) fn keyed(key: &[u8]) -> Hmac<Sha256> {
    Hmac::new_from_slice(key).expect("invariant: HMAC takes a key of any length")
}

/// HMAC-SHA256 of `message`.
pub(crate) fn hmac(keyed: &Hmac<Sha256>, message: &[u8]) -> [u8; 32] {
    keyed.clone().chain_update(message).finalize().into_bytes().into()
}

/// HMAC-SHA1, for SigV2.
#[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
pub(crate) fn hmac_sha1(secret: &SecretKey, message: &[u8]) -> [u8; 20] {
    Hmac::<sha1::Sha1>::new_from_slice(secret.expose().as_bytes())
        .expect("invariant: HMAC takes a key of any length")
        .chain_update(message)
        .finalize()
        .into_bytes()
        .into()
}

/// SHA-256 in lower-case hexadecimal.
pub(crate) fn sha256_hex(bytes: &[u8]) -> [u8; 64] {
    hex(Sha256::digest(bytes).into())
}

/// A digest in lower-case hexadecimal.
pub(crate) fn hex(digest: [u8; 32]) -> [u8; 64] {
    let mut text = [0; 64];
    for (pair, byte) in text.as_chunks_mut::<2>().0.iter_mut().zip(digest) {
        *pair = PAIRS.get(usize::from(byte)).copied().unwrap_or_default();
    }
    text
}

/// The two digits of every byte.
#[expect(clippy::indexing_slicing, reason = "the compiler runs it")]
const PAIRS: [[u8; 2]; 256] = {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut pairs = [[0; 2]; 256];
    let mut byte = 0;
    while byte < 256 {
        pairs[byte] = [DIGITS[byte >> 4], DIGITS[byte & 15]];
        byte += 1;
    }
    pairs
};

/// Compares a secret value with what a caller sent, in time that tells nothing about where they
/// differ.
pub(crate) fn matches(ours: &[u8], theirs: &[u8]) -> bool {
    ours.ct_eq(theirs).into()
}
