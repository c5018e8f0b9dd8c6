//! A question with its URL read, and how it is answered from what each topic says.

use alloc::borrow::ToOwned as _;
use alloc::string::String;
use alloc::vec::Vec;
use core::cmp::Reverse;

use super::claim::Claim;
use super::headers::{HeaderValue, RequiredHeader};
use super::ours::{Sent, SignatureFinding, Texts, Verdict, Verification};
use super::place::Place;
use super::refusal::Refusal;
use super::time::{self, Validity};
use super::url::Url;
use super::{Explanation, Finding, Kind, Method, Question, Severity};
use super::{credential, difference, headers, host, parameters, redact, spelling};
use crate::Request;

/// A question with its URL read.
pub(super) struct Case<'a, 'q> {
    pub(super) question: &'a Question<'q>,
    pub(super) url: &'a Url<'q>,
    pub(super) claim: &'a Claim<'q>,
    pub(super) place: &'a Place,
    pub(super) required: &'a [RequiredHeader],
}

impl Case<'_, '_> {
    /// The signature made again, and everything that there is to say, the worst first.
    pub(super) fn judge(&self, sent: &Sent<'_>) -> (Option<Verification>, Vec<Finding>) {
        let texts = sent.texts(self.claim);
        let mut findings = Vec::new();
        if let Some(refusal) = &self.question.refusal {
            findings.push(Kind::Refusal(refusal.inspect(self.claim)).into());
            if let Ok(Some(texts)) = &texts {
                findings.extend(self.compare(refusal, texts));
            }
        }
        let (verification, said) = match &texts {
            Ok(Some(texts)) => self.verify(sent, texts),
            Ok(None) | Err(_) => (None, None),
        };
        findings.extend(said.map(|said| Kind::Signature(said).into()));
        findings.extend(self.inspect());
        if let Err(error) = texts
            && !findings.iter().any(|finding: &Finding| finding.severity == Severity::Refusal)
        {
            findings.push(Kind::Signature(SignatureFinding::Refused(error)).into());
        }
        findings.sort_by_key(|finding| Reverse(finding.severity));
        (verification, findings)
    }

    /// What the URL alone says.
    fn inspect(&self) -> impl Iterator<Item = Finding> {
        let Self { question, url, claim, place, .. } = self;
        let time = time::inspect(claim, question.now).into_iter().map(Kind::Time);
        let spelling = spelling::inspect(url, claim).into_iter().map(Kind::Spelling);
        let parameters = parameters::inspect(claim).into_iter().map(Kind::Parameter);
        let headers = headers::inspect(claim, question.headers).into_iter().map(Kind::Header);
        let credential = credential::inspect(claim).into_iter().map(Kind::Credential);
        let host = host::inspect(url, claim, place).into_iter().map(Kind::Host);
        let all = time.chain(spelling).chain(parameters).chain(headers).chain(credential);
        all.chain(host).map(Finding::from)
    }

    fn verify(
        &self,
        sent: &Sent<'_>,
        texts: &Texts,
    ) -> (Option<Verification>, Option<SignatureFinding>) {
        let Some(credentials) = self.question.credentials else {
            return (None, None);
        };
        let id = self.claim.credential.as_ref().map(|c| c.access_key_id.as_str());
        let unknown = self.unknown();
        let (verdict, said) = if id != Some(credentials.access_key_id()) {
            let id = credentials.access_key_id().to_owned();
            (Verdict::OtherKey, Some(SignatureFinding::OtherKey(id)))
        } else if !unknown.is_empty() {
            (Verdict::HeadersUnknown, Some(SignatureFinding::HeadersUnknown(unknown)))
        } else if sent.matches(self.claim, credentials.secret()) {
            (Verdict::Matches, None)
        } else {
            let change = sent.change(self.claim, credentials.secret());
            (Verdict::Differs, Some(change.unwrap_or(SignatureFinding::Differs)))
        };
        (Some(Verification::new(verdict, texts)), said)
    }

    /// The signed headers whose value nobody knows.
    fn unknown(&self) -> Vec<String> {
        let unknown = self.required.iter().filter(|header| header.value == HeaderValue::Unknown);
        unknown.map(|header| header.name.clone()).collect()
    }

    /// What the server received otherwise than the URL says.
    fn compare(&self, refusal: &Refusal<'_>, texts: &Texts) -> Vec<Finding> {
        let found = match (&texts.canonical_request, refusal.canonical_request) {
            (Some(ours), Some(theirs)) => difference::compare(ours, theirs, &self.unknown()),
            (None, _) => refusal
                .string_to_sign
                .and_then(|theirs| difference::compare_legacy(&texts.string_to_sign, theirs)),
            (Some(_), None) => None,
        };
        let Some(mut found) = found else {
            return Vec::new();
        };
        if found.is_empty() {
            let theirs = refusal.string_to_sign.unwrap_or(&texts.string_to_sign);
            found.push(difference::of_scope(&texts.string_to_sign, theirs));
        }
        found.into_iter().map(|difference| Kind::Difference(difference).into()).collect()
    }

    /// Puts everything together.
    pub(super) fn explanation(
        &self,
        method: Method,
        verification: Option<Verification>,
        findings: Vec<Finding>,
        request: &Request<'_>,
    ) -> Explanation {
        let Self { question, url, claim, place, required } = self;
        let credential = claim.credential.as_ref();
        let scope = credential.and_then(|credential| credential.scope.as_ref());
        let others = claim.others().map(|(name, value)| {
            let value = redact::value(&name, &value);
            (redact::shown(&name), value)
        });
        let is_header = |name: &str| name.to_ascii_lowercase().starts_with("x-amz-");
        let (hoisted, parameters) = others.partition(|(name, _)| is_header(name));
        Explanation {
            method,
            scheme: url.scheme,
            host: redact::shown(url.authority),
            bucket: place.bucket.as_deref().map(redact::shown),
            key: place.key.as_deref().map(redact::shown),
            addressing: place.addressing,
            version: claim.version,
            access_key_id: credential.map(|credential| redact::shown(&credential.access_key_id)),
            region: claim.region().map(redact::shown),
            service: scope.map(|scope| redact::shown(&scope.service)),
            signed_at: claim.signed_at,
            expires_at: claim.expires_at,
            validity: Validity::of(claim, question.now),
            headers: required.iter().map(RequiredHeader::shown).collect(),
            hoisted,
            parameters,
            payload_hash: claim.payload_hash(request).as_deref().map(redact::shown),
            signature: claim.signature.as_deref().map(redact::hidden),
            session_token: claim.session_token.as_deref().map(redact::hidden),
            verification,
            findings,
        }
    }
}
