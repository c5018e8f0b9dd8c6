//! Session tokens: sealed and self-contained, so that a session needs no record and any server that
//! knows a master key can read it.
//!
//! Base64url without padding of: version 1, the master key's name (4), a nonce (24), the sealed
//! claims with their tag. The access key id of the session is associated data, and its secret is
//! HMAC-SHA256 of nonce and access key id, so that a token serves no other access key.

use std::fmt;
use std::io;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use signature::{SecretKey, Timestamp};
use zeroize::Zeroizing;

use super::{Master, MasterKeys, Purpose};
use crate::limits::TOKEN_BYTES_MAX;
use crate::record::Tag;

const VERSION: u8 = 1;
/// Of the 32 bytes that a secret is derived from, as many as make 40 characters.
const SECRET_BYTES: usize = 30;

/// What a session token says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claims {
    /// How the session was made.
    pub kind: SessionKind,
    /// Whose rights it has.
    pub holder: Holder,
    /// The name of a role's session or of a federated user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The access key that asked for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_key: Option<String>,
    /// When it was made, in seconds since 1970.
    pub issued_at: u64,
    /// From when on it is of no use, in seconds since 1970.
    pub expires_at: u64,
    /// The session policy that it was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
    /// The ids of the managed policies that it was given as session policies.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub managed: Vec<String>,
    /// Its tags.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<Tag>,
    /// The keys of the tags that sessions made by it have too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub transitive: Vec<String>,
    /// Who is behind it, as it was told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_identity: Option<String>,
    /// Who vouched for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub web: Option<WebIdentity>,
}

/// How a session was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SessionKind {
    /// `GetSessionToken`.
    SessionToken,
    /// `AssumeRole`, with the long-term key of a user or with its session.
    AssumedRole,
    /// `AssumeRole`, with the session of a role.
    ChainedRole,
    /// `AssumeRoleWithWebIdentity`.
    WebIdentity,
    /// `GetFederationToken`.
    FederationToken,
    /// The role of an instance.
    InstanceProfile,
}

/// Whose rights a session has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Holder {
    /// The root user.
    Root,
    /// A user, by its unique id.
    User(String),
    /// A role, by its unique id.
    Role(String),
}

/// Who vouched for a session, and for whom.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WebIdentity {
    /// The provider's URL without its scheme, such as `accounts.example.com`.
    pub provider: String,
    /// Whom the token was for.
    pub audience: String,
    /// Whom it is about.
    pub subject: String,
}

/// Why a session token is of no use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenError {
    /// Longer than [`TOKEN_BYTES_MAX`].
    TooLong,
    /// Not a token, of another account, of another access key, or altered.
    Invalid,
}

impl fmt::Display for TokenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong => write!(f, "a session token has at most {TOKEN_BYTES_MAX} bytes"),
            Self::Invalid => f.write_str("the session token is malformed or otherwise invalid"),
        }
    }
}

impl std::error::Error for TokenError {}

/// What a genuine token says, with the secret access key of its session.
#[derive(Clone, Debug)]
pub struct Opened {
    /// What it says.
    pub claims: Claims,
    /// The session's secret access key.
    pub secret: SecretKey,
}

/// A new token, with the secret access key of its session.
pub(crate) struct Issued {
    pub(crate) token: Zeroizing<String>,
    pub(crate) secret: SecretKey,
}

impl Claims {
    /// When the session was made.
    #[must_use]
    pub fn issued(&self) -> Timestamp {
        Timestamp::from_seconds(self.issued_at)
    }

    /// From when on it is of no use.
    #[must_use]
    pub fn expiry(&self) -> Timestamp {
        Timestamp::from_seconds(self.expires_at)
    }
}

/// Opens a session token, in time linear in its length. Whether it has expired is not asked.
///
/// # Errors
/// A text that is no token of this account and this access key.
pub fn read(token: &[u8], access_key_id: &str, keys: &MasterKeys) -> Result<Opened, TokenError> {
    if token.len() > TOKEN_BYTES_MAX {
        return Err(TokenError::TooLong);
    }
    open(token, access_key_id, keys).ok_or(TokenError::Invalid)
}

fn open(token: &[u8], access_key_id: &str, keys: &MasterKeys) -> Option<Opened> {
    let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
    let (version, sealed) = bytes.split_first()?;
    if *version != VERSION {
        return None;
    }
    let master = keys.named(sealed)?;
    let plain = master.open(Purpose::Tokens, sealed, access_key_id.as_bytes())?;
    let claims = serde_json::from_slice(&plain).ok()?;
    Some(Opened { claims, secret: secret(master, sealed, access_key_id)? })
}

