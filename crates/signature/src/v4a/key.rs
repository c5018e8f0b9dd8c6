//! The key pair of SigV4A, made of nothing but the credential.
//!
//! No date, region or service goes in, so a credential has one pair for as long as it lives, and
//! whoever holds the public half alone can verify. Signatures are those of RFC 6979: the nonce
//! comes from the key and the text, so signing needs no chance and the same text gets the same
//! signature. Others sign with chance, therefore signatures are verified and never compared.
//! <https://www.rfc-editor.org/rfc/rfc6979>

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use p256::ecdsa::signature::{Signer as _, Verifier as _};
use p256::ecdsa::{DerSignature, SigningKey, VerifyingKey};
use p256::elliptic_curve::PrimeField as _;
use p256::{NonZeroScalar, Scalar};
use zeroize::Zeroizing;

use super::ALGORITHM;
use crate::encode::Sink;
use crate::mac::Keyed;
use crate::{SecretKey, Short};

/// What stands before the secret in the HMAC key.
const PREFIX: &[u8] = b"AWS4A";
/// The last counter that is tried.
const COUNTER_MAX: u8 = 254;

/// The private half of a credential's key pair: signs. Wiped when dropped.
#[derive(Clone)]
pub struct EcdsaKey(SigningKey);

impl EcdsaKey {
    /// Derives the pair of a credential.
    ///
    /// Each counter gives one candidate; the first that is small enough is taken, which all but
    /// one in four billion credentials find at the first.
    #[must_use]
    #[expect(clippy::expect_used, reason = "254 candidates do not all fail: chance 2^-8128")]
    pub fn derive(secret: &SecretKey, access_key_id: &str) -> Self {
        let secret = secret.expose().as_bytes();
        let mut first = Zeroizing::new(Vec::with_capacity(PREFIX.len() + secret.len()));
        first.extend_from_slice(PREFIX);
        first.extend_from_slice(secret);
        let keyed = Keyed::new(&first);
        let scalar = (1..=COUNTER_MAX)
            .find_map(|counter| private_scalar(&candidate(&keyed, access_key_id, counter)))
            .expect("invariant: 254 candidates do not all fail");
        Self(SigningKey::from(scalar))
    }

    /// The half that verifies and is no secret.
    #[must_use]
    pub fn public_key(&self) -> EcdsaPublicKey {
        EcdsaPublicKey(*self.0.verifying_key())
    }

    /// The signature of a string to sign: DER in lower-case hexadecimal, 138 to 144 digits as a
    /// rule.
    pub(crate) fn sign(&self, string_to_sign: &[u8]) -> String {
        let signature: DerSignature = self.0.sign(string_to_sign);
        let digits = signature.as_bytes().iter().flat_map(|byte| [byte >> 4, byte & 15]);
        digits.filter_map(|digit| char::from_digit(u32::from(digit), 16)).collect()
    }
}

impl fmt::Debug for EcdsaKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EcdsaKey(redacted)")
    }
}

/// The public half of a credential's key pair: verifies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EcdsaPublicKey(VerifyingKey);

impl EcdsaPublicKey {
    /// Reads a point as SEC 1 has it; none when that is no point of the curve.
    #[must_use]
    pub fn from_sec1(bytes: &[u8]) -> Option<Self> {
        VerifyingKey::from_sec1_bytes(bytes).ok().map(Self)
    }

    /// The point as SEC 1 has it: the byte 4, then 32 bytes of X and 32 of Y.
    #[must_use]
    pub fn to_sec1(&self) -> Vec<u8> {
        self.0.to_sec1_point(false).as_bytes().to_vec()
    }

    /// Whether `signature`, DER in lower-case hexadecimal, is one of `string_to_sign`.
    pub(crate) fn verifies(&self, string_to_sign: &[u8], signature: &[u8]) -> bool {
        let der = bytes(signature);
        der.and_then(|der| DerSignature::from_bytes(&der).ok())
            .is_some_and(|signature| self.0.verify(string_to_sign, &signature).is_ok())
    }
}

