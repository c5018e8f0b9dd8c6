//! Why there are no figures: what went wrong and what to do about it, one line each.

use std::fmt::Display;

/// The end of a measurement that did not work out.
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

    /// What `doing` met; for `map_err`.
    pub(crate) fn while_doing<E: Display>(doing: &str) -> impl FnOnce(E) -> Self {
        move |source| Self::new(format!("{doing}: {source}"), "run the command again")
    }
}
