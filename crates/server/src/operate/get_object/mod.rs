//! GetObject and HeadObject: conditions, range or part, overrides, then the bytes.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html>

mod part;

use std::ops::Range;

use http::header::{ACCEPT_RANGES, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, LAST_MODIFIED};
use http::{HeaderName, HeaderValue, StatusCode};
use s3::operation::On;
use s3::precondition::{Preconditions, Verdict};
use s3::range::ByteRange;
use s3::{Code, date};
use store::{Object, OpenObject, Reader, Step};

use super::Outcome;
use crate::authorize::{OVERRIDES, Permit};
use crate::body::Content;
use crate::house::House;
use crate::limits::PIECE_BYTES;
use crate::read::Call;
use crate::refusal::Refusal;
use part::Part;

/// Content type of an object that was written without one.
const DEFAULT_TYPE: HeaderValue = HeaderValue::from_static("binary/octet-stream");
/// The unit of ranges.
const BYTES: HeaderValue = HeaderValue::from_static("bytes");
/// Content that is read before the answer begins, so that it leaves in one piece with its head,
/// and a damaged one can still be refused.
const AT_ONCE_BYTES_MAX: usize = 64 * 1024;
const PARTS_COUNT: HeaderName = HeaderName::from_static("x-amz-mp-parts-count");
const TAG_COUNT: HeaderName = HeaderName::from_static("x-amz-tagging-count");

pub(super) async fn get(permit: &Permit, house: &House) -> Result<Outcome, Refusal> {
    let refused = |error| Refusal::of_store(error, permit);
    let (bucket, key) = (permit.bucket()?, permit.key()?);
    let opened = house.store.open_version(bucket, key, permit.version()).map_err(refused)?;
    permit.confirm(On::Object, &opened.object)?;
    let part = part::of(permit.call(), &opened)?;
    let (outcome, range) = head_of(permit, &opened.object, part)?;
    let content = content(permit, house, opened, range).await?;
    Ok(Outcome { content, ..outcome })
}

pub(super) fn head(permit: &Permit, house: &House) -> Result<Outcome, Refusal> {
    let refused = |error| Refusal::of_store(error, permit);
    let (bucket, key, version) = (permit.bucket()?, permit.key()?, permit.version());
    if part::is_asked(permit.call()) {
        let opened = house.store.open_version(bucket, key, version).map_err(refused)?;
        permit.confirm(On::Object, &opened.object)?;
        let part = part::of(permit.call(), &opened)?;
        return Ok(head_of(permit, &opened.object, part)?.0);
    }
    let object = house.store.object_version(bucket, key, version).map_err(refused)?;
    permit.confirm(On::Object, &object)?;
    Ok(head_of(permit, &object, None)?.0)
}

async fn content(
    permit: &Permit,
    house: &House,
    mut opened: OpenObject,
    range: Range<u64>,
) -> Result<Content, Refusal> {
    let refused = |error| Refusal::of_store(error, permit);
    if let Some(bytes) = opened.take_bytes(&range) {
        return Ok(Content::Bytes(bytes.into()));
    }
    let length = usize::try_from(range.end - range.start).unwrap_or(usize::MAX);
    let mut reader = opened.reader(range).map_err(refused)?;
    if length > AT_ONCE_BYTES_MAX {
        return Ok(Content::object(reader, house.pieces.share()));
    }
    let mut bytes = vec![0; length];
    let mut filled = 0;
    while let Some(rest) = bytes.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match reader.read_ready(rest).map_err(refused)? {
            Step::Read(length) => filled += length,
            Step::End => break,
            Step::WouldBlock => {
                let (again, read) = read_aside(reader, rest.len()).await?;
                let read = read.map_err(refused)?;
                rest.iter_mut().zip(&read).for_each(|(to, from)| *to = *from);
                filled += read.len();
                reader = again;
            }
        }
    }
    bytes.truncate(filled);
    Ok(Content::Bytes(bytes.into()))
}

/// Reads on a thread that may wait for the disk.
async fn read_aside(
    mut reader: Reader,
    length: usize,
) -> Result<(Reader, Result<Vec<u8>, store::StoreError>), Refusal> {
    let work = tokio::task::spawn_blocking(move || {
        let mut bytes = vec![0; length.min(PIECE_BYTES)];
        let read = reader.read(&mut bytes).map(|length| {
            bytes.truncate(length);
            bytes
        });
        (reader, read)
    });
    work.await.map_err(Refusal::of_task)
}

