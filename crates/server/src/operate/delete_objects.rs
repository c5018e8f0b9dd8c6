//! DeleteObjects: many keys in one request and one commit, each with an answer of its own.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html>

use s3::Code;
use s3::xml::{NamedObject, Writer, read_delete};
use store::{Deleted, Deletion};

use super::Outcome;
use crate::authorize::Permit;
use crate::body::{Arriving, OfTheBody, has_digest, take_document};
use crate::house::House;
use crate::refusal::Refusal;

pub(super) async fn delete(
    permit: &Permit,
    body: &mut Arriving,
    house: &House,
) -> Result<Outcome, Refusal> {
    let bucket = permit.bucket()?;
    let refused = |error| Refusal::of_store(error, permit);
    house.store.bucket(bucket).map_err(refused)?;
    if permit.call().header("x-amz-mfa").is_some() {
        return Err(Refusal::not_implemented_header("x-amz-mfa"));
    }
    if !has_digest(permit.call()) {
        return Err(Refusal::new(Code::InvalidRequest)
            .saying("Missing required header for this request: Content-MD5"));
    }
    let text = take_document(permit, body, OfTheBody::Checksum).await?;
    let delete = read_delete(&text).map_err(|_| Refusal::new(Code::MalformedXML))?;
    let asked: Vec<(NamedObject, Result<Deletion, Refusal>)> =
        delete.objects.into_iter().map(|named| (named.clone(), permit.deletion(named))).collect();
    let permitted = asked.iter().filter_map(|(_, permitted)| permitted.as_ref().ok().cloned());
    let answers = house.store.delete_many(bucket, permitted.collect(), house.now_ms()).await;
    let mut answers = answers.map_err(refused)?.into_iter().map(|answer| answer.map_err(refused));
    // Those that were not permitted have no answer of the store.
    let results = asked.into_iter().map(|(named, permitted)| {
        let answer = permitted.and_then(|_| answers.next().unwrap_or_else(|| Err(unanswered())));
        (named, answer)
    });
    Ok(outcome(&results.collect::<Vec<_>>(), delete.is_quiet))
}

fn unanswered() -> Refusal {
    Refusal::new(Code::InternalError).because("the store left a deletion without an answer")
}

fn outcome(results: &[(NamedObject, Result<Deleted, Refusal>)], is_quiet: bool) -> Outcome {
    let document = Writer::new().root("DeleteResult", |root| {
        for (named, result) in results {
            match result {
                Ok(_) if is_quiet => {}
                Ok(deleted) => root.element("Deleted", |line| deleted_to(line, named, *deleted)),
                Err(refusal) => root.element("Error", |line| error_to(line, named, refusal)),
            }
        }
    });
    let errors = results.iter().filter_map(|(_, result)| result.as_ref().err());
    let because = errors.filter_map(Refusal::why).next().map(str::to_owned);
    Outcome { because, ..Outcome::document(document.finish()) }
}

fn name_to(line: &mut Writer, named: &NamedObject) {
    line.text("Key", &named.key);
    if let Some(id) = &named.version_id {
        line.text("VersionId", id);
    }
}

fn deleted_to(line: &mut Writer, named: &NamedObject, deleted: Deleted) {
    name_to(line, named);
    if let Some(marker) = deleted.marker {
        line.text("DeleteMarker", true);
        line.text("DeleteMarkerVersionId", marker);
    }
}

fn error_to(line: &mut Writer, named: &NamedObject, refusal: &Refusal) {
    name_to(line, named);
    line.text("Code", refusal.code().row().word);
    line.text("Message", refusal.message());
}
