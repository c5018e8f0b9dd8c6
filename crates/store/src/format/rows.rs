//! The records of the tables; those of `versions` are in `versions.rs`.

use s3::{ETag, PartNumber, Tags};

use super::bytes::{Fields, Record, Row, Table};
use super::keys::FileId;
use super::values::{
    Attributes, Place, Sums, UploadChecksum, decode_etag, decode_upload_checksum, encode_etag,
    encode_upload_checksum,
};
use super::versions::{Version, Versioning, decode_tags, encode_tags};

/// The numbers to be given next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Counters {
    pub bucket: u64,
    pub inline: u64,
    pub version: u64,
}

/// Of the versions, 0 is taken: by all objects of buckets that never had any.
impl Default for Counters {
    fn default() -> Self {
        Self { bucket: 0, inline: 0, version: 1 }
    }
}

impl Record for Counters {
    const TABLE: Table = Table::Meta;
    const WHAT: &'static str = "row of counters";

    fn encode(&self, row: &mut Row) {
        row.u64(self.bucket);
        row.u64(self.inline);
        row.u64(self.version);
    }

    fn decode(fields: &mut Fields<'_>) -> Option<Self> {
        Some(Self { bucket: fields.u64()?, inline: fields.u64()?, version: fields.u64()? })
    }
}

/// The number of the last batch of the log that is in the tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Applied(pub u64);

impl Record for Applied {
    const TABLE: Table = Table::Meta;
    const WHAT: &'static str = "number of the last batch";

    fn encode(&self, row: &mut Row) {
        row.u64(self.0);
    }

    fn decode(fields: &mut Fields<'_>) -> Option<Self> {
        fields.u64().map(Self)
    }
}

/// A bucket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BucketRow {
    /// Never given twice, so that a new bucket cannot show the objects of an old one.
    pub number: u64,
    pub created_ms: u64,
    pub versioning: Versioning,
    pub tags: Tags,
}

impl Record for BucketRow {
    const TABLE: Table = Table::Buckets;
    const WHAT: &'static str = "record of the bucket";

    fn encode(&self, row: &mut Row) {
        row.u64(self.number);
        row.u64(self.created_ms);
        self.versioning.encode(row);
        encode_tags(&self.tags, row);
    }

    fn decode(fields: &mut Fields<'_>) -> Option<Self> {
        Some(Self {
            number: fields.u64()?,
            created_ms: fields.u64()?,
            versioning: Versioning::decode(fields)?,
            tags: decode_tags(fields)?,
        })
    }
}

/// A configuration of a bucket: bytes that the caller understands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ConfigurationRow(pub Vec<u8>);

impl Record for ConfigurationRow {
    const TABLE: Table = Table::Meta;
    const WHAT: &'static str = "configuration of the bucket";

    fn encode(&self, row: &mut Row) {
        row.raw(&self.0);
    }

    fn decode(fields: &mut Fields<'_>) -> Option<Self> {
        Some(Self(fields.rest().to_vec()))
    }
}

/// What a listing shows of an object: all of its record but attributes and tags, which come last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SummaryRow {
    pub modified_ms: u64,
    pub etag: ETag,
    pub place: Place,
    pub sums: Sums,
    pub version: Version,
}

impl Record for SummaryRow {
    const TABLE: Table = Table::Objects;
    const WHAT: &'static str = "record of the object";

    fn encode(&self, row: &mut Row) {
        row.u64(self.modified_ms);
        encode_etag(self.etag, row);
        self.place.encode(row);
        self.sums.encode(row);
        self.version.encode(row);
    }

    fn decode(fields: &mut Fields<'_>) -> Option<Self> {
        Some(Self {
            modified_ms: fields.u64()?,
            etag: decode_etag(fields)?,
            place: Place::decode(fields)?,
            sums: Sums::decode(fields)?,
            version: Version::decode(fields)?,
        })
    }
}

/// An object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ObjectRow {
    pub summary: SummaryRow,
    pub attributes: Attributes,
    pub tags: Tags,
}

impl Record for ObjectRow {
    const TABLE: Table = Table::Objects;
    const WHAT: &'static str = "record of the object";