/// Status and headers of the answer, and the bytes that belong to it.
fn head_of(
    permit: &Permit,
    object: &Object,
    part: Option<Part>,
) -> Result<(Outcome, Range<u64>), Refusal> {
    let call = permit.call();
    let summary = &object.summary;
    judge(call, object)?;
    let range = match &part {
        Some(part) => Some(part.range.clone()),
        None => range(call, object)?,
    };
    let bytes = range.clone().unwrap_or(0..summary.size);
    // There is no way to say which bytes none are.
    let range = range.filter(|range| !range.is_empty());
    let status = if range.is_some() { StatusCode::PARTIAL_CONTENT } else { StatusCode::OK };
    let mut outcome = Outcome { object_bytes: Some(summary.size), ..Outcome::status(status) }
        .with_text(LAST_MODIFIED, date::http(summary.modified_ms))
        .with_etag(&summary.etag)
        .with_number(CONTENT_LENGTH, bytes.end - bytes.start);
    outcome.headers.insert(ACCEPT_RANGES, BYTES);
    outcome.headers.insert(CONTENT_TYPE, DEFAULT_TYPE);
    let checksum = match part {
        Some(Part { count, checksum, .. }) => {
            if let Some(count) = count {
                outcome = outcome.with(PARTS_COUNT, &count.to_string());
            }
            checksum
        }
        None => range.is_none().then(|| summary.checksum.clone()),
    };
    if let Some(range) = range {
        let (last, size) = (range.end - 1, summary.size);
        outcome = outcome.with(CONTENT_RANGE, &format!("bytes {}-{last}/{size}", range.start));
    }
    if let Some(checksum) = checksum
        && call.header("x-amz-checksum-mode").is_some_and(is_enabled)
    {
        outcome = outcome.with_checksum(&checksum);
    }
    outcome = outcome.with_version(object.version);
    outcome = tag_count_to(outcome, permit, object);
    attributes_to(&mut outcome, object);
    overrides_to(&mut outcome, call)?;
    Ok((outcome, bytes))
}

/// Says how many tags there are, to who may read them.
fn tag_count_to(outcome: Outcome, permit: &Permit, object: &Object) -> Outcome {
    let action = match permit.version() {
        Some(_) => "s3:GetObjectVersionTagging",
        None => "s3:GetObjectTagging",
    };
    if object.tags.is_empty() || permit.demand_for(On::Object, action, object).is_err() {
        return outcome;
    }
    outcome.with(TAG_COUNT, &object.tags.len().to_string())
}

fn is_enabled(value: &str) -> bool {
    value.eq_ignore_ascii_case("enabled")
}

fn judge(call: &Call, object: &Object) -> Result<(), Refusal> {
    let summary = &object.summary;
    let conditions = Preconditions {
        if_match: call.header("if-match"),
        if_none_match: call.header("if-none-match"),
        if_modified_since: call.header("if-modified-since").and_then(date::parse_http),
        if_unmodified_since: call.header("if-unmodified-since").and_then(date::parse_http),
    };
    match conditions.judge(&summary.etag, summary.modified_ms) {
        Verdict::Holds => Ok(()),
        Verdict::NotModified => Err(Refusal::new(Code::NotModified)
            .header("etag", summary.etag.quoted())
            .header("last-modified", date::http(summary.modified_ms))),
        Verdict::Fails(condition) => Err(Refusal::precondition(condition)),
    }
}

/// The range that was asked for, unless `If-Range` names another state of the object.
fn range(call: &Call, object: &Object) -> Result<Option<Range<u64>>, Refusal> {
    let Some(text) = call.header("range") else {
        return Ok(None);
    };
    let Some(range) = ByteRange::parse(text) else {
        return Ok(None);
    };
    let summary = &object.summary;
    let is_other_state = |condition: &str| {
        !summary.etag.matches(condition) && condition != date::http(summary.modified_ms)
    };
    if call.header("if-range").is_some_and(is_other_state) {
        return Ok(None);
    }
    let resolved = range.resolve(summary.size).map_err(|_| {
        Refusal::new(Code::InvalidRange)
            .with("RangeRequested", text)
            .with("ActualObjectSize", summary.size)
            .header("content-range", format!("bytes */{}", summary.size))
    })?;
    Ok(Some(resolved))
}

fn attributes_to(outcome: &mut Outcome, object: &Object) {
    for (name, value) in &object.attributes.0 {
        let header = HeaderName::from_bytes(name.as_bytes()).ok();
        let value = HeaderValue::from_bytes(value).ok();
        if let (Some(name), Some(value)) = (header, value) {
            outcome.headers.insert(name, value);
        }
    }
}

/// Replaces headers by what `response-*` parameters say. Characters beyond Latin-1 have no
/// spelling in a header.
fn overrides_to(outcome: &mut Outcome, call: &Call) -> Result<(), Refusal> {
    for (parameter, header) in OVERRIDES {
        let Some(text) = call.parameter(parameter) else {
            continue;
        };
        let latin: Option<Vec<u8>> = text.chars().map(|c| u8::try_from(c).ok()).collect();
        let value = latin.and_then(|bytes| HeaderValue::from_bytes(&bytes).ok());
        let value = value.ok_or_else(|| {
            Refusal::argument(parameter, text)
                .saying("Header value cannot be represented using ISO-8859-1.")
        })?;
        outcome.headers.insert(HeaderName::from_static(header), value);
    }
    Ok(())
}
