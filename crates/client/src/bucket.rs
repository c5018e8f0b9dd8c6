//! CreateBucket. <https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html>

use s3::{BucketName, Code, Operation, xml};

use crate::body::Payload;
use crate::client::{Call, Client};
use crate::config::REGION_DEFAULT;
use crate::error::{Error, ErrorKind};
use crate::target::Target;

impl Client {
    /// Makes a private bucket in the client's region; one that the caller has already is fine.
    ///
    /// # Errors
    /// A name that somebody else has, and whatever keeps the request from being answered.
    pub async fn create_bucket(&self, bucket: &BucketName) -> Result<(), Error> {
        let operation = Operation::CreateBucket;
        let target = Target::bucket(self.config(), bucket)
            .map_err(|wrong| Error::of(operation, ErrorKind::Target(wrong)))?;
        let call = Call {
            operation,
            target: &target,
            query: &[],
            headers: &[],
            payload: location(&self.config().region),
        };
        match self.call(&call).await {
            Err(e) if is_owned_already(&e) => Ok(()),
            answer => answer.map(drop),
        }
    }
}

fn is_owned_already(error: &Error) -> bool {
    let name = Code::BucketAlreadyOwnedByYou.row().word;
    matches!(error.kind(), ErrorKind::Refused { code, .. } if code == name)
}

/// The region as S3 wants it: the first one has no name here.
fn location(region: &str) -> Payload {
    if region == REGION_DEFAULT {
        return Payload::NOTHING;
    }
    let document = xml::Writer::new().root("CreateBucketConfiguration", |w| {
        w.text("LocationConstraint", region);
    });
    Payload::Document(document.finish().into())
}
