//! Places in S3 as people write them: `s3://bucket/key` and `s3://bucket/prefix/`.
//!
//! A key is taken as it is: blanks, `//`, a slash in front and `%` mean themselves.

use client::{Config, Listing, Target, TargetFault};
use s3::{BucketName, NameError, ObjectKey};

use crate::failure::Failure;

const SCHEME: &str = "s3://";

/// An object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Object {
    /// Its bucket.
    pub(crate) bucket: BucketName,
    /// Its key.
    pub(crate) key: ObjectKey,
}

impl Object {
    /// Reads `s3://bucket/key`.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let (bucket, key) = split(text)?;
        let key = ObjectKey::parse(key).map_err(|e| match e {
            NameError::KeyEmpty => "write s3://BUCKET/KEY with a key".into(),
            NameError::Bucket | NameError::KeyTooLong(_) | NameError::PartNumber => e.to_string(),
        })?;
        Ok(Self { bucket, key })
    }
}

/// What one request is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Resource {
    /// No bucket: `s3://`.
    Account,
    /// A bucket: `s3://bucket`.
    Bucket(BucketName),
    /// An object.
    Object(Object),
}

impl Resource {
    /// Reads `s3://`, `s3://bucket` and `s3://bucket/key`.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        if text == SCHEME {
            return Ok(Self::Account);
        }
        match split(text)? {
            (bucket, "") => Ok(Self::Bucket(bucket)),
            _ => Object::parse(text).map(Self::Object),
        }
    }

    /// Where requests about it go.
    pub(crate) fn target(&self, config: &Config) -> Result<Target, TargetFault> {
        match self {
            Self::Account => Target::account(config),
            Self::Bucket(bucket) => Target::bucket(config, bucket),
            Self::Object(object) => Target::object(config, &object.bucket, &object.key),
        }
    }
}

/// The objects of a bucket whose keys begin with something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Prefix {
    bucket: BucketName,
    prefix: String,
}

impl Prefix {
    /// Reads `s3://bucket/prefix`; the prefix may end anywhere, and may be nothing.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let (bucket, prefix) = split(text)?;
        Ok(Self { bucket, prefix: prefix.into() })
    }

    /// The listing of them all.
    pub(crate) fn listing(self) -> Listing {
        Listing { bucket: self.bucket, prefix: self.prefix, delimiter: None }
    }
}

/// What the keys of several objects begin with, in one bucket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Folder {
    /// The bucket.
    pub(crate) bucket: BucketName,
    prefix: String,
}

impl Folder {
    /// Reads `s3://bucket/prefix/`; the slash at the end may be left out, the prefix as well.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let (bucket, prefix) = split(text)?;
        let slash = if prefix.is_empty() || prefix.ends_with('/') { "" } else { "/" };
        Ok(Self { bucket, prefix: format!("{prefix}{slash}") })
    }

    /// A key in here that nobody can guess, and that ends in `name`.
    pub(crate) fn key(&self, name: &str) -> Result<ObjectKey, Failure> {
        let secret = uuid::Uuid::new_v4();
        let key = format!("{}{secret}/{name}", self.prefix);
        ObjectKey::parse(key).map_err(|e| Failure::usage(e.to_string()))
    }
}

fn split(text: &str) -> Result<(BucketName, &str), String> {
    let rest = text.strip_prefix(SCHEME);
    let rest = rest.ok_or("a place in S3 begins with s3://")?;
    let (bucket, key) = rest.split_once('/').unwrap_or((rest, ""));
    let bucket = BucketName::parse(bucket).map_err(|e| e.to_string())?;
    Ok((bucket, key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn key_is_everything_behind_the_bucket() {
        for key in ["k", "a b/\u{d55c}+%41", "/x", "//", "a//b/", "..", "s3://x"] {
            let object = Object::parse(&format!("s3://photos/{key}")).unwrap();
            assert_eq!((object.bucket.as_str(), object.key.as_str()), ("photos", key));
        }
    }

    #[test]
    fn other_texts_are_no_objects() {
        let long = format!("s3://photos/{}", "k".repeat(1025));
        for text in ["", "photos/k", "s3://photos", "s3://photos/", "s3:///k", "S3://p/k", &long] {
            assert!(Object::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn resource_is_as_much_as_is_written() {
        let photos = BucketName::parse("photos").unwrap();
        for text in ["s3://photos", "s3://photos/"] {
            assert_eq!(Resource::parse(text), Ok(Resource::Bucket(photos.clone())));
        }
        assert_eq!(Resource::parse("s3://"), Ok(Resource::Account));
        let object = Object::parse("s3://photos/k").unwrap();
        assert_eq!(Resource::parse("s3://photos/k"), Ok(Resource::Object(object)));
        for text in ["", "s3:", "s3:///", "s3:///k", "photos/k"] {
            assert!(Resource::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn folder_ends_in_a_slash_or_is_the_whole_bucket() {
        for (text, prefix) in [
            ("s3://photos", ""),
            ("s3://photos/", ""),
            ("s3://photos/a b", "a b/"),
            ("s3://photos/a//", "a//"),
        ] {
            assert_eq!(Folder::parse(text).unwrap().prefix, prefix, "{text}");
        }
    }

    #[test]
    fn keys_in_a_folder_differ_and_keep_the_name() {
        let folder = Folder::parse("s3://photos/a").unwrap();
        let keys = [folder.key("cat.jpg").unwrap(), folder.key("cat.jpg").unwrap()];
        assert_ne!(keys[0], keys[1]);
        for key in keys {
            assert!(key.as_str().starts_with("a/") && key.as_str().ends_with("/cat.jpg"));
            assert_eq!(key.as_str().len(), "a/".len() + 36 + "/cat.jpg".len());
        }
    }
}
