//! Signs chunks, and verifies that they are signed.

use alloc::string::String;
use core::fmt;

use super::ChunkError;
use crate::canonical::EMPTY_SHA256;
use crate::encode::Sink;
use crate::mac::{hex, matches, sha256_hex};
use crate::v4a::{EcdsaKey, EcdsaPublicKey};
use crate::verify::{Algorithm, Key};
use crate::{Scope, SecretKey, Short, SigningKey, Text, Timestamp};

/// How long the signature of SigV4A is in a frame, so that a body's length is known ahead.
const ECDSA_DIGITS: usize = 144;

/// What signs chunks, one after the other: each signature covers the one before it.
#[derive(Clone)]
pub struct ChunkSigner {
    chain: Chain,
    key: SecretHalf,
}

#[derive(Clone)]
enum SecretHalf {
    Hmac(SigningKey),
    Ecdsa(EcdsaKey),
}

impl ChunkSigner {
    /// A signer for the body of a request that was signed at `at` for a region and service (a
    /// region alone means S3), and whose own signature is `seed`. With SigV4A
    /// [`v4a::Signer::chunks`](crate::v4a::Signer::chunks) makes one.
    #[must_use]
    pub fn new<'s>(
        secret: &SecretKey,
        scope: impl Into<Scope<'s>>,
        at: Timestamp,
        seed: &str,
    ) -> Self {
        let scope = scope.into();
        let key = SigningKey::derive(secret, at, scope);
        let chain = Chain::new(Algorithm::Hmac, at, scope.text(at), seed.as_bytes());
        Self { chain, key: SecretHalf::Hmac(key) }
    }

    /// A signer for the body of a request that was signed with SigV4A.
    pub(crate) fn of_regions(key: EcdsaKey, scope: Scope<'_>, at: Timestamp, seed: &str) -> Self {
        let text = scope.text_of_regions(at);
        let chain = Chain::new(Algorithm::Ecdsa, at, text, seed.as_bytes());
        Self { chain, key: SecretHalf::Ecdsa(key) }
    }

    /// The signature of the next chunk as it stands in the frame, from its data's SHA-256.
    pub fn sign(&mut self, data_sha256: [u8; 32]) -> String {
        self.next(&self.chain.chunk(data_sha256))
    }

    /// The signature of the trailer, whose lines each end in a line feed.
    pub fn sign_trailer(&mut self, lines: &[u8]) -> String {
        self.next(&self.chain.trailer(lines))
    }

    fn next(&mut self, text: &[u8]) -> String {
        let signature = match &self.key {
            SecretHalf::Hmac(key) => String::from_utf8_lossy(&hex(key.mac(text))).into_owned(),
            SecretHalf::Ecdsa(key) => key.sign(text),
        };
        self.chain.previous = Short::from(signature.as_bytes());
        match &self.key {
            SecretHalf::Hmac(_) => signature,
            SecretHalf::Ecdsa(_) => alloc::format!("{signature:*<ECDSA_DIGITS$}"),
        }
    }
}

impl fmt::Debug for ChunkSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ChunkSigner(redacted)")
    }
}

/// What verifies chunks, one after the other.
#[derive(Clone)]
pub(crate) struct ChunkVerifier {
    chain: Chain,
    key: VerifyingHalf,
}

#[derive(Clone)]
enum VerifyingHalf {
    Hmac(SigningKey),
    Ecdsa(EcdsaPublicKey),
}

impl ChunkVerifier {
    /// A verifier for the body of a request with this time and scope whose signature, `seed`, is
    /// one of `key`.
    pub(crate) fn new(key: Key<'_>, at: Timestamp, scope: Short, seed: &[u8]) -> Self {
        let (algorithm, key) = match key {
            Key::Hmac(key) => (Algorithm::Hmac, VerifyingHalf::Hmac(key.clone())),
            Key::Ecdsa(key) => (Algorithm::Ecdsa, VerifyingHalf::Ecdsa(*key)),
        };
        Self { chain: Chain::new(algorithm, at, scope, seed), key }
    }

    /// How many bytes a signature has in a frame.
    pub(super) fn signature_bytes(&self) -> usize {
        match self.key {
            VerifyingHalf::Hmac(_) => 64,
            VerifyingHalf::Ecdsa(_) => ECDSA_DIGITS,
        }
    }

    /// Settles whether `claimed` is the signature of the next chunk.
    pub(super) fn verify(
        &mut self,
        data_sha256: [u8; 32],
        claimed: &[u8],
    ) -> Result<(), ChunkError> {
        self.settle(&self.chain.chunk(data_sha256), claimed)
    }

