//! A large file: one part after the other, made into one object at the end.
//!
//! When a part cannot be sent, or the user stops, the upload is aborted, because parts that
//! nobody completes are stored and paid for without being seen.
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html>

use std::future::Future;
use std::pin::pin;

use crc_fast::{CrcAlgorithm, checksum_combine};
use s3::name::PART_NUMBER_MAX;
use s3::{Code, Operation, xml};

use super::{Upload, Uploaded, checksum};
use crate::body::Payload;
use crate::client::Call;
use crate::error::{Error, ErrorKind};
use crate::limits::{PART_BYTES_MAX, PART_BYTES_MIN};

/// A part that the service has.
struct Sent {
    number: u16,
    bytes: u64,
    crc: u64,
    etag: String,
}

impl Upload<'_> {
    pub(super) async fn in_parts(&self, stop: impl Future<Output = ()>) -> Result<Uploaded, Error> {
        let begin = Operation::CreateMultipartUpload;
        let too_large = || Error::of(begin, ErrorKind::FileTooLarge(self.file.bytes()));
        let part_bytes = part_bytes(self.file.bytes()).ok_or_else(too_large)?;
        let mut stop = pin!(stop);
        let id = tokio::select! {
            id = self.begin() => id?,
            () = &mut stop => return Err(Error::of(begin, ErrorKind::Stopped)),
        };
        let done = tokio::select! {
            done = self.send_and_complete(&id, part_bytes) => done,
            () = stop => Err(Error::of(Operation::UploadPart, ErrorKind::Stopped)),
        };
        match done {
            Ok(uploaded) => Ok(uploaded),
            Err(error) => Err(self.abort(&id, error).await),
        }
    }

    async fn begin(&self) -> Result<String, Error> {
        let operation = Operation::CreateMultipartUpload;
        let answer = self
            .client
            .call(&Call {
                operation,
                target: &self.target,
                query: &[("uploads", "")],
                headers: &[
                    ("content-type", &self.content_type),
                    ("x-amz-checksum-algorithm", checksum(0).algorithm.word()),
                    ("x-amz-checksum-type", checksum(0).type_word()),
                ],
                payload: Payload::NOTHING,
            })
            .await?;
        let id = answer.element("UploadId");
        id.ok_or_else(|| Error::of(operation, ErrorKind::Nonsense))
    }

    async fn send_and_complete(&self, id: &str, part_bytes: u64) -> Result<Uploaded, Error> {
        let mut sent = Vec::new();
        let mut start = 0;
        for number in 1..=PART_NUMBER_MAX {
            let bytes = part_bytes.min(self.file.bytes().saturating_sub(start));
            if bytes == 0 {
                break;
            }
            sent.push(self.send(id, number, start, bytes).await?);
            start = start.saturating_add(bytes);
        }
        self.complete(id, &sent).await
    }

    async fn send(&self, id: &str, number: u16, start: u64, bytes: u64) -> Result<Sent, Error> {
        let operation = Operation::UploadPart;
        let piece = self.piece(operation, start, bytes).await?;
        let crc = piece.crc();
        let sum = checksum(crc);
        let answer = self
            .client
            .call(&Call {
                operation,
                target: &self.target,
                query: &[("partNumber", &number.to_string()), ("uploadId", id)],
                headers: &[(sum.algorithm.header(), &sum.text())],
                payload: Payload::Piece(piece),
            })
            .await?;
        if answer.denies(&sum) {
            return Err(Error::of(operation, ErrorKind::Damaged));
        }
        let etag = answer.header("etag").map(str::to_owned);
        Ok(Sent {
            number,
            bytes,
            crc,
            etag: etag.ok_or_else(|| Error::of(operation, ErrorKind::Nonsense))?,
        })
    }

    async fn complete(&self, id: &str, sent: &[Sent]) -> Result<Uploaded, Error> {
        let operation = Operation::CompleteMultipartUpload;
        let sum = checksum(whole_crc(sent));
        let answer = self
            .client
            .call(&Call {
                operation,
                target: &self.target,
                query: &[("uploadId", id)],
                headers: &[
                    (sum.algorithm.header(), &sum.text()),
                    ("x-amz-checksum-type", sum.type_word()),
                ],
                payload: Payload::Document(document(sent).into()),
            })
            .await?;
        if answer.denies(&sum) {
            return Err(Error::of(operation, ErrorKind::Damaged));
        }
        let etag = answer.element("ETag");
        Ok(Uploaded {
            bytes: self.file.bytes(),
            etag: Some(etag.ok_or_else(|| Error::of(operation, ErrorKind::Nonsense))?),
        })
    }

    /// Drops the parts, and says so in `error` when that fails, too.
    async fn abort(&self, id: &str, error: Error) -> Error {
        let aborted = self
            .client
            .call(&Call {
                operation: Operation::AbortMultipartUpload,
                target: &self.target,
                query: &[("uploadId", id)],
                headers: &[],
                payload: Payload::NOTHING,
            })
            .await;
        match aborted {
            Ok(_) => error,
            Err(failed) if is_gone(&failed) => error,
            Err(_) => error.leaving(id),
        }
    }
}

