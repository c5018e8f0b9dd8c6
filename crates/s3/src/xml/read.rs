//! Reads the documents that requests carry. Document types are refused, and with them entities.

use alloc::string::String;
use alloc::vec::Vec;

use roxmltree::{Document, Node, ParsingOptions};

use crate::{Checksum, ChecksumAlgorithm, PartNumber};

/// Most nodes in a document: 10,000 parts of a few elements with their white space.
const NODES_MAX: u32 = 200_000;

/// Why a document cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DocumentError {
    /// Not XML, or not the document that belongs here.
    Malformed,
}

/// One part in a `CompleteMultipartUpload` document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompletedPart {
    /// Which part.
    pub number: PartNumber,
    /// Its tag, as the client has it.
    pub etag: String,
    /// Its checksum, when the client says one.
    pub checksum: Option<Checksum>,
}

/// Reads the parts of a `CompleteMultipartUpload` document, in the order given.
///
/// # Errors
/// When it is not such a document, or lists no part.
pub fn read_complete_multipart_upload(text: &str) -> Result<Vec<CompletedPart>, DocumentError> {
    let document = parse(text)?;
    let root = document.root_element();
    if root.tag_name().name() != "CompleteMultipartUpload" {
        return Err(DocumentError::Malformed);
    }
    let parts: Vec<_> =
        elements(root).filter(|n| is(*n, "Part")).map(part).collect::<Result<_, _>>()?;
    if parts.is_empty() { Err(DocumentError::Malformed) } else { Ok(parts) }
}

fn part(node: Node<'_, '_>) -> Result<CompletedPart, DocumentError> {
    let number = child(node, "PartNumber").ok_or(DocumentError::Malformed)?;
    let number = PartNumber::parse(number.trim()).map_err(|_| DocumentError::Malformed)?;
    let etag = child(node, "ETag").ok_or(DocumentError::Malformed)?.trim().into();
    let mut checksum = None;
    for algorithm in ChecksumAlgorithm::ALL {
        if let Some(text) = child(node, algorithm.element()) {
            let sum = Checksum::parse(algorithm, text).ok_or(DocumentError::Malformed)?;
            checksum = Some(sum);
        }
    }
    Ok(CompletedPart { number, etag, checksum })
}

/// The location constraint of a `CreateBucketConfiguration` document; none when it has none.
///
/// # Errors
/// When it is not such a document.
pub fn read_create_bucket(text: &str) -> Result<Option<String>, DocumentError> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    let document = parse(text)?;
    let root = document.root_element();
    if root.tag_name().name() != "CreateBucketConfiguration" {
        return Err(DocumentError::Malformed);
    }
    Ok(child(root, "LocationConstraint").map(|location| location.trim().into()))
}

/// The text of the first element named `name`, at any depth: enough for a client to read a code,
/// a message or an upload id.
#[must_use]
pub fn read_element(text: &str, name: &str) -> Option<String> {
    let document = parse(text).ok()?;
    let found = document.root_element().descendants().find(|node| is(*node, name))?;
    Some(found.text().unwrap_or("").into())
}

fn parse(text: &str) -> Result<Document<'_>, DocumentError> {
    let options = ParsingOptions { allow_dtd: false, nodes_limit: NODES_MAX, ..Default::default() };
    Document::parse_with_options(text, options).map_err(|_| DocumentError::Malformed)
}

fn is(node: Node<'_, '_>, name: &str) -> bool {
    node.is_element() && node.tag_name().name() == name
}

fn elements<'a, 'i>(node: Node<'a, 'i>) -> impl Iterator<Item = Node<'a, 'i>> {
    node.children().filter(Node::is_element)
}

fn child<'a>(node: Node<'a, '_>, name: &str) -> Option<&'a str> {
    elements(node).find(|n| is(*n, name)).map(|n| n.text().unwrap_or(""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn parts_are_read_with_and_without_namespace() {
        for xmlns in ["", " xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\""] {
            let text = alloc::format!(
                "<CompleteMultipartUpload{xmlns}><Part><ETag>\"ab\"</ETag>\
                 <PartNumber>2</PartNumber>\
                 <ChecksumCRC32>AAAAAA==</ChecksumCRC32></Part></CompleteMultipartUpload>"
            );
            let parts = read_complete_multipart_upload(&text).unwrap();
            assert_eq!((parts[0].number.get(), parts[0].etag.as_str()), (2, "\"ab\""));
            assert!(parts[0].checksum.is_some());
        }
    }

    #[test]
    fn ten_thousand_parts_fit() {
        let part = "<Part>\n <PartNumber>7</PartNumber>\n <ETag>x</ETag>\n</Part>\n".repeat(10_000);
        let text = alloc::format!("<CompleteMultipartUpload>{part}</CompleteMultipartUpload>");
        assert_eq!(read_complete_multipart_upload(&text).unwrap().len(), 10_000);
    }

    #[test]
    fn other_documents_are_malformed() {
        for text in [
            "",
            "x",
            "<a/>",
            "<CompleteMultipartUpload/>",
            "<CompleteMultipartUpload><Part/></CompleteMultipartUpload>",
            "<CompleteMultipartUpload><Part><PartNumber>0</PartNumber><ETag/></Part>\
             </CompleteMultipartUpload>",
            "<!DOCTYPE x [<!ENTITY a \"aaaa\">]><CompleteMultipartUpload/>",
        ] {
            assert_eq!(
                read_complete_multipart_upload(text),
                Err(DocumentError::Malformed),
                "{text}"
            );
        }
    }

    #[test]
    fn a_bucket_may_come_without_a_location() {
        assert_eq!(read_create_bucket(""), Ok(None));
        assert_eq!(read_create_bucket("<CreateBucketConfiguration/>"), Ok(None));
        let text = "<CreateBucketConfiguration><LocationConstraint>eu-west-1</LocationConstraint>\
                    </CreateBucketConfiguration>";
        assert_eq!(read_create_bucket(text), Ok(Some("eu-west-1".to_string())));
        assert_eq!(read_create_bucket("<Other/>"), Err(DocumentError::Malformed));
    }

    #[test]
    fn an_element_is_found_at_any_depth() {
        assert_eq!(read_element("<a><b><Code>X</Code></b></a>", "Code").as_deref(), Some("X"));
        assert_eq!(read_element("<a/>", "Code"), None);
    }
}