    fn encode(&self, row: &mut Row) {
        self.summary.encode(row);
        self.attributes.encode(row);
        encode_tags(&self.tags, row);
    }

    fn decode(fields: &mut Fields<'_>) -> Option<Self> {
        Some(Self {
            summary: SummaryRow::decode(fields)?,
            attributes: Attributes::decode(fields)?,
            tags: decode_tags(fields)?,
        })
    }
}

/// Small content and how many refer to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct InlineRow {
    pub count: u64,
    pub bytes: Vec<u8>,
}

impl Record for InlineRow {
    const TABLE: Table = Table::Inline;
    const WHAT: &'static str = "inline content";

    fn encode(&self, row: &mut Row) {
        row.u64(self.count);
        row.raw(&self.bytes);
    }

    fn decode(fields: &mut Fields<'_>) -> Option<Self> {
        Some(Self { count: fields.u64()?, bytes: fields.rest().to_vec() })
    }
}

/// A file or a list of parts, and how many refer to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BlobRow {
    pub count: u64,
    pub blob: Blob,
}

/// What a row of `blobs` stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Blob {
    /// The file named like the row. Length and sum are here for those who look at files alone.
    File { size: u64, crc64nvme: u64 },
    /// The parts of an object, in order. Each file among them has a row of its own.
    List(Vec<Piece>),
}

/// One part of a completed object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    pub number: PartNumber,
    pub place: Place,
    pub sums: Sums,
}

impl Record for BlobRow {
    const TABLE: Table = Table::Blobs;
    const WHAT: &'static str = "record of the blob";

    fn encode(&self, row: &mut Row) {
        row.u64(self.count);
        match &self.blob {
            Blob::File { size, crc64nvme } => {
                row.u8(1);
                row.u64(*size);
                row.u64(*crc64nvme);
            }
            Blob::List(pieces) => {
                row.u8(2);
                row.length(pieces.len());
                for piece in pieces {
                    row.u16(piece.number.get());
                    piece.place.encode(row);
                    piece.sums.encode(row);
                }
            }
        }
    }

    fn decode(fields: &mut Fields<'_>) -> Option<Self> {
        let count = fields.u64()?;
        let blob = match fields.u8()? {
            1 => Blob::File { size: fields.u64()?, crc64nvme: fields.u64()? },
            2 => Blob::List(fields.many(Piece::decode)?),
            _ => return None,
        };
        Some(Self { count, blob })
    }
}

impl Piece {
    fn decode(fields: &mut Fields<'_>) -> Option<Self> {
        Some(Self {
            number: PartNumber::new(fields.u16()?).ok()?,
            place: Place::decode(fields)?,
            sums: Sums::decode(fields)?,
        })
    }
}

/// An upload in progress.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct UploadRow {
    pub checksum: Option<UploadChecksum>,
    pub attributes: Attributes,
    pub tags: Tags,
}

impl Record for UploadRow {
    const TABLE: Table = Table::Uploads;
    const WHAT: &'static str = "record of the upload";

    fn encode(&self, row: &mut Row) {
        encode_upload_checksum(self.checksum, row);
        self.attributes.encode(row);
        encode_tags(&self.tags, row);
    }

    fn decode(fields: &mut Fields<'_>) -> Option<Self> {
        Some(Self {
            checksum: decode_upload_checksum(fields)?,
            attributes: Attributes::decode(fields)?,
            tags: decode_tags(fields)?,
        })
    }
}

/// A part of an upload in progress.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PartRow {
    pub modified_ms: u64,
    pub md5: [u8; 16],
    pub place: Place,
    pub sums: Sums,
}

impl Record for PartRow {
    const TABLE: Table = Table::Parts;
    const WHAT: &'static str = "record of the part";

    fn encode(&self, row: &mut Row) {
        row.u64(self.modified_ms);
        row.raw(&self.md5);
        self.place.encode(row);
        self.sums.encode(row);
    }

    fn decode(fields: &mut Fields<'_>) -> Option<Self> {
        Some(Self {
            modified_ms: fields.u64()?,
            md5: fields.array()?,
            place: Place::decode(fields)?,
            sums: Sums::decode(fields)?,
        })
    }
}

