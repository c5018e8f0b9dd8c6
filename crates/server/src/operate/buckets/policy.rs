//! PutBucketPolicy, GetBucketPolicy, DeleteBucketPolicy, GetBucketPolicyStatus.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketPolicy.html>. Whoever is allowed
//! to and is not of the bucket's account may still not, as in S3: the policy is the owner's.

use std::sync::Arc;

use http::StatusCode;
use http::header::CONTENT_TYPE;
use policy::{Kind, POLICY_BYTES_MAX, Policy};
use s3::Code;
use s3::xml::Writer;
use store::Configuration;

use super::super::Outcome;
use crate::authorize::{Permit, read_block};
use crate::body::{Arriving, Content, OfTheBody, take_text};
use crate::house::House;
use crate::refusal::Refusal;

const CONFIRM: &str = "x-amz-confirm-remove-self-bucket-access";

pub(in crate::operate) async fn put_policy(
    permit: &Permit,
    body: &mut Arriving,
    house: &House,
) -> Result<Outcome, Refusal> {
    check_account(permit)?;
    super::find(permit, house)?;
    let is_confirmed = match permit.call().header(CONFIRM) {
        None | Some("false") => false,
        Some("true") => true,
        Some(other) => return Err(Refusal::argument(CONFIRM, other)),
    };
    let text = take_text(permit, body, OfTheBody::Checksum, POLICY_BYTES_MAX).await?;
    let policy = parse(permit, &text)?;
    if !is_confirmed && permit.would_be_denied(&policy, "s3:PutBucketPolicy") {
        return Err(Refusal::new(Code::AccessDenied).saying(format!(
            "The policy would deny you s3:PutBucketPolicy. To put it all the same, send {CONFIRM}: \
             true."
        )));
    }
    let is_public = policy.is_public();
    let (bucket, store) = (permit.bucket()?.clone(), house.store.clone());
    let books = Arc::clone(&house.rulebooks);
    let put = async move {
        let _turn = books.turn().await;
        let [block] = store.configurations(&bucket, [Configuration::PublicAccessBlock])?;
        let block = read_block(block.as_deref()).unwrap_or_default();
        if block.block_public_policy && is_public {
            return Ok(false);
        }
        store.configure(&bucket, Configuration::Policy, Some(text)).await.map(|()| true)
    };
    let put = house.rulebooks.change(permit.bucket()?, put).await?;
    match put.map_err(|error| Refusal::of_store(error, permit))? {
        true => Ok(Outcome::status(StatusCode::NO_CONTENT)),
        false => Err(permit.public_policy_blocked()),
    }
}

fn parse(permit: &Permit, text: &[u8]) -> Result<Policy, Refusal> {
    let malformed = Refusal::new(Code::MalformedPolicy);
    let Ok(text) = std::str::from_utf8(text) else {
        return Err(malformed);
    };
    let bucket = permit.bucket()?.as_str();
    Policy::parse(text, Kind::Resource { bucket })
        .map_err(|error| malformed.saying(error.to_string()))
}

pub(in crate::operate) fn get_policy(permit: &Permit, house: &House) -> Result<Outcome, Refusal> {
    check_account(permit)?;
    let text = kept(permit, house)?;
    Ok(Outcome { content: Content::Bytes(text.into()), ..Outcome::status(StatusCode::OK) }
        .with(CONTENT_TYPE, "application/json"))
}

pub(in crate::operate) async fn delete_policy(
    permit: &Permit,
    house: &House,
) -> Result<Outcome, Refusal> {
    check_account(permit)?;
    let bucket = permit.bucket()?;
    let deleted = house.store.configure(bucket, Configuration::Policy, None).into_future();
    let deleted = house.rulebooks.change(bucket, deleted).await?;
    deleted.map_err(|error| Refusal::of_store(error, permit))?;
    Ok(Outcome::status(StatusCode::NO_CONTENT))
}

pub(in crate::operate) fn policy_status(
    permit: &Permit,
    house: &House,
) -> Result<Outcome, Refusal> {
    let text = kept(permit, house)?;
    let policy = parse(permit, &text)?;
    let document =
        Writer::new().root("PolicyStatus", |root| root.text("IsPublic", policy.is_public()));
    Ok(Outcome::document(document.finish()))
}

/// The text of the policy, as it was put.
fn kept(permit: &Permit, house: &House) -> Result<Vec<u8>, Refusal> {
    let bucket = permit.bucket()?;
    let found = house.store.configurations(bucket, [Configuration::Policy]);
    let [text] = found.map_err(|error| Refusal::of_store(error, permit))?;
    text.ok_or_else(|| Refusal::new(Code::NoSuchBucketPolicy).with("BucketName", bucket))
}

fn check_account(permit: &Permit) -> Result<(), Refusal> {
    if permit.caller().principal().account() == Some(identity::ACCOUNT_ID) {
        return Ok(());
    }
    Err(Refusal::new(Code::MethodNotAllowed)
        .with("Method", permit.call().row.method)
        .with("ResourceType", "BUCKETPOLICY")
        .because("the caller is not of the account that owns the bucket"))
}
