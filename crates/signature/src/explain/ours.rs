//! What the verifier makes of a URL: its canonical request, its verdict, and, with the secret,
//! the request for which the signature would be right.
//!
//! The verifier itself is asked, so that an explanation and a server cannot disagree.

use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::claim::{Claim, Version};
use super::finding::Said;
use super::redact;
use crate::verify::{Legacy, METHODS, Mismatch, Presented, Rules, VerifyError, read};
use crate::{Request, Scope, SecretKey, Timestamp};

/// Whether the signature is that of the credentials at hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is.
    Matches,
    /// It is not.
    Differs,
    /// The credentials at hand are of another access key.
    OtherKey,
    /// The URL does not say which values of headers were signed, and neither does the caller.
    HeadersUnknown,
}

/// A signature made again, with the texts that it covers; secrets in them are shortened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verification {
    /// How it came out.
    pub verdict: Verdict,
    /// The canonical request; SigV2 has none.
    pub canonical_request: Option<String>,
    /// The string to sign.
    pub string_to_sign: String,
}

/// What can be said about the signature itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignatureFinding {
    /// It is not that of the credentials.
    Differs,
    /// It would be right with another method.
    SignedForMethod {
        /// The method that was signed.
        signed: &'static str,
        /// The one that is asked about.
        given: String,
    },
    /// It would be right without this parameter.
    SignedWithoutParameter(String),
    /// It would be right, were the path encoded once less.
    SignedBeforeEncoding,
    /// It cannot be compared, as the credentials are of another access key; holds theirs.
    OtherKey(String),
    /// It cannot be compared without the values of these headers.
    HeadersUnknown(Vec<String>),
    /// The verifier refuses the URL before it looks at the signature.
    Refused(VerifyError),
}

/// The request as the caller says that it is sent.
#[derive(Clone, Copy)]
pub(super) struct Sent<'a> {
    pub(super) request: Request<'a>,
    pub(super) now: Timestamp,
}

/// The texts that are signed, as the verifier makes them, with their secrets.
pub(super) type Texts = Box<Mismatch>;

