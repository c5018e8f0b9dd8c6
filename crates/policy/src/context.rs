//! What is known of a request beside its principal, action and resource: the condition keys.
//!
//! Asked for one key at a time and only when a condition needs it, through a visitor, so that a
//! server can write a number into a buffer of its own and nothing is allocated.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use crate::Key;

/// Supplies the values of condition keys.
///
/// Who asks is never asked for here: `aws:PrincipalArn`, `aws:PrincipalAccount`,
/// `aws:PrincipalType`, `aws:userid`, `aws:username`, `aws:ResourceAccount` and
/// `s3:ResourceAccount` come from the [`Request`](crate::Request) itself.
pub trait Context {
    /// Shows every value of `key` to `each`: none for a key that the request does not have.
    ///
    /// Numbers are decimal, moments ISO 8601 or seconds since 1970, binary values base64.
    fn values(&self, key: &Key, each: &mut dyn FnMut(&str));
}

impl fmt::Debug for dyn Context + '_ {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Context")
    }
}

/// A context without any key.
#[derive(Clone, Copy, Debug)]
pub struct NoContext;

impl Context for NoContext {
    fn values(&self, _: &Key, _: &mut dyn FnMut(&str)) {}
}

/// A context that owns its values: for tests and simulations.
#[derive(Clone, Debug, Default)]
pub struct Values {
    entries: Vec<(Key, Vec<String>)>,
}

impl Values {
    /// One without any key.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a value to a key, beside those it has; a text that is no key is left out.
    #[must_use]
    pub fn with(mut self, key: &str, value: &str) -> Self {
        if let Some(key) = Key::parse(key) {
            self.push(key, value);
        }
        self
    }

    /// Adds a value to a key, beside those it has.
    pub fn push(&mut self, key: Key, value: &str) {
        match self.entries.iter_mut().find(|(known, _)| *known == key) {
            Some((_, values)) => values.push(value.into()),
            None => self.entries.push((key, Vec::from([value.into()]))),
        }
    }
}

impl Context for Values {
    fn values(&self, key: &Key, each: &mut dyn FnMut(&str)) {
        let found = self.entries.iter().find(|(known, _)| known == key);
        for value in found.map_or(&[][..], |(_, values)| values) {
            each(value);
        }
    }
}
