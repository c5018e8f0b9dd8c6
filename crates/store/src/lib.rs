//! The embedded object store: buckets and objects in one folder, crash-safe.
//!
//! Floor 1: keeps state; knows no socket, no runtime and no clock (times are arguments, in
//! milliseconds since 1970). What was answered with `Ok` is there after a crash, whole; what was
//! not is not there at all. The bytes on the disk are drawn in `docs/disk-format.md`.
//!
//! [`Store`] is what callers see. Looking things up answers at once; writes answer with a
//! [`Pending`], to be waited for or awaited. Content comes in through a [`Writer`] and goes out
//! through a [`Reader`].
//!
//! ```
//! # let dir = tempfile::tempdir()?;
//! use s3::{BucketName, ObjectKey};
//! use store::{PutOptions, Store};
//!
//! let store = Store::open(dir.path())?;
//! let (bucket, key) = (BucketName::parse("photos")?, ObjectKey::parse("cat.jpg")?);
//! store.create_bucket(&bucket, 0).wait()?;
//!
//! let mut writer = store.writer();
//! writer.write(b"meow")?;
//! store.put(&bucket, key.clone(), writer.finish()?, PutOptions::default()).wait()?;
//!
//! let opened = store.open_object(&bucket, &key)?;
//! let mut bytes = [0; 16];
//! assert_eq!(opened.reader(1..4)?.read(&mut bytes)?, 3);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod bucket;
mod commit;
mod content;
mod disk;
mod error;
mod format;
mod index;
mod inspect;
pub mod limits;
mod list;
mod object;
mod store;
mod tagging;
mod upload;
mod version;

pub use bucket::{Bucket, Configuration};
pub use commit::pending::{Answered, Pending};
pub use content::reader::{Reader, Step};
pub use content::source::ObjectPart;
pub use content::stretch::Stretch;
pub use content::writer::{Content, Storing, Summing, Writer};
pub use error::StoreError;
pub use format::values::{Attributes, ChecksumType, UploadChecksum};
pub use format::versions::Versioning;
pub use inspect::{
    Backup, Checked, Fault, FilesAre, Finding, Inspection, Observer, Scrubbed, Stat,
};
pub use list::{Entry, ListQuery, Listing, Page};
pub use object::{CopySource, Object, ObjectSummary, OpenObject, Precondition, PutOptions};
pub use store::{Options, Store};
pub use tagging::TagOptions;
pub use upload::complete::{CompleteOptions, CompletedPart};
pub use upload::part::{Part, PartOptions};
pub use upload::{Upload, UploadId, UploadName, UploadOptions};
pub use version::VersionId;
pub use version::delete::{DeleteOptions, Deleted, Deletion};
pub use version::list::{ListedVersion, VersionEntry, VersionListing, VersionQuery};
