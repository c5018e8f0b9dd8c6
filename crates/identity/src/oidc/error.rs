//! Why a web identity token proves nothing.

use std::fmt;

/// Why a token is refused. `ExpiredToken` in STS for one that has expired, `IDPRejectedClaim` for
/// another audience, and else `InvalidIdentityToken`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OidcError {
    /// Longer than any token is.
    TooLong,
    /// Not three parts of base64url with JSON in them, or without what has to be in them.
    Malformed,
    /// No provider has this issuer.
    UnknownIssuer,
    /// The provider has no such key.
    UnknownKey,
    /// The header names another algorithm than the key's.
    Algorithm,
    /// The key did not sign it.
    Signature,
    /// It is no longer valid.
    Expired,
    /// It is not valid yet.
    NotYetValid,
    /// It is for none of the audiences that the provider was registered with.
    OtherAudience,
}

impl fmt::Display for OidcError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooLong => "the web identity token is too long",
            Self::Malformed => "the web identity token is malformed",
            Self::UnknownIssuer => "no identity provider of this issuer is known",
            Self::UnknownKey => "the identity provider has no key of this id",
            Self::Algorithm => "the token names another algorithm than its key has",
            Self::Signature => "the signature of the web identity token does not match",
            Self::Expired => "the web identity token has expired",
            Self::NotYetValid => "the web identity token is not valid yet",
            Self::OtherAudience => "the web identity token is for another audience",
        })
    }
}

impl std::error::Error for OidcError {}

/// Why a text is no set of keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeySetError {
    /// Longer than any set is, or of more keys.
    TooLong,
    /// Not the JSON of a set, or a key of a known kind that is none.
    Malformed,
}

impl fmt::Display for KeySetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooLong => "the key set of the identity provider is too long",
            Self::Malformed => "the key set of the identity provider is malformed",
        })
    }
}

impl std::error::Error for KeySetError {}
