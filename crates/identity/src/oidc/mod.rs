//! Tokens of identity providers, verified: signed by a key of the provider, made by it, for one of
//! the audiences that it was registered with, and valid now.
//!
//! Pure: whoever has a network fetches the keys. RS256 and ES256 alone, and which of them is the
//! key's to say, not the token's.
//! <https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation>,
//! <https://www.rfc-editor.org/rfc/rfc7519> and <https://www.rfc-editor.org/rfc/rfc8725>

mod error;
mod key_set;
mod token;

use signature::Timestamp;

pub use error::{KeySetError, OidcError};
pub use key_set::KeySet;

use crate::ACCOUNT_ID;
use crate::limits::CLOCK_SKEW_SECONDS;
use token::Token;

/// An identity provider that is trusted to say who somebody is.
#[derive(Clone, Debug)]
pub struct Provider {
    /// Its URL, to the letter as its tokens have it in `iss`.
    pub issuer: String,
    /// Whom its tokens may be for.
    pub client_ids: Vec<String>,
    /// What it signs with.
    pub keys: KeySet,
}

/// What a verified token says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebClaims {
    /// Who made it: `iss`.
    pub issuer: String,
    /// Whom it is about: `sub`.
    pub subject: String,
    /// Whom it is for: that of its `aud` which the provider was registered with.
    pub audience: String,
    /// How its subject proved to be that: `amr`.
    pub methods: Vec<String>,
}

/// Verifies a web identity token, in time linear in its length.
///
/// # Errors
/// Whatever is wrong with it.
pub fn verify(token: &str, providers: &[Provider], now: Timestamp) -> Result<WebClaims, OidcError> {
    let token = Token::read(token)?;
    let claims = &token.claims;
    let provider = providers.iter().find(|provider| provider.issuer == claims.iss);
    let provider = provider.ok_or(OidcError::UnknownIssuer)?;
    let key = provider.keys.named(&token.header.kid).ok_or(OidcError::UnknownKey)?;
    key.verify(&token.header.alg, token.signed.as_bytes(), &token.signature)?;
    let (seconds, skew) = (now.seconds(), CLOCK_SKEW_SECONDS);
    if seconds >= claims.exp.saturating_add(skew) {
        return Err(OidcError::Expired);
    }
    let latest = seconds.saturating_add(skew);
    if claims.iat.into_iter().chain(claims.nbf).any(|at| at > latest) {
        return Err(OidcError::NotYetValid);
    }
    let audience = claims.aud.iter().find(|aud| provider.client_ids.contains(aud));
    Ok(WebClaims {
        issuer: claims.iss.clone(),
        subject: claims.sub.clone(),
        audience: audience.ok_or(OidcError::OtherAudience)?.clone(),
        methods: claims.amr.clone(),
    })
}

/// A provider as condition keys and ARNs name it: its URL without the scheme.
#[must_use]
pub fn provider_name(issuer: &str) -> &str {
    issuer.strip_prefix("https://").unwrap_or(issuer)
}

/// The ARN of a provider, as trust policies name it.
#[must_use]
pub fn provider_arn(name: &str) -> String {
    format!("arn:aws:iam::{ACCOUNT_ID}:oidc-provider/{name}")
}