impl Sent<'_> {
    /// The texts of this request, or why the verifier does not get that far.
    pub(super) fn texts(&self, claim: &Claim<'_>) -> Result<Option<Texts>, VerifyError> {
        // Because: a secret that is certainly the wrong one makes the verifier show its texts.
        match self.verify(claim, &SecretKey::new("")) {
            Ok(()) => Ok(None),
            Err(
                VerifyError::Mismatch(texts)
                | VerifyError::OtherMethod(_, texts)
                | VerifyError::SignedHeaderMissing(texts),
            ) => Ok(Some(texts)),
            Err(refused) => Err(refused),
        }
    }

    /// Whether `secret` makes the signature.
    pub(super) fn matches(&self, claim: &Claim<'_>, secret: &SecretKey) -> bool {
        self.verify(claim, secret).is_ok()
    }

    fn verify(&self, claim: &Claim<'_>, secret: &SecretKey) -> Result<(), VerifyError> {
        let scope = claim.credential.as_ref().and_then(|c| c.scope.as_ref());
        let region = claim.region().and_then(|region| region.split(',').next());
        let rules = Rules {
            // Because: time is told by findings of its own, and an expired URL has a signature.
            now: claim.signed_at.unwrap_or(match claim.version {
                Version::V2 => Timestamp::from_seconds(0),
                Version::Unsigned | Version::V4 | Version::V4a => self.now,
            }),
            scope: Scope {
                service: scope.map_or("s3", |scope| scope.service.as_str()),
                ..Scope::s3(region.unwrap_or_default())
            },
            legacy: Legacy::Accept,
        };
        match read(&self.request, &rules)? {
            Presented::Nothing => Ok(()),
            Presented::Signature(unverified) => unverified.verify(secret, &rules).map(|_| ()),
        }
    }

    /// The method with which `secret` makes the signature.
    pub(super) fn signed_method(
        &self,
        claim: &Claim<'_>,
        secret: &SecretKey,
    ) -> Option<&'static str> {
        METHODS.into_iter().find(|method| self.with_method(method).matches(claim, secret))
    }

    pub(super) fn with_method<'b>(&'b self, method: &'b str) -> Sent<'b> {
        Sent { request: Request { method, ..self.request }, now: self.now }
    }

    /// What was changed after signing: the method, else one thing in the URL, with any method.
    pub(super) fn change(&self, claim: &Claim<'_>, secret: &SecretKey) -> Option<SignatureFinding> {
        if let Some(signed) = self.signed_method(claim, secret) {
            let given = self.request.method.into();
            return Some(SignatureFinding::SignedForMethod { signed, given });
        }
        METHODS.into_iter().find_map(|method| self.with_method(method).change_of_url(claim, secret))
    }

    fn change_of_url(&self, claim: &Claim<'_>, secret: &SecretKey) -> Option<SignatureFinding> {
        let path = self.request.path.replace("%25", "%");
        let request = Request { path: &path, ..self.request };
        if (Sent { request, now: self.now }).matches(claim, secret) {
            return Some(SignatureFinding::SignedBeforeEncoding);
        }
        let others: Vec<String> = claim.others().map(|(name, _)| name).collect();
        let mut added = claim.names().enumerate().filter(|(_, name)| others.contains(name));
        let (_, name) =
            added.find(|(index, _)| self.matches_without_parameter(*index, claim, secret))?;
        Some(SignatureFinding::SignedWithoutParameter(name))
    }

    /// Whether `secret` makes the signature of the URL without its parameter at `index`.
    fn matches_without_parameter(
        &self,
        index: usize,
        claim: &Claim<'_>,
        secret: &SecretKey,
    ) -> bool {
        let pieces = self.request.query.split('&').filter(|piece| !piece.is_empty());
        let rest = pieces.enumerate().filter(|(at, _)| *at != index).map(|(_, piece)| piece);
        let query = rest.collect::<Vec<&str>>().join("&");
        let request = Request { query: &query, ..self.request };
        Sent { request, now: self.now }.matches(claim, secret)
    }
}

impl Verification {
    /// The texts with shortened secrets.
    pub(super) fn new(verdict: Verdict, texts: &Mismatch) -> Self {
        Self {
            verdict,
            canonical_request: texts.canonical_request.as_deref().map(redact::text),
            string_to_sign: redact::text(&texts.string_to_sign),
        }
    }
}

impl SignatureFinding {
    pub(super) fn said(&self) -> Said {
        match self {
            Self::Differs => Said::refusal(
                "signature-differs",
                "the signature is not the one that these credentials make for this request",
                "see that the secret is the signer's, and that nothing was changed since",
            ),
            Self::SignedForMethod { signed, given } => Said::refusal(
                "signed-for-method",
                format!("the URL is signed for {signed} and not for {given}"),
                "use it with the method that was signed, or sign one for the other",
            ),
            Self::SignedWithoutParameter(name) => Said::refusal(
                "signed-without-parameter",
                format!("the parameter `{name}` was added after signing"),
                "remove it, or give it to the signer: SigV4 signs every one",
            ),
            Self::SignedBeforeEncoding => Said::refusal(
                "signed-before-encoding",
                "the path was encoded once more after signing",
                "pass the URL on as it was made",
            ),
            Self::OtherKey(id) => Said::note(
                "other-key",
                format!("the credentials at hand are of {id}, so the signature is not compared"),
                "name the signer's credentials, with AWS_PROFILE for example",
            ),
            Self::HeadersUnknown(names) => Said::note(
                "headers-unknown",
                format!("the signature covers {}, whose value is not known", names.join(", ")),
                "say it with --header to have the signature compared",
            ),
            Self::Refused(error) => Said::refusal(
                "malformed",
                format!("it is refused before its signature is compared: {error}"),
                "sign again, with a signer that is known to work",
            ),
        }
    }
}
