//! A JSON Web Token, read but not verified.
//!
//! <https://www.rfc-editor.org/rfc/rfc7515#section-7.1>

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::OidcError;
use crate::limits::WEB_TOKEN_BYTES_MAX;

pub(super) struct Token<'t> {
    pub(super) header: Header,
    pub(super) claims: Claims,
    /// What was signed: header and claims as they came.
    pub(super) signed: &'t str,
    pub(super) signature: Vec<u8>,
}

#[derive(Deserialize)]
pub(super) struct Header {
    pub(super) alg: String,
    pub(super) kid: String,
    /// Extensions that have to be understood; none is.
    #[serde(default)]
    crit: Option<serde_json::Value>,
}

#[derive(Deserialize)]
pub(super) struct Claims {
    pub(super) iss: String,
    pub(super) sub: String,
    #[serde(deserialize_with = "one_or_more")]
    pub(super) aud: Vec<String>,
    pub(super) exp: u64,
    #[serde(default)]
    pub(super) nbf: Option<u64>,
    #[serde(default)]
    pub(super) iat: Option<u64>,
    #[serde(default)]
    pub(super) amr: Vec<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMore {
    One(String),
    More(Vec<String>),
}

fn one_or_more<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    Ok(match OneOrMore::deserialize(from)? {
        OneOrMore::One(text) => vec![text],
        OneOrMore::More(texts) => texts,
    })
}

impl<'t> Token<'t> {
    pub(super) fn read(text: &'t str) -> Result<Self, OidcError> {
        if text.len() > WEB_TOKEN_BYTES_MAX {
            return Err(OidcError::TooLong);
        }
        parts(text).filter(|token| token.header.crit.is_none()).ok_or(OidcError::Malformed)
    }
}

fn parts(text: &str) -> Option<Token<'_>> {
    let (signed, signature) = text.rsplit_once('.')?;
    let (header, claims) = signed.split_once('.')?;
    Some(Token {
        header: json(header)?,
        claims: json(claims)?,
        signed,
        signature: URL_SAFE_NO_PAD.decode(signature).ok()?,
    })
}

fn json<T: DeserializeOwned>(part: &str) -> Option<T> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok()
}
