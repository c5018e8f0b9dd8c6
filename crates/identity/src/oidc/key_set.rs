//! The keys of an identity provider, a JSON Web Key Set.
//!
//! <https://www.rfc-editor.org/rfc/rfc7517> and <https://www.rfc-editor.org/rfc/rfc7518#section-6>

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey,
};
use serde::Deserialize;

use super::{KeySetError, OidcError};
use crate::limits::{KEY_SET_BYTES_MAX, KEY_SET_KEYS_MAX};

/// What a provider signs with.
#[derive(Clone, Debug, Default)]
pub struct KeySet(Vec<PublicKey>);

#[derive(Clone)]
pub(super) struct PublicKey {
    id: String,
    material: Material,
}

#[derive(Clone)]
enum Material {
    /// RS256: modulus and exponent.
    Rsa { n: Vec<u8>, e: Vec<u8> },
    /// ES256: an uncompressed point.
    P256(Vec<u8>),
}

#[derive(Deserialize)]
struct Set {
    keys: Vec<WebKey>,
}

/// The members of all kinds of keys that are looked at.
#[derive(Deserialize)]
struct WebKey {
    kty: String,
    kid: Option<String>,
    #[serde(rename = "use")]
    purpose: Option<String>,
    alg: Option<String>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

impl KeySet {
    /// Reads a set. Keys without an id, of other kinds or for other purposes are left out.
    ///
    /// # Errors
    /// A text that is no set, or too long.
    pub fn parse(json: &str) -> Result<Self, KeySetError> {
        if json.len() > KEY_SET_BYTES_MAX {
            return Err(KeySetError::TooLong);
        }
        let set: Set = serde_json::from_str(json).map_err(|_| KeySetError::Malformed)?;
        if set.keys.len() > KEY_SET_KEYS_MAX {
            return Err(KeySetError::TooLong);
        }
        let keys = set.keys.iter().filter_map(|key| key.read().transpose());
        keys.collect::<Result<_, _>>().map(Self)
    }

    pub(super) fn named(&self, id: &str) -> Option<&PublicKey> {
        self.0.iter().find(|key| key.id == id)
    }
}

impl WebKey {
    /// The key, if it is one that tokens may be signed with.
    fn read(&self) -> Result<Option<PublicKey>, KeySetError> {
        let signs = self.purpose.as_deref().is_none_or(|purpose| purpose == "sig");
        let is_for = |alg: &str| self.alg.as_deref().is_none_or(|own| own == alg);
        let Some(id) = self.kid.clone().filter(|_| signs) else { return Ok(None) };
        let material = match (self.kty.as_str(), self.crv.as_deref()) {
            ("RSA", _) if is_for("RS256") => {
                Material::Rsa { n: number(self.n.as_ref())?, e: number(self.e.as_ref())? }
            }
            ("EC", Some("P-256")) if is_for("ES256") => {
                let (x, y) = (number(self.x.as_ref())?, number(self.y.as_ref())?);
                if x.len() != 32 || y.len() != 32 {
                    return Err(KeySetError::Malformed);
                }
                Material::P256([&[4], x.as_slice(), y.as_slice()].concat())
            }
            _ => return Ok(None),
        };
        Ok(Some(PublicKey { id, material }))
    }
}

fn number(text: Option<&String>) -> Result<Vec<u8>, KeySetError> {
    let text = text.ok_or(KeySetError::Malformed)?;
    URL_SAFE_NO_PAD.decode(text).map_err(|_| KeySetError::Malformed)
}

impl PublicKey {
    /// Whether it signed `message`, with the algorithm that is its own.
    pub(super) fn verify(
        &self,
        alg: &str,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), OidcError> {
        let own = match &self.material {
            Material::Rsa { .. } => "RS256",
            Material::P256(_) => "ES256",
        };
        if alg != own {
            return Err(OidcError::Algorithm);
        }
        let verified = match &self.material {
            Material::Rsa { n, e } => {
                let key = RsaPublicKeyComponents { n, e };
                key.verify(&RSA_PKCS1_2048_8192_SHA256, message, signature)
            }
            Material::P256(point) => {
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(message, signature)
            }
        };
        verified.map_err(|_| OidcError::Signature)
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PublicKey").field("id", &self.id).finish_non_exhaustive()
    }
}
