//! Names, paths and ARNs, as IAM takes them.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>, "IAM name
//! requirements"

use std::sync::Arc;

use crate::ACCOUNT_ID;
use crate::error::IamError;
use crate::limits::{
    DESCRIPTION_CHARACTERS_MAX, LONG_NAME_CHARACTERS_MAX, NAME_CHARACTERS_MAX, PATH_CHARACTERS_MAX,
};

/// What is named, which decides how.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Name {
    User,
    Group,
    Role,
    Policy,
}

impl Name {
    /// The parameter that carries it.
    pub(crate) fn parameter(self) -> &'static str {
        match self {
            Self::User => "userName",
            Self::Group => "groupName",
            Self::Role => "roleName",
            Self::Policy => "policyName",
        }
    }

    fn characters_max(self) -> usize {
        match self {
            Self::User | Self::Role => NAME_CHARACTERS_MAX,
            Self::Group | Self::Policy => LONG_NAME_CHARACTERS_MAX,
        }
    }

    /// Refuses a text that is no name.
    pub(crate) fn demand(self, text: &str) -> Result<(), IamError> {
        let (parameter, max) = (self.parameter(), self.characters_max());
        if text.is_empty() || text.len() > max {
            return Err(IamError::Validation(format!(
                "The specified value for {parameter} is invalid. It must contain 1 to {max} \
                 characters."
            )));
        }
        if text.bytes().all(is_of_name) {
            return Ok(());
        }
        Err(IamError::Validation(format!(
            "The specified value for {parameter} is invalid. It must contain only alphanumeric \
             characters and/or the following: +=,.@_-"
        )))
    }
}

/// Whether a byte may stand in a name: `[\w+=,.@-]`.
pub(crate) fn is_of_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"+=,.@-_".contains(&byte)
}

/// A name as its record's key has it: names differ in more than their case.
pub(crate) fn key_of_name(name: &str) -> String {
    name.to_ascii_lowercase()
}

/// The path that was given, or `/`.
pub(crate) fn path(given: Option<&str>) -> Result<String, IamError> {
    let path = given.unwrap_or("/");
    let is_path = path.starts_with('/')
        && path.ends_with('/')
        && path.len() <= PATH_CHARACTERS_MAX
        && path.bytes().all(|byte| byte.is_ascii_graphic());
    if is_path {
        return Ok(path.into());
    }
    Err(IamError::Validation(
        "The specified value for path is invalid. It must begin and end with / and contain only \
         alphanumeric characters and/or / characters."
            .into(),
    ))
}

/// The description that was given.
pub(crate) fn description(given: Option<&str>) -> Result<Option<String>, IamError> {
    match given {
        Some(text) if text.chars().count() > DESCRIPTION_CHARACTERS_MAX => {
            Err(IamError::Validation(format!(
                "The description must have at most {DESCRIPTION_CHARACTERS_MAX} characters."
            )))
        }
        given => Ok(given.map(String::from)),
    }
}

/// `arn:aws:iam::account:sort/path/name`
pub(crate) fn account_arn(sort: &str, path: &str, name: &str) -> Arc<str> {
    format!("arn:aws:iam::{ACCOUNT_ID}:{sort}{path}{name}").into()
}

/// A word as a sentence begins with it.
pub(crate) fn capitalized(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_of_letters_digits_and_seven_marks() {
        for good in ["a", "A_b-c.d@e,f=g+h", &"x".repeat(64)] {
            assert!(Name::User.demand(good).is_ok(), "{good}");
        }
        for bad in ["", "a b", "a/b", "a:b", "\u{e4}", &"x".repeat(65)] {
            assert!(matches!(Name::User.demand(bad), Err(IamError::Validation(_))), "{bad}");
        }
        assert!(Name::Policy.demand(&"x".repeat(128)).is_ok());
    }

    #[test]
    fn paths_begin_and_end_with_a_slash() {
        assert_eq!(path(None).unwrap(), "/");
        assert_eq!(path(Some("/a/b/")).unwrap(), "/a/b/");
        for bad in ["", "a/", "/a", "/a b/", "/\u{e4}/", &format!("/{}/", "x".repeat(511))] {
            assert!(path(Some(bad)).is_err(), "{bad}");
        }
    }
}
