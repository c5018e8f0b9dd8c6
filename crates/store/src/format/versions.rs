//! The records of versions: which one a row is, and what is under a key beside its current object.

use s3::Tags;

use super::bytes::{Fields, Record, Row, Table};

/// Which version of its key an object or a delete marker is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Version {
    /// Rises from one version of a key to the next; 0 in a bucket that never had versions.
    pub number: u64,
    /// Makes an id of the number; the null version has none.
    pub random: Option<[u8; 8]>,
}

impl Version {
    pub(crate) fn encode(self, row: &mut Row) {
        match self {
            Self { number: 0, random: None } => row.u8(0),
            Self { number, random: None } => {
                row.u8(1);
                row.u64(number);
            }
            Self { number, random: Some(random) } => {
                row.u8(2);
                row.u64(number);
                row.raw(&random);
            }
        }
    }

    pub(crate) fn decode(fields: &mut Fields<'_>) -> Option<Self> {
        match fields.u8()? {
            0 => Some(Self::default()),
            1 => Some(Self { number: fields.u64()?, random: None }),
            2 => Some(Self { number: fields.u64()?, random: Some(fields.array()?) }),
            _ => None,
        }
    }
}

/// What `versions` holds: an object that is not current, read as far as `O` does, or a delete
/// marker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Past<O> {
    DeleteMarker(MarkerRow),
    Object(O),
}

/// A delete marker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct MarkerRow {
    pub modified_ms: u64,
    pub version: Version,
}

impl<O: Record> Record for Past<O> {
    const TABLE: Table = Table::Versions;
    const WHAT: &'static str = "record of the version";

    fn encode(&self, row: &mut Row) {
        match self {
            Self::DeleteMarker(marker) => {
                row.u8(0);
                row.u64(marker.modified_ms);
                marker.version.encode(row);
            }
            Self::Object(object) => {
                row.u8(1);
                object.encode(row);
            }
        }
    }

    fn decode(fields: &mut Fields<'_>) -> Option<Self> {
        match fields.u8()? {
            0 => Some(Self::DeleteMarker(MarkerRow {
                modified_ms: fields.u64()?,
                version: Version::decode(fields)?,
            })),
            1 => O::decode(fields).map(Self::Object),
            _ => None,
        }
    }
}

/// Whether a bucket keeps versions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Versioning {
    /// It never did.
    #[default]
    Never,
    /// Each write makes a version.
    Enabled,
    /// It did: there may be versions, and new writes replace the null version.
    Suspended,
}

impl Versioning {
    pub(crate) fn encode(self, row: &mut Row) {
        row.u8(match self {
            Self::Never => 0,
            Self::Enabled => 1,
            Self::Suspended => 2,
        });
    }

    pub(crate) fn decode(fields: &mut Fields<'_>) -> Option<Self> {
        match fields.u8()? {
            0 => Some(Self::Never),
            1 => Some(Self::Enabled),
            2 => Some(Self::Suspended),
            _ => None,
        }
    }
}

pub(crate) fn encode_tags(tags: &Tags, row: &mut Row) {
    row.length(tags.len());
    for (key, value) in tags.iter() {
        row.bytes(key.as_bytes());
        row.bytes(value.as_bytes());
    }
}

pub(crate) fn decode_tags(fields: &mut Fields<'_>) -> Option<Tags> {
    let text = |f: &mut Fields<'_>| std::str::from_utf8(f.bytes()?).ok().map(str::to_owned);
    fields.many(|f| Some((text(f)?, text(f)?))).map(Tags::known)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::rows::{ObjectRow, SummaryRow};
    use crate::format::values::{Attributes, Place, Sums, crc64nvme_checksum};
    use s3::ETag;

    fn object(version: Version) -> ObjectRow {
        let sums = Sums { size: 5, crc64nvme: 9, checksum: crc64nvme_checksum(9) };
        let etag = ETag { md5: [1; 16], parts: None };
        let summary = SummaryRow { modified_ms: 1, etag, place: Place::Empty, sums, version };
        let tags = Tags::known(vec![("a".into(), String::new()), ("\u{e9}".into(), "b".into())]);
        ObjectRow { summary, attributes: Attributes(vec![("n".into(), vec![7])]), tags }
    }

    const VERSIONS: [Version; 3] = [
        Version { number: 0, random: None },
        Version { number: u64::MAX, random: None },
        Version { number: 1, random: Some([7; 8]) },
    ];

    #[test]
    fn versions_read_as_they_were_written() {
        for version in VERSIONS {
            let object = Past::Object(object(version));
            assert_eq!(Past::unseal(b"k", &object.seal(b"k")), Some(object));
            let marker = Past::<ObjectRow>::DeleteMarker(MarkerRow { modified_ms: 3, version });
            assert_eq!(Past::unseal(b"k", &marker.seal(b"k")), Some(marker));
        }
    }

    #[test]
    fn a_version_reads_as_its_summary_too() {
        let object = object(VERSIONS[2]);
        let value = Past::Object(object.clone()).seal(b"k");
        assert_eq!(Past::unseal(b"k", &value), Some(Past::Object(object.summary)));
    }
}