/// The secret of the session whose sealed claims begin with the master key's name and the nonce.
fn secret(master: &Master, sealed: &[u8], access_key_id: &str) -> Option<SecretKey> {
    let nonce = sealed.get(..super::master::HEAD)?;
    let code = master.mac(Purpose::SessionSecrets, &[nonce, access_key_id.as_bytes()]);
    let mut text = Zeroizing::new(String::with_capacity(40));
    STANDARD_NO_PAD.encode_string(code.get(..SECRET_BYTES)?, &mut text);
    Some(SecretKey::new(text.as_str()))
}

/// Seals claims for a new access key id; none when the token would be too long.
pub(crate) fn issue(
    claims: &Claims,
    access_key_id: &str,
    keys: &MasterKeys,
) -> io::Result<Option<Issued>> {
    let plain = Zeroizing::new(serde_json::to_vec(claims).map_err(io::Error::other)?);
    let master = keys.first();
    let sealed = master.seal(Purpose::Tokens, &plain, access_key_id.as_bytes())?;
    let bytes = [&[VERSION], sealed.as_slice()].concat();
    let token = Zeroizing::new(URL_SAFE_NO_PAD.encode(bytes));
    let secret = secret(master, &sealed, access_key_id);
    let issued = secret.map(|secret| Issued { token, secret });
    Ok(issued.filter(|issued| issued.token.len() <= TOKEN_BYTES_MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn keys() -> MasterKeys {
        MasterKeys::parse(&STANDARD_NO_PAD.encode([7; 32])).unwrap()
    }

    fn claims() -> Claims {
        Claims {
            kind: SessionKind::SessionToken,
            holder: Holder::User("AIDA1".into()),
            name: None,
            source_key: Some("AKIA1".into()),
            issued_at: 1,
            expires_at: 2,
            policy: None,
            managed: Vec::new(),
            tags: Vec::new(),
            transitive: Vec::new(),
            source_identity: None,
            web: None,
        }
    }

    #[test]
    fn token_says_what_was_sealed_and_has_its_secret() {
        let issued = issue(&claims(), "ASIA1", &keys()).unwrap().unwrap();
        let opened = read(issued.token.as_bytes(), "ASIA1", &keys()).unwrap();
        assert_eq!(opened.claims, claims());
        assert_eq!(opened.secret.expose(), issued.secret.expose());
        assert_eq!(opened.secret.expose().len(), 40);
    }

    #[test]
    fn token_serves_no_other_access_key() {
        let issued = issue(&claims(), "ASIA1", &keys()).unwrap().unwrap();
        let read = read(issued.token.as_bytes(), "ASIA2", &keys());
        assert_eq!(read.unwrap_err(), TokenError::Invalid);
    }

    #[test]
    fn token_altered_in_any_bit_does_not_open() {
        let issued = issue(&claims(), "ASIA1", &keys()).unwrap().unwrap();
        let token = issued.token.as_bytes().to_vec();
        for (at, bit) in (0..token.len()).flat_map(|at| (0..8).map(move |bit| (at, bit))) {
            let mut altered = token.clone();
            altered[at] ^= 1 << bit;
            assert!(read(&altered, "ASIA1", &keys()).is_err(), "bit {bit} of {at}");
        }
    }

    #[test]
    fn token_of_another_account_does_not_open() {
        let issued = issue(&claims(), "ASIA1", &keys()).unwrap().unwrap();
        let others = MasterKeys::parse(&STANDARD_NO_PAD.encode([8; 32])).unwrap();
        assert!(read(issued.token.as_bytes(), "ASIA1", &others).is_err());
    }

    #[test]
    fn too_long_a_token_is_neither_read_nor_made() {
        let long = vec![b'A'; TOKEN_BYTES_MAX + 1];
        assert_eq!(read(&long, "ASIA1", &keys()).unwrap_err(), TokenError::TooLong);
        let claims = Claims { policy: Some("x".repeat(TOKEN_BYTES_MAX)), ..claims() };
        assert!(issue(&claims, "ASIA1", &keys()).unwrap().is_none());
    }

    proptest! {
        #[test]
        fn arbitrary_tokens_are_refused_without_a_panic(
            token in prop::collection::vec(any::<u8>(), 0..400),
            id in ".{0,30}",
        ) {
            prop_assert!(read(&token, &id, &keys()).is_err());
            let sealed = [&[VERSION], keys().first().id().as_slice(), &token].concat();
            let dressed = URL_SAFE_NO_PAD.encode(sealed);
            prop_assert!(read(dressed.as_bytes(), &id, &keys()).is_err());
        }
    }
}
