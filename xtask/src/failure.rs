//! Why a chore stopped: what went wrong and what to do about it, one line each.

/// The end of a chore that did not work out.
#[derive(Debug)]
pub(crate) struct Failure {
    /// What went wrong: one line, lower case, no full stop.
    pub(crate) error: String,
    /// What to do now, in the same form.
    pub(crate) hint: String,
}

impl Failure {
    /// States what went wrong and the way on.
    pub(crate) fn new(error: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { error: error.into(), hint: hint.into() }
    }
}
