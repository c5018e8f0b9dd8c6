//! Tags of users, roles and sessions. Their keys differ in more than their case.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html>

use serde::{Deserialize, Serialize};

use crate::error::IamError;
use crate::limits::{TAG_KEY_CHARACTERS_MAX, TAG_VALUE_CHARACTERS_MAX, TAGS_MAX};

/// A tag.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tag {
    /// Its key.
    pub key: String,
    /// Its value, which may be empty.
    pub value: String,
}

impl Tag {
    /// A tag.
    #[must_use]
    pub fn new(key: &str, value: &str) -> Self {
        Self { key: key.into(), value: value.into() }
    }

    /// Whether its key is `key`, whatever the case.
    #[must_use]
    pub fn is_of(&self, key: &str) -> bool {
        self.key.eq_ignore_ascii_case(key)
    }
}

/// Refuses tags that are none, that are there twice, or that are too many.
pub(crate) fn checked(tags: &[Tag]) -> Result<&[Tag], IamError> {
    if tags.len() > TAGS_MAX {
        return Err(too_many());
    }
    for (index, tag) in tags.iter().enumerate() {
        demand(tag)?;
        if tags.iter().skip(index + 1).any(|other| other.is_of(&tag.key)) {
            return Err(IamError::InvalidInput(
                "Duplicate tag keys found. Please note that Tag keys are case insensitive.".into(),
            ));
        }
    }
    Ok(tags)
}

/// `tags` with `more`, which replace those of the same key.
pub(crate) fn merged(tags: &[Tag], more: &[Tag]) -> Result<Vec<Tag>, IamError> {
    let more = checked(more)?;
    let kept = tags.iter().filter(|tag| !more.iter().any(|new| new.is_of(&tag.key)));
    let all: Vec<Tag> = kept.chain(more).cloned().collect();
    if all.len() > TAGS_MAX { Err(too_many()) } else { Ok(all) }
}

fn too_many() -> IamError {
    IamError::LimitExceeded(format!("The number of tags has reached the maximum limit: {TAGS_MAX}"))
}

fn demand(tag: &Tag) -> Result<(), IamError> {
    let is_fine = |text: &str| text.chars().all(|c| c.is_alphanumeric() || " _.:/=+-@".contains(c));
    let is_reserved = tag.key.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("aws:"));
    let (key, value) = (tag.key.chars().count(), tag.value.chars().count());
    let is_tag = (1..=TAG_KEY_CHARACTERS_MAX).contains(&key)
        && value <= TAG_VALUE_CHARACTERS_MAX
        && is_fine(&tag.key)
        && is_fine(&tag.value)
        && !is_reserved;
    if is_tag {
        return Ok(());
    }
    Err(IamError::Validation(format!(
        "A tag has a key of 1 to {TAG_KEY_CHARACTERS_MAX} and a value of at most \
         {TAG_VALUE_CHARACTERS_MAX} letters, digits, blanks and _.:/=+-@, and no key that begins \
         with aws:."
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_tag_replaces_the_one_of_its_key() {
        let tags = [Tag::new("Team", "a"), Tag::new("site", "b")];
        let all = merged(&tags, &[Tag::new("team", "c")]).unwrap();
        assert_eq!(all, [Tag::new("site", "b"), Tag::new("team", "c")]);
    }

    #[test]
    fn what_is_no_tag_is_refused() {
        for (key, value) in
            [("", ""), ("aws:x", ""), ("a\n", ""), ("a", "<"), (&"k".repeat(129), "")]
        {
            assert!(checked(&[Tag::new(key, value)]).is_err(), "{key}");
        }
        assert!(checked(&[Tag::new("a", ""), Tag::new("A", "")]).is_err());
        let many: Vec<Tag> = (0..51).map(|n| Tag::new(&n.to_string(), "")).collect();
        assert!(matches!(checked(&many), Err(IamError::LimitExceeded(_))));
    }
}
