//! One thing that an explanation has to say, of a closed set of kinds.
//!
//! Each topic keeps its kinds, and what is said of them, in a file of its own.

use alloc::string::String;
use core::fmt;

use super::credential::CredentialFinding;
use super::difference::DifferenceFinding;
use super::headers::HeaderFinding;
use super::host::HostFinding;
use super::ours::SignatureFinding;
use super::parameters::ParameterFinding;
use super::redact;
use super::refusal::RefusalFinding;
use super::spelling::SpellingFinding;
use super::time::TimeFinding;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Good to know.
    Note,
    /// The URL can fail, now or later.
    Warning,
    /// The URL is refused, or was.
    Refusal,
}

impl Severity {
    /// One word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Refusal => "refusal",
        }
    }
}

/// What is found, by topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// About dates and lifetimes.
    Time(TimeFinding),
    /// About how the URL is written.
    Spelling(SpellingFinding),
    /// About the parameters of the signature.
    Parameter(ParameterFinding),
    /// About scheme and host.
    Host(HostFinding),
    /// About the access key.
    Credential(CredentialFinding),
    /// About headers.
    Header(HeaderFinding),
    /// About the signature itself.
    Signature(SignatureFinding),
    /// About the server's answer.
    Refusal(RefusalFinding),
    /// About what the server received.
    Difference(DifferenceFinding),
}

/// One thing to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// What it is.
    pub kind: Kind,
}

/// What is said of a kind: the one row for it.
pub(super) struct Said {
    pub(super) severity: Severity,
    /// A word for programs, in lower case.
    pub(super) word: &'static str,
    pub(super) text: String,
    /// What to do.
    pub(super) remedy: &'static str,
}

impl Said {
    pub(super) fn note(word: &'static str, text: impl Into<String>, remedy: &'static str) -> Self {
        Self { severity: Severity::Note, word, text: text.into(), remedy }
    }

    pub(super) fn warning(
        word: &'static str,
        text: impl Into<String>,
        remedy: &'static str,
    ) -> Self {
        Self { severity: Severity::Warning, word, text: text.into(), remedy }
    }

    pub(super) fn refusal(
        word: &'static str,
        text: impl Into<String>,
        remedy: &'static str,
    ) -> Self {
        Self { severity: Severity::Refusal, word, text: text.into(), remedy }
    }
}

impl Kind {
    fn said(&self) -> Said {
        match self {
            Self::Time(finding) => finding.said(),
            Self::Spelling(finding) => finding.said(),
            Self::Parameter(finding) => finding.said(),
            Self::Host(finding) => finding.said(),
            Self::Credential(finding) => finding.said(),
            Self::Header(finding) => finding.said(),
            Self::Signature(finding) => finding.said(),
            Self::Refusal(finding) => finding.said(),
            Self::Difference(finding) => finding.said(),
        }
    }
}

impl Finding {
    /// A word for programs that stays the same, such as `expired`.
    #[must_use]
    pub fn word(&self) -> &'static str {
        self.kind.said().word
    }

    /// What to do, in one sentence.
    #[must_use]
    pub fn remedy(&self) -> &'static str {
        self.kind.said().remedy
    }
}

impl From<Kind> for Finding {
    fn from(kind: Kind) -> Self {
        Self { severity: kind.said().severity, kind }
    }
}

/// One sentence, in lower case and without a period.
impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Some repeat a name or a value of the caller's.
        f.write_str(&redact::shown(&self.kind.said().text))
    }
}
