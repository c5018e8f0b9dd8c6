//! Sealing: what nobody but this account may read or forge, under keys derived from a master key.
//!
//! XChaCha20-Poly1305 with a random nonce of 24 bytes, and the identity of what is sealed as
//! associated data, so that it opens in its own place alone.
//! <https://datatracker.ietf.org/doc/html/draft-irtf-cfrg-xchacha>

mod master;
pub mod token;

pub use master::{FILE_NAME, KeyError, MasterKeys};
pub(crate) use master::{Master, Purpose};

use std::io;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use signature::SecretKey;
use zeroize::Zeroizing;

impl MasterKeys {
    /// Seals the secret of an access key, for the record of its user alone.
    pub(crate) fn seal(
        &self,
        secret: &SecretKey,
        access_key_id: &str,
        user_id: &str,
    ) -> io::Result<String> {
        let bound = bound(access_key_id, user_id);
        let sealed =
            self.first().seal(Purpose::Secrets, secret.expose().as_bytes(), bound.as_bytes())?;
        Ok(STANDARD_NO_PAD.encode(sealed))
    }

    /// Opens what [`MasterKeys::seal`] made; none when it was made elsewhere.
    pub(crate) fn open(
        &self,
        sealed: &str,
        access_key_id: &str,
        user_id: &str,
    ) -> Option<SecretKey> {
        let sealed = STANDARD_NO_PAD.decode(sealed).ok()?;
        let bound = bound(access_key_id, user_id);
        let opened = self.named(&sealed)?.open(Purpose::Secrets, &sealed, bound.as_bytes())?;
        let text = Zeroizing::new(String::from_utf8(opened.to_vec()).ok()?);
        Some(SecretKey::new(text.as_str()))
    }

    /// Whether the first of the keys sealed it.
    pub(crate) fn is_of_first(&self, sealed: &str) -> bool {
        let sealed = STANDARD_NO_PAD.decode(sealed).unwrap_or_default();
        self.named(&sealed).is_some_and(|master| master.id() == self.first().id())
    }
}

/// The identity of an access key's record: neither id has a slash.
fn bound(access_key_id: &str, user_id: &str) -> String {
    format!("{access_key_id}/{user_id}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(byte: u8) -> MasterKeys {
        MasterKeys::parse(&STANDARD_NO_PAD.encode([byte; 32])).unwrap()
    }

    #[test]
    fn sealed_secret_opens_in_its_own_record_alone() {
        let keys = keys(1);
        let sealed = keys.seal(&SecretKey::new("secret"), "AKIA1", "AIDA1").unwrap();
        assert_eq!(keys.open(&sealed, "AKIA1", "AIDA1").unwrap().expose(), "secret");
        assert!(keys.open(&sealed, "AKIA1", "AIDA2").is_none());
        assert!(keys.open(&sealed, "AKIA2", "AIDA1").is_none());
    }

    #[test]
    fn one_secret_is_never_sealed_alike() {
        let (keys, secret) = (keys(1), SecretKey::new("secret"));
        let seal = || keys.seal(&secret, "AKIA1", "AIDA1").unwrap();
        assert_ne!(seal(), seal());
    }

    #[test]
    fn all_keys_open_and_the_first_seals() {
        let line = |byte: u8| STANDARD_NO_PAD.encode([byte; 32]);
        let both = MasterKeys::parse(&format!("{}\n{}\n", line(2), line(1))).unwrap();
        let secret = SecretKey::new("secret");
        let by_old = keys(1).seal(&secret, "AKIA1", "AIDA1").unwrap();
        let by_both = both.seal(&secret, "AKIA1", "AIDA1").unwrap();
        assert!(both.open(&by_old, "AKIA1", "AIDA1").is_some());
        assert!(keys(2).open(&by_both, "AKIA1", "AIDA1").is_some());
        assert!(keys(1).open(&by_both, "AKIA1", "AIDA1").is_none());
        assert!(both.is_of_first(&by_both) && !both.is_of_first(&by_old));
    }
}
