//! XML documents: no document panics a reader, what a reader understood reads the same when it is
//! written again, and a text that is written can become no markup.

#![no_main]

use libfuzzer_sys::fuzz_target;
use s3::xml::{
    CompletedPart, Writer, read_complete_multipart_upload, read_create_bucket, read_element,
};

fuzz_target!(|text: &str| {
    if let Ok(parts) = read_complete_multipart_upload(text) {
        assert!(!parts.is_empty());
        assert_eq!(read_complete_multipart_upload(&written(&parts)), Ok(parts));
    }
    if let Ok(Some(location)) = read_create_bucket(text) {
        let again = Writer::new()
            .root("CreateBucketConfiguration", |w| w.text("LocationConstraint", &location));
        assert_eq!(read_create_bucket(&again.finish()), Ok(Some(location)));
    }
    for name in ["Code", "UploadId"] {
        if let Some(found) = read_element(text, name) {
            let again = Writer::new().root("R", |w| w.text(name, &found));
            assert_eq!(read_element(&again.finish(), name), Some(found));
        }
    }
    reads_back(text);
});

fn written(parts: &[CompletedPart]) -> String {
    let part = |w: &mut Writer, part: &CompletedPart| {
        w.text("PartNumber", part.number.get());
        w.text("ETag", &part.etag);
        if let Some(sum) = &part.checksum {
            w.text(sum.algorithm.element(), sum.text());
        }
    };
    let document = Writer::new().root("CompleteMultipartUpload", |w| {
        parts.iter().for_each(|one| w.element("Part", |w| part(w, one)));
    });
    document.finish()
}

/// A text of characters that XML can carry reads back as it was; another one may be refused, but
/// is never read as something else.
fn reads_back(text: &str) {
    let document = Writer::new().root("R", |w| w.text("Text", text)).finish();
    let read = read_element(&document, "Text");
    let is_xml = |c: char| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{fffd}' | '\u{10000}'..);
    match read {
        Some(read) => assert_eq!(read, text),
        None => assert!(!text.chars().all(is_xml), "not read back"),
    }
}