fn is_gone(error: &Error) -> bool {
    let name = Code::NoSuchUpload.row().word;
    matches!(error.kind(), ErrorKind::Refused { code, .. } if code == name)
}

/// The size of all parts but the last; none when no size makes few enough of them.
fn part_bytes(file_bytes: u64) -> Option<u64> {
    let fair = file_bytes.div_ceil(u64::from(PART_NUMBER_MAX));
    let bytes = fair.max(PART_BYTES_MIN);
    (bytes <= PART_BYTES_MAX).then_some(bytes)
}

/// The CRC of the whole, out of those of the parts.
fn whole_crc(sent: &[Sent]) -> u64 {
    sent.iter().fold(0, |whole, part| {
        checksum_combine(CrcAlgorithm::Crc64Nvme, whole, part.crc, part.bytes)
    })
}

fn document(sent: &[Sent]) -> String {
    let document = xml::Writer::new().root("CompleteMultipartUpload", |w| {
        for part in sent {
            w.element("Part", |w| {
                w.text("PartNumber", part.number);
                w.text("ETag", &part.etag);
                let sum = checksum(part.crc);
                w.text(sum.algorithm.element(), sum.text());
            });
        }
    });
    document.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_that_s3_can_hold_fits_into_ten_thousand_parts() {
        const MIB: u64 = 1024 * 1024;
        let most = PART_BYTES_MAX * u64::from(PART_NUMBER_MAX);
        for bytes in [64 * MIB + 1, 640_000 * MIB, 640_000 * MIB + 1, most] {
            let part = part_bytes(bytes).unwrap();
            assert!(part >= 64 * MIB && bytes.div_ceil(part) <= 10_000, "{bytes}");
        }
        assert_eq!(part_bytes(most + 1), None);
    }

    #[test]
    fn crc_of_the_whole_is_made_of_those_of_the_parts() {
        let parts = [b"1234".as_slice(), b"56", b"789"];
        let sent: Vec<Sent> = (1..)
            .zip(parts)
            .map(|(number, part)| Sent {
                number,
                bytes: u64::try_from(part.len()).unwrap(),
                crc: crc_fast::crc64_nvme(part),
                etag: "\"e\"".into(),
            })
            .collect();
        assert_eq!(whole_crc(&sent), 0xae8b_1486_0a79_9888);
        let read = xml::read_complete_multipart_upload(&document(&sent)).unwrap();
        let numbers: Vec<u16> = read.iter().map(|part| part.number.get()).collect();
        assert_eq!((numbers, read[0].etag.as_str()), (vec![1, 2, 3], "\"e\""));
    }
}
