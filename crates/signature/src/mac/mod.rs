//! The HMAC chain of SigV4 and comparison in constant time.

mod sha256;

use core::fmt;

use hmac::{Hmac, KeyInit as _, Mac as _};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

pub(crate) use sha256::{Hash, Keyed, sha256};

use crate::{Scope, SecretKey, Timestamp};

/// A secret bound to one day, region and service, keyed and ready to sign.
///
/// Deriving it costs four HMACs; a signer or verifier that keeps it signs with one.
#[derive(Clone)]
pub struct SigningKey(Keyed);

impl SigningKey {
    /// Derives the key for the day of `at`, a region and a service (a region alone means S3).
    #[must_use]
    pub fn derive<'s>(secret: &SecretKey, at: Timestamp, scope: impl Into<Scope<'s>>) -> Self {
        let Scope { region, service, .. } = scope.into();
        let mut first = Zeroizing::new(alloc::vec::Vec::with_capacity(64));
        first.extend_from_slice(b"AWS4");
        first.extend_from_slice(secret.expose().as_bytes());
        let day = Zeroizing::new(Keyed::new(&first).mac(&at.day()));
        let region = Zeroizing::new(Keyed::new(&*day).mac(region.as_bytes()));
        let service = Zeroizing::new(Keyed::new(&*region).mac(service.as_bytes()));
        Self(Keyed::new(&*Zeroizing::new(Keyed::new(&*service).mac(b"aws4_request"))))
    }

    /// The key with the beginning of many strings to sign.
    pub(crate) fn started(&self, beginning: &[u8]) -> Keyed {
        self.0.started(beginning)
    }

    /// The signature of a string to sign.
    pub(crate) fn mac(&self, string_to_sign: &[u8]) -> [u8; 32] {
        self.0.mac(string_to_sign)
    }

    /// The signature of the string to sign that `write` appends.
    pub(crate) fn mac_of(&self, write: impl FnOnce(&mut Hash)) -> [u8; 32] {
        self.0.mac_of(write)
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey(redacted)")
    }
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
    hex(sha256(bytes))
}

/// A digest in lower-case hexadecimal.
pub(crate) fn hex(digest: [u8; 32]) -> [u8; 64] {
    let digit = |nibble: u8| nibble + if nibble < 10 { b'0' } else { b'a' - 10 };
    let mut text = [0; 64];
    for (pair, byte) in text.as_chunks_mut::<2>().0.iter_mut().zip(digest) {
        *pair = [digit(byte >> 4), digit(byte & 15)];
    }
    text
}

/// Compares a secret value with what a caller sent, in time that tells nothing about where they
/// differ.
pub(crate) fn matches(ours: &[u8], theirs: &[u8]) -> bool {
    let (ours, our_rest) = ours.as_chunks();
    let (theirs, their_rest) = theirs.as_chunks();
    let words = ours.iter().zip(theirs).fold(0, |differing, (&ours, &theirs)| {
        differing | (u64::from_le_bytes(ours) ^ u64::from_le_bytes(theirs))
    });
    ours.len() == theirs.len() && bool::from(words.ct_eq(&0) & our_rest.ct_eq(their_rest))
}
