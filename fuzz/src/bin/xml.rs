//! XML documents: no document panics a reader, what a reader understood reads the same when it is
//! written again, and a text that is written can become no markup.

#![no_main]

use libfuzzer_sys::fuzz_target;
use s3::Tags;
use s3::xml::{
    CompletedPart, Delete, Writer, read_complete_multipart_upload, read_create_bucket,
    read_create_bucket_tags, read_delete, read_element, read_tagging, read_versioning,
    write_tagging,
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
    if let Ok(delete) = read_delete(text)
        && delete.objects.iter().all(|object| object.unknown_condition.is_none())
    {
        assert_eq!(read_delete(&deletion(&delete)), Ok(delete));
    }
    if let Ok(tags) = read_tagging(text) {
        assert_eq!(read_tagging(&write_tagging(&Tags::known(tags.clone()))), Ok(tags));
    }
    _ = read_create_bucket_tags(text);
    _ = read_versioning(text);
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

fn deletion(delete: &Delete) -> String {
    let document = Writer::new().root("Delete", |root| {
        root.text("Quiet", delete.is_quiet);
        for object in &delete.objects {
            root.element("Object", |w| {
                w.text("Key", &object.key);
                let more = [("VersionId", &object.version_id), ("ETag", &object.etag)];
                for (name, text) in more {
                    text.iter().for_each(|text| w.text(name, text));
                }
            });
        }
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
