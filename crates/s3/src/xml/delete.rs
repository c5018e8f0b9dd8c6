//! The `Delete` document: which objects a request removes.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html>

use alloc::string::String;
use alloc::vec::Vec;

use roxmltree::Node;

use super::DocumentError;
use super::read::{child, elements, is, parse};

/// Most objects in one document.
pub const DELETED_KEYS_MAX: usize = 1000;

/// A `Delete` document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delete {
    /// What is to be removed, in the order given.
    pub objects: Vec<NamedObject>,
    /// Whether only failures are to be told.
    pub is_quiet: bool,
}

/// One object in a [`Delete`] document, as spelled there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NamedObject {
    /// Its key.
    pub key: String,
    /// Which version of it.
    pub version_id: Option<String>,
    /// The tag that it has to have.
    pub etag: Option<String>,
    /// The first condition that general purpose buckets do not have.
    pub unknown_condition: Option<&'static str>,
}

/// Reads a `Delete` document.
///
/// # Errors
/// When it is not such a document, and when it names no object, or over [`DELETED_KEYS_MAX`].
pub fn read_delete(text: &str) -> Result<Delete, DocumentError> {
    let document = parse(text)?;
    let root = document.root_element();
    if root.tag_name().name() != "Delete" {
        return Err(DocumentError::Malformed);
    }
    let is_quiet = match child(root, "Quiet").map(str::trim) {
        None | Some("" | "false") => false,
        Some("true") => true,
        Some(_) => return Err(DocumentError::Malformed),
    };
    let objects: Vec<_> =
        elements(root).filter(|n| is(*n, "Object")).map(object).collect::<Result<_, _>>()?;
    if objects.is_empty() || objects.len() > DELETED_KEYS_MAX {
        return Err(DocumentError::Malformed);
    }
    Ok(Delete { objects, is_quiet })
}

fn object(node: Node<'_, '_>) -> Result<NamedObject, DocumentError> {
    let key = child(node, "Key").filter(|key| !key.is_empty()).ok_or(DocumentError::Malformed)?;
    let conditions = ["LastModifiedTime", "Size"];
    Ok(NamedObject {
        key: key.into(),
        version_id: child(node, "VersionId").map(String::from),
        etag: child(node, "ETag").map(String::from),
        unknown_condition: conditions.into_iter().find(|name| child(node, name).is_some()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;

    #[test]
    fn objects_are_read_with_their_versions_and_conditions() {
        let text = "<Delete xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Quiet>true</Quiet>\
                    <Object><Key> a&amp;b </Key></Object>\
                    <Object><Key>k</Key><VersionId>null</VersionId><ETag>\"e\"</ETag></Object>\
                    <Object><Key>k</Key><Size>1</Size></Object></Delete>";
        let delete = read_delete(text).unwrap();
        let named = |key: &str| NamedObject { key: key.into(), ..NamedObject::default() };
        assert!(delete.is_quiet);
        assert_eq!(delete.objects[0], named(" a&b "));
        let (version_id, etag) = (Some("null".into()), Some("\"e\"".into()));
        assert_eq!(delete.objects[1], NamedObject { version_id, etag, ..named("k") });
        assert_eq!(delete.objects[2].unknown_condition, Some("Size"));
    }

    #[test]
    fn other_documents_are_malformed() {
        let many = |n: usize| {
            let objects = "<Object><Key>k</Key></Object>".repeat(n);
            format!("<Delete>{objects}</Delete>")
        };
        assert_eq!(read_delete(&many(1000)).unwrap().objects.len(), 1000);
        for text in [
            "",
            "<Delete/>",
            "<Other><Object><Key>k</Key></Object></Other>",
            "<Delete><Object/></Delete>",
            "<Delete><Object><Key/></Object></Delete>",
            "<Delete><Quiet>maybe</Quiet><Object><Key>k</Key></Object></Delete>",
            "<!DOCTYPE d [<!ENTITY a \"k\">]><Delete><Object><Key>&a;</Key></Object></Delete>",
            &many(1001),
        ] {
            assert_eq!(read_delete(text), Err(DocumentError::Malformed), "{text}");
        }
    }
}