    /// Settles whether `claimed` is the signature of the trailer.
    pub(super) fn verify_trailer(
        &mut self,
        lines: &[u8],
        claimed: &[u8],
    ) -> Result<(), ChunkError> {
        self.settle(&self.chain.trailer(lines), claimed)
    }

    fn settle(&mut self, text: &[u8], claimed: &[u8]) -> Result<(), ChunkError> {
        let (is_right, digits) = match &self.key {
            VerifyingHalf::Hmac(key) => (matches(&hex(key.mac(text)), claimed), claimed),
            VerifyingHalf::Ecdsa(key) => {
                let digits = without_stars(claimed);
                (claimed.len() == ECDSA_DIGITS && key.verifies(text, digits), digits)
            }
        };
        self.chain.previous = Short::from(digits);
        if is_right { Ok(()) } else { Err(ChunkError::Signature) }
    }
}

impl fmt::Debug for ChunkVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ChunkVerifier(redacted)")
    }
}

fn without_stars(signature: &[u8]) -> &[u8] {
    let end = signature.iter().rposition(|&b| b != b'*').map_or(0, |last| last + 1);
    signature.get(..end).unwrap_or_default()
}

/// What the strings to sign of a body's chunks are made of.
#[derive(Clone)]
struct Chain {
    algorithm: Algorithm,
    timestamp: [u8; 16],
    scope: Short,
    previous: Short,
}

impl Chain {
    fn new(algorithm: Algorithm, at: Timestamp, scope: Short, seed: &[u8]) -> Self {
        Self { algorithm, timestamp: at.basic(), scope, previous: Short::from(seed) }
    }

    fn chunk(&self, data_sha256: [u8; 32]) -> Text {
        self.string_to_sign("-PAYLOAD", &[EMPTY_SHA256.as_bytes(), &hex(data_sha256)])
    }

    fn trailer(&self, lines: &[u8]) -> Text {
        self.string_to_sign("-TRAILER", &[&sha256_hex(lines)])
    }

    fn string_to_sign(&self, of: &str, hashes: &[&[u8]]) -> Text {
        let mut text = Text::new();
        text.put(self.algorithm.word().as_bytes());
        text.put(of.as_bytes());
        let parts = [&self.timestamp[..], &self.scope, &self.previous];
        for part in parts.iter().chain(hashes) {
            text.put(b"\n");
            text.put(part);
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sha2::{Digest as _, Sha256};

    /// The texts that AWS's Common Runtime holds its own SigV4A chunks to, around a signature.
    #[test]
    fn strings_to_sign_are_those_of_the_common_runtime() {
        let at = Timestamp::parse("20130524T000000Z").unwrap();
        let chain =
            Chain::new(Algorithm::Ecdsa, at, Scope::s3("").text_of_regions(at), b"30450221");
        let text = |text: Text| String::from_utf8(text.to_vec()).unwrap();
        assert_eq!(
            text(chain.chunk(Sha256::digest([b'a'; 65536]).into())),
            "AWS4-ECDSA-P256-SHA256-PAYLOAD\n20130524T000000Z\n20130524/s3/aws4_request\n\
             30450221\n\
             e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\n\
             bf718b6f653bebc184e1479f1935b8da974d701b893afcf49e701f3e2f9f9c5a"
        );
        assert_eq!(
            text(chain.trailer(b"first:1st\nsecond:2nd\nthird:3rd\n")),
            "AWS4-ECDSA-P256-SHA256-TRAILER\n20130524T000000Z\n20130524/s3/aws4_request\n\
             30450221\n\
             83d8f190334fb741bc8daf73c891689d320bd8017756bc730c540021ed48001f"
        );
    }

    #[test]
    fn a_signature_is_filled_up_and_the_next_one_covers_its_digits() {
        let key = EcdsaKey::derive(&SecretKey::new("secret"), "AKID");
        let at = Timestamp::parse("20130524T000000Z").unwrap();
        let mut signer = ChunkSigner::of_regions(key.clone(), Scope::s3("*"), at, "seed");
        let mut filled_up = 0;
        for _ in 0..16 {
            let text = signer.chain.chunk([0; 32]);
            let signature = signer.sign([0; 32]);
            assert_eq!(signature.len(), ECDSA_DIGITS);
            let digits = without_stars(signature.as_bytes());
            assert!(key.public_key().verifies(&text, digits));
            assert_eq!(signer.chain.previous.as_slice(), digits);
            filled_up += usize::from(digits.len() < ECDSA_DIGITS);
        }
        assert!(filled_up > 0);
    }
}
