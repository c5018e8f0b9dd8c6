//! Random ids and secrets in AWS's dress.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html>, "Unique
//! identifiers"

use std::io;

use signature::{Credentials, SecretKey};
use zeroize::Zeroizing;

const ID: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const SECRET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// A long-term access key: `AKIA` and 16 characters, and a secret of 40 (240 random bits).
pub(crate) fn credentials() -> io::Result<Credentials> {
    Ok(Credentials::new(&access_key_id("AKIA")?, secret()?.expose(), None))
}

/// `AKIA` or `ASIA` and 16 characters.
pub(crate) fn access_key_id(prefix: &str) -> io::Result<String> {
    Ok(format!("{prefix}{}", *text::<16>(ID)?))
}

/// The unique id of a user, group, role or policy: its prefix and 17 characters (85 bits), which
/// are never used again.
pub(crate) fn unique_id(prefix: &str) -> io::Result<String> {
    Ok(format!("{prefix}{}", *text::<17>(ID)?))
}

fn secret() -> io::Result<SecretKey> {
    Ok(SecretKey::new(text::<40>(SECRET)?.as_str()))
}

/// Fills `bytes` with random ones.
pub(crate) fn fill(bytes: &mut [u8]) -> io::Result<()> {
    getrandom::fill(bytes).map_err(io::Error::other)
}

/// `N` characters of an alphabet whose size divides 256, so that none is likelier.
fn text<const N: usize>(alphabet: &[u8]) -> io::Result<Zeroizing<String>> {
    let mut bytes = Zeroizing::new([0; N]);
    fill(bytes.as_mut_slice())?;
    // With room for all: what a growing text leaves behind is not wiped.
    let mut text = Zeroizing::new(String::with_capacity(N));
    let pick = |byte: &u8| alphabet.get(usize::from(*byte) % alphabet.len()).copied();
    text.extend(bytes.iter().filter_map(pick).map(char::from));
    Ok(text)
}
