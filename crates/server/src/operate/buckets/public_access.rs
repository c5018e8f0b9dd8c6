//! PutPublicAccessBlock, GetPublicAccessBlock, DeletePublicAccessBlock.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutPublicAccessBlock.html>. All four
//! switches are on until somebody says otherwise.

use std::sync::Arc;

use http::StatusCode;
use policy::PublicAccessBlock;
use s3::Code;
use s3::xml::{PublicAccess, read_public_access, write_public_access};
use store::Configuration;

use super::super::Outcome;
use crate::authorize::{Permit, read_block, write_block};
use crate::body::{Arriving, OfTheBody, take_document};
use crate::house::House;
use crate::refusal::Refusal;

pub(in crate::operate) async fn put_public_access(
    permit: &Permit,
    body: &mut Arriving,
    house: &House,
) -> Result<Outcome, Refusal> {
    super::find(permit, house)?;
    let text = take_document(permit, body, OfTheBody::Checksum).await?;
    let asked = read_public_access(&text).map_err(|_| Refusal::new(Code::MalformedXML))?;
    let block = PublicAccessBlock {
        block_public_acls: asked.block_public_acls,
        ignore_public_acls: asked.ignore_public_acls,
        block_public_policy: asked.block_public_policy,
        restrict_public_buckets: asked.restrict_public_buckets,
    };
    set(permit, house, write_block(block)).await?;
    Ok(Outcome::status(StatusCode::OK))
}

pub(in crate::operate) fn get_public_access(
    permit: &Permit,
    house: &House,
) -> Result<Outcome, Refusal> {
    let bucket = permit.bucket()?;
    let found = house.store.configurations(bucket, [Configuration::PublicAccessBlock]);
    let [kept] = found.map_err(|error| Refusal::of_store(error, permit))?;
    let block = read_block(kept.as_deref()).ok_or_else(|| {
        Refusal::new(Code::NoSuchPublicAccessBlockConfiguration).with("BucketName", bucket)
    })?;
    Ok(Outcome::document(write_public_access(PublicAccess {
        block_public_acls: block.block_public_acls,
        ignore_public_acls: block.ignore_public_acls,
        block_public_policy: block.block_public_policy,
        restrict_public_buckets: block.restrict_public_buckets,
    })))
}

/// Takes the switches off, which leaves nothing that blocks.
pub(in crate::operate) async fn delete_public_access(
    permit: &Permit,
    house: &House,
) -> Result<Outcome, Refusal> {
    set(permit, house, Vec::new()).await?;
    Ok(Outcome::status(StatusCode::NO_CONTENT))
}

async fn set(permit: &Permit, house: &House, kept: Vec<u8>) -> Result<(), Refusal> {
    let (bucket, store) = (permit.bucket()?.clone(), house.store.clone());
    let books = Arc::clone(&house.rulebooks);
    let set = async move {
        let _turn = books.turn().await;
        store.configure(&bucket, Configuration::PublicAccessBlock, Some(kept)).await
    };
    let set = house.rulebooks.change(permit.bucket()?, set).await?;
    set.map_err(|error| Refusal::of_store(error, permit))
}
