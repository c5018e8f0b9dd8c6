//! Reads the documents of requests and answers. Document types are refused, and with them entities.

use alloc::string::String;
use alloc::vec::Vec;

use roxmltree::{Document, Node, ParsingOptions};

use crate::{Checksum, ChecksumAlgorithm, PartNumber, date};

/// Most nodes in a document: 10,000 parts of a few elements with their white space. A page of a
/// listing has a tenth of that.
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

/// One page of a listing, as ListObjectsV2 answers it. Names are spelled as the document has them.
///
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html>
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListPage {
    /// The objects.
    pub contents: Vec<ListedObject>,
    /// What keys begin with that the delimiter folded into one.
    pub common_prefixes: Vec<String>,
    /// Whether names are percent-encoded.
    pub is_url_encoded: bool,
    /// Whether another page follows.
    pub is_truncated: bool,
    /// What asks for it.
    pub next_continuation_token: Option<String>,
}

/// One object of a [`ListPage`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedObject {
    /// Its key.
    pub key: String,
    /// Its size in bytes.
    pub size: u64,
    /// When it was written: milliseconds since 1970.
    pub modified_ms: u64,
    /// Its tag, in quotes, when there is one.
    pub etag: Option<String>,
    /// Its storage class, when there is one.
    pub storage_class: Option<String>,
}

/// Reads a `ListBucketResult` document.
///
/// # Errors
/// When it is not such a document, and when an object has no key, size or date.
pub fn read_list_objects_v2(text: &str) -> Result<ListPage, DocumentError> {
    let document = parse(text)?;
    let root = document.root_element();
    if root.tag_name().name() != "ListBucketResult" {
        return Err(DocumentError::Malformed);
    }
    let of_kind = |kind| elements(root).filter(move |node| is(*node, kind));
    Ok(ListPage {
        contents: of_kind("Contents").map(listed).collect::<Result<_, _>>()?,
        common_prefixes: of_kind("CommonPrefixes")
            .map(|node| child(node, "Prefix").map(String::from).ok_or(DocumentError::Malformed))
            .collect::<Result<_, _>>()?,
        is_url_encoded: child(root, "EncodingType") == Some("url"),
        is_truncated: child(root, "IsTruncated").is_some_and(|text| text.trim() == "true"),
        next_continuation_token: child(root, "NextContinuationToken").map(String::from),
    })
}

fn listed(node: Node<'_, '_>) -> Result<ListedObject, DocumentError> {
    let text = |name| child(node, name).ok_or(DocumentError::Malformed);
    let size = text("Size")?.trim().parse().map_err(|_| DocumentError::Malformed)?;
    Ok(ListedObject {
        key: text("Key")?.into(),
        size,
        modified_ms: date::parse_iso(text("LastModified")?).ok_or(DocumentError::Malformed)?,
        etag: child(node, "ETag").map(String::from),
        storage_class: child(node, "StorageClass").map(String::from),
    })
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

/// The members of the first list named `name`, at any depth, each as the names and texts of its
/// elements; of a member that is text alone, that text under the name `member`. As the query
/// protocol of IAM spells lists.
#[must_use]
pub fn read_members(text: &str, name: &str) -> Vec<Vec<(String, String)>> {
    let Ok(document) = parse(text) else { return Vec::new() };
    let Some(list) = document.root_element().descendants().find(|node| is(*node, name)) else {
        return Vec::new();
    };
    let pair =
        |node: Node<'_, '_>| (node.tag_name().name().into(), node.text().unwrap_or("").into());
    let member = |node: Node<'_, '_>| match elements(node).next() {
        Some(_) => elements(node).map(pair).collect(),
        None => [pair(node)].into(),
    };
    elements(list).filter(|node| is(*node, "member")).map(member).collect()
}

pub(super) fn parse(text: &str) -> Result<Document<'_>, DocumentError> {
    let options = ParsingOptions { allow_dtd: false, nodes_limit: NODES_MAX, ..Default::default() };
    Document::parse_with_options(text, options).map_err(|_| DocumentError::Malformed)
}

pub(super) fn is(node: Node<'_, '_>, name: &str) -> bool {
    node.is_element() && node.tag_name().name() == name
}

pub(super) fn elements<'a, 'i>(node: Node<'a, 'i>) -> impl Iterator<Item = Node<'a, 'i>> {
    node.children().filter(Node::is_element)
}

pub(super) fn child<'a>(node: Node<'a, '_>, name: &str) -> Option<&'a str> {
    elements(node).find(|n| is(*n, name)).map(|n| n.text().unwrap_or(""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    use alloc::vec;

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
    fn a_page_of_a_listing_is_read() {
        let object = "<Contents><Key>a+b%2F</Key><LastModified>2013-05-24T00:00:00.123Z\
                      </LastModified><ETag>&quot;e&quot;</ETag><Size>7</Size>\
                      <StorageClass>STANDARD</StorageClass></Contents>";
        let text = alloc::format!(
            "<ListBucketResult><Prefix>x</Prefix><EncodingType>url</EncodingType><IsTruncated>true\
             </IsTruncated>{object}<NextContinuationToken>t</NextContinuationToken>\
             <CommonPrefixes><Prefix>p/</Prefix></CommonPrefixes></ListBucketResult>"
        );
        let page = read_list_objects_v2(&text).unwrap();
        let expected = ListedObject {
            key: "a+b%2F".into(),
            size: 7,
            modified_ms: 1_369_353_600_123,
            etag: Some("\"e\"".into()),
            storage_class: Some("STANDARD".into()),
        };
        assert_eq!((page.contents, page.common_prefixes), (vec![expected], vec!["p/".to_string()]));
        assert!(page.is_url_encoded && page.is_truncated);
        assert_eq!(page.next_continuation_token.as_deref(), Some("t"));
        let empty = read_list_objects_v2("<ListBucketResult/>").unwrap();
        assert!(empty.contents.is_empty() && !empty.is_truncated && !empty.is_url_encoded);
    }

    #[test]
    fn a_listing_with_a_hole_is_malformed() {
        for text in [
            "<Other/>",
            "<ListBucketResult><Contents/></ListBucketResult>",
            "<ListBucketResult><Contents><Key>k</Key><Size>-1</Size>\
             <LastModified>2013-05-24T00:00:00Z</LastModified></Contents></ListBucketResult>",
            "<ListBucketResult><CommonPrefixes/></ListBucketResult>",
        ] {
            assert_eq!(read_list_objects_v2(text), Err(DocumentError::Malformed), "{text}");
        }
    }

    #[test]
    fn an_element_is_found_at_any_depth() {
        assert_eq!(read_element("<a><b><Code>X</Code></b></a>", "Code").as_deref(), Some("X"));
        assert_eq!(read_element("<a/>", "Code"), None);
    }
}