/// Files nothing refers to any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct GarbageRow(pub Vec<FileId>);

impl Record for GarbageRow {
    const TABLE: Table = Table::Garbage;
    const WHAT: &'static str = "record of removed files";

    fn encode(&self, row: &mut Row) {
        row.length(self.0.len());
        for id in &self.0 {
            row.raw(&id.0);
        }
    }

    fn decode(fields: &mut Fields<'_>) -> Option<Self> {
        fields.many(|f| f.array().map(FileId)).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::values::{ChecksumType, crc64nvme_checksum};
    use s3::{Checksum, ChecksumAlgorithm};

    fn sums(checksum: Option<Checksum>) -> Sums {
        let checksum = checksum.unwrap_or_else(|| crc64nvme_checksum(9));
        Sums { size: 5, crc64nvme: 9, checksum }
    }

    fn round_trip<R: Record + std::fmt::Debug + PartialEq>(record: R) {
        assert_eq!(R::unseal(b"k", &record.seal(b"k")), Some(record));
    }

    const ID: FileId = FileId([7; 16]);

    fn attributes() -> Attributes {
        Attributes(vec![("a".into(), vec![0, 255]), (String::new(), vec![])])
    }

    fn tags() -> Tags {
        Tags::known(vec![("a".into(), "b".into())])
    }

    #[test]
    fn objects_read_as_they_were_written() {
        let algorithm = ChecksumAlgorithm::Sha256;
        let sha = Checksum { algorithm, value: vec![3; 32], parts: Some(2) };
        for place in [Place::Empty, Place::Inline(u64::MAX), Place::File(ID), Place::List(ID)] {
            let etag = ETag { md5: [1; 16], parts: Some(2) };
            let sums = sums(Some(sha.clone()));
            let version = Version { number: 1, random: Some([3; 8]) };
            let summary = SummaryRow { modified_ms: 1, etag, place, sums, version };
            round_trip(summary.clone());
            round_trip(ObjectRow { summary, attributes: attributes(), tags: tags() });
        }
    }

    #[test]
    fn content_reads_as_it_was_written() {
        let number = PartNumber::new(10_000).unwrap();
        round_trip(InlineRow { count: 1, bytes: vec![1, 2, 3] });
        round_trip(BlobRow { count: 3, blob: Blob::File { size: 1, crc64nvme: 2 } });
        let piece = Piece { number, place: Place::Inline(4), sums: sums(None) };
        round_trip(BlobRow { count: 1, blob: Blob::List(vec![piece.clone(), piece]) });
        round_trip(GarbageRow(vec![ID, FileId([8; 16])]));
    }

    #[test]
    fn all_else_reads_as_it_was_written() {
        round_trip(Applied(u64::MAX));
        round_trip(Counters { bucket: 1, inline: u64::MAX, version: 3 });
        for bytes in [vec![], vec![7; 20_000]] {
            round_trip(ConfigurationRow(bytes));
        }
        for versioning in [Versioning::Never, Versioning::Enabled, Versioning::Suspended] {
            round_trip(BucketRow { number: 1, created_ms: 2, versioning, tags: tags() });
        }
        for kind in [ChecksumType::FullObject, ChecksumType::Composite] {
            let checksum = UploadChecksum { algorithm: ChecksumAlgorithm::Crc32, kind };
            let (attributes, tags) = (attributes(), tags());
            round_trip(UploadRow { checksum: Some(checksum), attributes, tags });
        }
        round_trip(UploadRow { checksum: None, attributes: attributes(), tags: tags() });
        let sums = sums(None);
        round_trip(PartRow { modified_ms: 1, md5: [2; 16], place: Place::File(ID), sums });
    }

    #[test]
    fn an_object_reads_as_its_summary_too() {
        let etag = ETag { md5: [1; 16], parts: None };
        let (place, sums, version) = (Place::Empty, sums(None), Version::default());
        let summary = SummaryRow { modified_ms: 1, etag, place, sums, version };
        let (attributes, tags) = (Attributes::default(), tags());
        let object = ObjectRow { summary: summary.clone(), attributes, tags };
        assert_eq!(SummaryRow::unseal(b"k", &object.seal(b"k")), Some(summary));
    }
}