/// One round of NIST SP 800-108 in counter mode, with HMAC-SHA256 and one block of 256 bits.
fn candidate(keyed: &Keyed, access_key_id: &str, counter: u8) -> Zeroizing<[u8; 32]> {
    let mut block = Short::new();
    block.put(&1_u32.to_be_bytes());
    block.put(ALGORITHM.as_bytes());
    block.put(&[0]);
    block.put(access_key_id.as_bytes());
    block.put(&[counter]);
    block.put(&256_u32.to_be_bytes());
    Zeroizing::new(keyed.mac(&block))
}

/// `candidate` + 1, when `candidate` is at most n - 2; n is the order of the curve.
///
/// Both halves of that run in constant time: reading the number refuses n and above, and n - 1
/// is the one number that becomes zero.
fn private_scalar(candidate: &[u8; 32]) -> Option<NonZeroScalar> {
    let number = Scalar::from_repr((*candidate).into());
    number.and_then(|number| NonZeroScalar::new(number + Scalar::ONE)).into_option()
}

/// Only lower case. Of ECDSA, (r, n - s) is a signature as good as (r, s): it has two values.
fn bytes(hex: &[u8]) -> Option<Short> {
    let (pairs, rest) = hex.as_chunks::<2>();
    let digit = |d: u8| match d {
        b'0'..=b'9' => Some(d - b'0'),
        b'a'..=b'f' => Some(d - b'a' + 10),
        _ => None,
    };
    if !rest.is_empty() {
        return None;
    }
    pairs.iter().map(|&[high, low]| Some((digit(high)? << 4) | digit(low)?)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// n, the order of P-256, less `less`.
    fn order_less(less: u8) -> [u8; 32] {
        let mut number: [u8; 32] = [
            0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
            0xff, 0xff, 0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2,
            0xfc, 0x63, 0x25, 0x51,
        ];
        number[31] -= less;
        number
    }

    fn key() -> EcdsaKey {
        EcdsaKey::derive(&SecretKey::new("secret"), "AKID")
    }

    #[test]
    fn a_candidate_is_taken_up_to_the_order_less_two() {
        assert_eq!(private_scalar(&[0; 32]).unwrap().as_ref(), &Scalar::ONE);
        let last = private_scalar(&order_less(2)).unwrap();
        assert_eq!(last.to_repr().as_slice(), order_less(1));
        for refused in [order_less(1), order_less(0), [0xff; 32]] {
            assert!(private_scalar(&refused).is_none());
        }
    }

    #[test]
    fn each_credential_has_its_own_pair() {
        let public = key().public_key();
        for (secret, id) in [("secret", "AKIE"), ("Secret", "AKID"), ("", "AKID"), ("secret", "")] {
            assert_ne!(EcdsaKey::derive(&SecretKey::new(secret), id).public_key(), public);
        }
    }

    #[test]
    fn signing_is_deterministic_and_a_text_has_signatures_of_one_key() {
        let signature = key().sign(b"text");
        assert_eq!(signature, key().sign(b"text"));
        assert!(key().public_key().verifies(b"text", signature.as_bytes()));
        assert!(!key().public_key().verifies(b"Text", signature.as_bytes()));
        let other = EcdsaKey::derive(&SecretKey::new("other"), "AKID");
        assert!(!other.public_key().verifies(b"text", signature.as_bytes()));
    }

    #[test]
    fn a_signature_in_another_spelling_is_refused() {
        let public = key().public_key();
        let good = key().sign(b"text");
        for bad in [
            String::new(),
            good.to_uppercase(),
            alloc::format!("{good}00"),
            alloc::format!("{good}*"),
            alloc::format!("00{good}"),
            good.chars().skip(2).collect(),
            good.chars().take(good.len() - 1).collect(),
            // The zero signature, which a careless verifier takes for any text.
            "3006020100020100".into(),
            "30060201000201ff".into(),
        ] {
            assert!(!public.verifies(b"text", bad.as_bytes()), "{bad}");
        }
    }

    #[test]
    fn a_signature_changed_in_one_digit_is_refused() {
        let good = key().sign(b"text").into_bytes();
        for (index, digit) in good.iter().enumerate() {
            for other in b"07f".iter().filter(|other| *other != digit) {
                let mut changed = good.clone();
                changed[index] = *other;
                assert!(!key().public_key().verifies(b"text", &changed), "{other} at {index}");
            }
        }
    }

    #[test]
    fn the_private_half_cannot_be_printed() {
        assert_eq!(alloc::format!("{:?}", key()), "EcdsaKey(redacted)");
    }
}
