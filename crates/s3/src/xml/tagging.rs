//! The `Tagging` document: the tags of an object or a bucket. And those of a bucket to be made.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/API_Tagging.html>

use alloc::string::String;
use alloc::vec::Vec;

use roxmltree::Node;

use super::read::{child, elements, is, parse};
use super::{DocumentError, Writer};
use crate::Tags;

/// Reads keys and values of a `Tagging` document, in the order given, unchecked.
///
/// # Errors
/// When it is not such a document, or a tag lacks its key or its value.
pub fn read_tagging(text: &str) -> Result<Vec<(String, String)>, DocumentError> {
    let document = parse(text)?;
    let root = document.root_element();
    if root.tag_name().name() != "Tagging" {
        return Err(DocumentError::Malformed);
    }
    let mut sets = elements(root).filter(|node| is(*node, "TagSet"));
    let (Some(set), None) = (sets.next(), sets.next()) else {
        return Err(DocumentError::Malformed);
    };
    elements(set).map(tag).collect()
}

/// Reads keys and values of the tags in a `CreateBucketConfiguration` document, unchecked.
///
/// # Errors
/// When it is not such a document, or a tag lacks its key or its value.
pub fn read_create_bucket_tags(text: &str) -> Result<Vec<(String, String)>, DocumentError> {
    if text.trim().is_empty() {
        return Ok(Vec::new());
    }
    let document = parse(text)?;
    let root = document.root_element();
    if root.tag_name().name() != "CreateBucketConfiguration" {
        return Err(DocumentError::Malformed);
    }
    elements(root).filter(|node| is(*node, "Tags")).flat_map(elements).map(tag).collect()
}

fn tag(node: Node<'_, '_>) -> Result<(String, String), DocumentError> {
    let text = |name| child(node, name).map(String::from).ok_or(DocumentError::Malformed);
    if !is(node, "Tag") {
        return Err(DocumentError::Malformed);
    }
    Ok((text("Key")?, text("Value")?))
}

/// Writes a `Tagging` document.
#[must_use]
pub fn write_tagging(tags: &Tags) -> String {
    let document = Writer::new().root("Tagging", |root| {
        root.element("TagSet", |set| {
            for (key, value) in tags.iter() {
                set.element("Tag", |tag| {
                    tag.text("Key", key);
                    tag.text("Value", value);
                });
            }
        });
    });
    document.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    #[test]
    fn tags_are_read_as_they_are_written() {
        let tags = vec![("a&b".into(), "<\u{e9}>".into()), ("k".into(), String::new())];
        let document = write_tagging(&Tags::known(tags.clone()));
        assert_eq!(read_tagging(&document), Ok(tags));
        assert_eq!(read_tagging("<Tagging><TagSet/></Tagging>"), Ok(vec![]));
    }

    #[test]
    fn a_bucket_may_be_made_with_tags() {
        let read = |inner: &str| {
            let root = "CreateBucketConfiguration";
            read_create_bucket_tags(&alloc::format!("<{root}>{inner}</{root}>"))
        };
        let tags = "<Tags><Tag><Key>k</Key><Value>v</Value></Tag></Tags>";
        assert_eq!(read(tags), Ok(vec![("k".into(), "v".into())]));
        assert_eq!((read("<Tags/>"), read_create_bucket_tags("")), (Ok(vec![]), Ok(vec![])));
        assert_eq!(read("<Tags><Tag/></Tags>"), Err(DocumentError::Malformed));
    }

    #[test]
    fn other_documents_are_malformed() {
        for text in [
            "not-xml",
            "<Tagging/>",
            "<Tags><TagSet/></Tags>",
            "<Tagging><TagSet/><TagSet/></Tagging>",
            "<Tagging><TagSet><Tag><Key>k</Key></Tag></TagSet></Tagging>",
            "<Tagging><TagSet><Tag><Value>v</Value></Tag></TagSet></Tagging>",
            "<Tagging><TagSet><Other/></TagSet></Tagging>",
        ] {
            assert_eq!(read_tagging(text), Err(DocumentError::Malformed), "{text}");
        }
    }
}
