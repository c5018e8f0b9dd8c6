//! The master keys: 32 random bytes each, in the file `identity-key` in the data folder or from
//! the environment, one to a line in base64. The first seals, all of them open.

use std::fmt;
use std::io;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use chacha20poly1305::aead::{Aead as _, Payload};
use chacha20poly1305::{KeyInit as _, XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac as _};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::file::{self, FileError};
use crate::limits::MASTER_KEYS_MAX;
use crate::random;

/// The file's name in the data folder.
pub const FILE_NAME: &str = "identity-key";

const KEY: usize = 32;
const ID: usize = 4;
const NONCE: usize = 24;
/// What a sealed text begins with: which key sealed it, and the nonce.
pub(super) const HEAD: usize = ID + NONCE;

/// The master keys of an account.
#[derive(Clone, Debug)]
pub struct MasterKeys {
    first: Master,
    others: Vec<Master>,
}

/// Why a text holds no master keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyError {
    /// It holds none, or something that is no 32 bytes in base64.
    Malformed,
    /// It holds more than [`MASTER_KEYS_MAX`].
    TooMany,
    /// It holds the same key twice.
    Repeated,
}

impl KeyError {
    fn expected(self) -> &'static str {
        match self {
            Self::Malformed => "keys of 32 bytes in base64, one to a line",
            Self::TooMany => "at most 8 keys",
            Self::Repeated => "each key once",
        }
    }
}

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected {}", self.expected())
    }
}

impl std::error::Error for KeyError {}

/// What something is sealed for; each has a key of its own.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Purpose {
    /// Secrets of access keys, in their records.
    Secrets,
    /// Session tokens.
    Tokens,
    /// The secret access keys of sessions, which are derived and not sealed.
    SessionSecrets,
    /// Naming the master key.
    Naming,
}

impl Purpose {
    fn name(self) -> &'static [u8] {
        match self {
            Self::Secrets => b"hallpass identity: secrets of access keys",
            Self::Tokens => b"hallpass identity: session tokens",
            Self::SessionSecrets => b"hallpass identity: secrets of sessions",
            Self::Naming => b"hallpass identity: name of the master key",
        }
    }
}

/// One master key.
#[derive(Clone)]
pub(crate) struct Master {
    key: Zeroizing<[u8; KEY]>,
    id: [u8; ID],
}

impl MasterKeys {
    /// Reads keys of 32 bytes in base64, each on a line of its own or between commas.
    ///
    /// # Errors
    /// A text without keys, or with something else, or with too many.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let words = text.split([',', '\n', ' ', '\r', '\t']).filter(|word| !word.is_empty());
        let mut keys: Vec<Master> = Vec::new();
        for word in words {
            let master = Master::parse(word).ok_or(KeyError::Malformed)?;
            if keys.iter().any(|known| known.id == master.id) {
                return Err(KeyError::Repeated);
            }
            if keys.len() == MASTER_KEYS_MAX {
                return Err(KeyError::TooMany);
            }
            keys.push(master);
        }
        let mut keys = keys.into_iter();
        let first = keys.next().ok_or(KeyError::Malformed)?;
        Ok(Self { first, others: keys.collect() })
    }

    /// The keys that `dir` keeps; a new one when it keeps none.
    ///
    /// # Errors
    /// A file that is malformed, or that others can read, or that the machine cannot handle.
    pub fn load_or_create(dir: &Path) -> Result<Self, FileError> {
        let path = || dir.join(FILE_NAME);
        let malformed =
            |error: KeyError| FileError::Malformed { path: path(), expected: error.expected() };
        if let Some(text) = file::read(dir, FILE_NAME)? {
            return Self::parse(&text).map_err(malformed);
        }
        let mut key = Zeroizing::new([0; KEY]);
        random::fill(key.as_mut_slice())
            .map_err(|source| FileError::Io { path: path(), source })?;
        let mut text = Zeroizing::new(String::with_capacity(64));
        STANDARD.encode_string(key.as_slice(), &mut text);
        text.push('\n');
        file::create(dir, FILE_NAME, &text)?;
        Self::parse(&text).map_err(malformed)
    }

    /// The one that seals.
    pub(crate) fn first(&self) -> &Master {
        &self.first
    }

    /// The one that a sealed text names.
    pub(crate) fn named(&self, sealed: &[u8]) -> Option<&Master> {
        let id = sealed.first_chunk::<ID>()?;
        std::iter::once(&self.first).chain(&self.others).find(|master| master.id == *id)
    }
}

impl Master {
    fn parse(word: &str) -> Option<Self> {
        let mut bytes = Zeroizing::new([0; KEY + 1]);
        let word = word.trim_end_matches('=');
        let length = STANDARD_NO_PAD.decode_slice(word, bytes.as_mut_slice()).ok()?;
        let key = Zeroizing::new(*bytes.first_chunk::<KEY>().filter(|_| length == KEY)?);
        let mut master = Self { key, id: [0; ID] };
        let name = master.mac(Purpose::Naming, &[]);
        master.id = *name.first_chunk()?;
        Some(master)
    }

