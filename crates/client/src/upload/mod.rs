//! From a file to an object: in one request, or in parts when it is large.
//!
//! Every byte is covered by a CRC64NVME that is computed before it leaves and checked by the
//! service; over plain HTTP the signature covers the SHA-256 as well. No failure leaves an object
//! or a part behind, as far as the service still answers.
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html>

mod parts;

use std::future::Future;
use std::path::Path;
use std::sync::Arc;

use s3::{BucketName, Checksum, ChecksumAlgorithm, ObjectKey, Operation};

use crate::body::Payload;
use crate::client::{Call, Client};
use crate::endpoint::Scheme;
use crate::error::{Error, ErrorKind};
use crate::limits::PART_BYTES_MIN;
use crate::piece::{FileFault, Piece, Snapshot, Sums};
use crate::target::Target;

/// An object that was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Uploaded {
    /// Its size.
    pub bytes: u64,
    /// Its tag, as the service says it, when it does.
    pub etag: Option<String>,
}

impl Client {
    /// Writes the file at `path` as an object; ends early, and leaves nothing, when `stop` does.
    ///
    /// # Errors
    /// A file that cannot be read or that changes meanwhile, a refusal by the service, and
    /// whatever breaks on the way to it.
    pub async fn upload(
        &self,
        bucket: &BucketName,
        key: &ObjectKey,
        path: &Path,
        stop: impl Future<Output = ()>,
    ) -> Result<Uploaded, Error> {
        let fail = |kind| Error::of(Operation::PutObject, kind);
        let file =
            Snapshot::open(path).map_err(|e| fail(ErrorKind::File(path.into())).because(e))?;
        let upload = Upload {
            client: self,
            target: Target::object(self.config(), bucket, key)
                .map_err(|wrong| fail(ErrorKind::Target(wrong)))?,
            content_type: mime_guess::from_path(path).first_or_octet_stream().to_string(),
            file: Arc::new(file),
        };
        if upload.file.bytes() > PART_BYTES_MIN {
            return upload.in_parts(stop).await;
        }
        tokio::select! {
            done = upload.whole() => done,
            () = stop => Err(fail(ErrorKind::Stopped)),
        }
    }
}

/// One file on its way.
struct Upload<'c> {
    client: &'c Client,
    target: Target,
    content_type: String,
    file: Arc<Snapshot>,
}

impl Upload<'_> {
    async fn whole(&self) -> Result<Uploaded, Error> {
        let operation = Operation::PutObject;
        let piece = self.piece(operation, 0, self.file.bytes()).await?;
        let crc = checksum(piece.crc());
        let answer = self
            .client
            .call(&Call {
                operation,
                target: &self.target,
                query: &[],
                headers: &[
                    ("content-type", &self.content_type),
                    (crc.algorithm.header(), &crc.text()),
                ],
                payload: Payload::Piece(piece),
            })
            .await?;
        if answer.denies(&crc) {
            return Err(Error::of(operation, ErrorKind::Damaged));
        }
        Ok(Uploaded { bytes: self.file.bytes(), etag: answer.header("etag").map(str::to_owned) })
    }

    /// A stretch of the file, summed as the way needs it.
    async fn piece(&self, operation: Operation, start: u64, bytes: u64) -> Result<Piece, Error> {
        let sums = match self.target.scheme {
            Scheme::Http => Sums::CrcAndSha256,
            Scheme::Https => Sums::Crc,
        };
        let path = self.file.path();
        let piece = Piece::sum(self.file.clone(), start, bytes, sums).await;
        piece.map_err(|fault| match fault {
            FileFault::Changed => Error::of(operation, ErrorKind::FileChanged(path.into())),
            FileFault::Io(e) => Error::of(operation, ErrorKind::File(path.into())).because(e),
        })
    }
}

/// A CRC64NVME as S3 spells it.
fn checksum(crc: u64) -> Checksum {
    Checksum {
        algorithm: ChecksumAlgorithm::Crc64Nvme,
        value: crc.to_be_bytes().to_vec(),
        parts: None,
    }
}
