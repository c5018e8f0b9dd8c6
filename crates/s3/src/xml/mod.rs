//! XML documents: a writer that escapes everything, and readers that accept nothing dangerous.

mod delete;
mod public_access;
mod read;
mod tagging;
mod versioning;
mod write;

pub use delete::{DELETED_KEYS_MAX, Delete, NamedObject, read_delete};
pub use public_access::{PublicAccess, read_public_access, write_public_access};
pub use read::{
    CompletedPart, DocumentError, ListPage, ListedObject, read_complete_multipart_upload,
    read_create_bucket, read_element, read_list_objects_v2, read_members,
};
pub use tagging::{read_create_bucket_tags, read_tagging, write_tagging};
pub use versioning::{Versioning, VersioningStatus, read_versioning};
pub use write::{Writer, carried};

/// The namespace of S3's documents; errors have none.
pub const NAMESPACE: &str = "http://s3.amazonaws.com/doc/2006-03-01/";