    /// The name of the key, which tells nothing of it.
    pub(crate) fn id(&self) -> [u8; ID] {
        self.id
    }

    /// The key for one purpose, HMAC-SHA256 of its name.
    fn subkey(&self, purpose: Purpose) -> Zeroizing<[u8; KEY]> {
        mac(self.key.as_slice(), &[purpose.name()])
    }

    /// HMAC-SHA256 of what the parts are together, under the key for one purpose.
    pub(crate) fn mac(&self, purpose: Purpose, parts: &[&[u8]]) -> Zeroizing<[u8; KEY]> {
        mac(self.subkey(purpose).as_slice(), parts)
    }

    /// Seals `plain` for where `bound` says: key id, nonce, ciphertext and tag.
    pub(crate) fn seal(&self, purpose: Purpose, plain: &[u8], bound: &[u8]) -> io::Result<Vec<u8>> {
        let mut nonce = [0; NONCE];
        random::fill(&mut nonce)?;
        let payload = Payload { msg: plain, aad: bound };
        let cipher = XChaCha20Poly1305::new((&*self.subkey(purpose)).into());
        let sealed = cipher.encrypt(&XNonce::from(nonce), payload);
        let sealed = sealed.map_err(|_| io::Error::other("too long to be sealed"))?;
        Ok([self.id.as_slice(), nonce.as_slice(), sealed.as_slice()].concat())
    }

    /// Opens what was sealed for the same purpose and place.
    pub(crate) fn open(
        &self,
        purpose: Purpose,
        sealed: &[u8],
        bound: &[u8],
    ) -> Option<Zeroizing<Vec<u8>>> {
        let (head, text) = sealed.split_first_chunk::<HEAD>()?;
        let nonce: [u8; NONCE] = *head.last_chunk()?;
        let payload = Payload { msg: text, aad: bound };
        let cipher = XChaCha20Poly1305::new((&*self.subkey(purpose)).into());
        cipher.decrypt(&XNonce::from(nonce), payload).ok().map(Zeroizing::new)
    }
}

#[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
fn mac(key: &[u8], parts: &[&[u8]]) -> Zeroizing<[u8; KEY]> {
    let mut mac =
        Hmac::<Sha256>::new_from_slice(key).expect("invariant: HMAC takes a key of any length");
    parts.iter().for_each(|part| mac.update(part));
    Zeroizing::new(mac.finalize().into_bytes().into())
}

impl fmt::Debug for Master {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Master({:02x?}, redacted)", self.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn the_key_is_made_once_and_then_kept() {
        let dir = tempfile::tempdir().unwrap();
        let first = MasterKeys::load_or_create(dir.path()).unwrap();
        let again = MasterKeys::load_or_create(dir.path()).unwrap();
        assert_eq!(first.first.key, again.first.key);
        let mode = std::fs::metadata(dir.path().join(FILE_NAME)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn a_file_that_others_can_read_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        MasterKeys::load_or_create(dir.path()).unwrap();
        let path = dir.path().join(FILE_NAME);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
        assert!(matches!(MasterKeys::load_or_create(dir.path()), Err(FileError::Exposed(_))));
    }

    #[test]
    fn texts_that_are_no_keys_are_refused() {
        let key = STANDARD.encode([7; 32]);
        let other = STANDARD.encode([8; 32]);
        assert!(MasterKeys::parse(&format!(" {key},\n{other} ")).is_ok());
        assert!(MasterKeys::parse(key.trim_end_matches('=')).is_ok());
        for (text, error) in [
            ("", KeyError::Malformed),
            ("secret", KeyError::Malformed),
            (&STANDARD.encode([7; 31]), KeyError::Malformed),
            (&STANDARD.encode([7; 33]), KeyError::Malformed),
            (&format!("{key} {key}"), KeyError::Repeated),
        ] {
            assert_eq!(MasterKeys::parse(text).unwrap_err(), error, "{text}");
        }
        let many: String = (0..9).map(|byte| STANDARD.encode([byte; 32]) + "\n").collect();
        assert_eq!(MasterKeys::parse(&many).unwrap_err(), KeyError::TooMany);
    }

    #[test]
    fn what_is_sealed_for_one_purpose_does_not_open_for_another() {
        let keys = MasterKeys::parse(&STANDARD.encode([7; 32])).unwrap();
        let sealed = keys.first().seal(Purpose::Secrets, b"text", b"place").unwrap();
        assert!(keys.first().open(Purpose::Secrets, &sealed, b"place").is_some());
        assert!(keys.first().open(Purpose::Tokens, &sealed, b"place").is_none());
    }

    #[test]
    fn keys_cannot_be_printed() {
        let keys = MasterKeys::parse(&STANDARD.encode([7; 32])).unwrap();
        assert!(!format!("{keys:?}").contains("7, 7"));
    }
}
