//! SigV4A: one signature for a set of regions, by ECDSA on P-256.
//!
//! The scope names no region; `X-Amz-Region-Set` does, a list such as `us-east-1,eu-*` or `*`, and
//! it is signed. Multi-Region Access Points ask for it.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html>

mod key;
mod signer;

pub use key::{EcdsaKey, EcdsaPublicKey};
pub use signer::Signer;

/// The word that names SigV4A signatures.
pub(crate) const ALGORITHM: &str = "AWS4-ECDSA-P256-SHA256";
/// Hexadecimal digits of the longest signature: two numbers of 33 bytes in DER.
pub(crate) const SIGNATURE_LENGTH_MAX: usize = 2 * 72;
/// The query parameter that names the regions; as a header in lower case.
pub(crate) const REGION_SET: &str = "X-Amz-Region-Set";
