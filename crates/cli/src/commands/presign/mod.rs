//! `hallpass presign`: URLs or a form on stdout, and nothing else.
//!
//! The commands are named after the methods of HTTP: a method, what it is about, parameters and
//! headers spell every operation of S3. What people use daily has a flag of its own.

mod batch;
mod form;
mod order;
mod pair;
mod source;
mod url;

use client::Verb;
use signature::Timestamp;
use signature::encode::{Slash, encode};

use self::form::Form;
pub(super) use self::pair::Pair;
use self::pair::header_value;
use self::url::Url;
use crate::failure::Failure;

/// What whoever holds it may do.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Presign {
    /// Read an object, its tags, a listing, ...
    #[command(after_help = GET_EXAMPLES)]
    Get(Read),
    /// Write an object, one part of it, its tags, ...
    #[command(after_help = PUT_EXAMPLES)]
    Put(Box<Write>),
    /// Read an object's headers
    #[command(after_help = HEAD_EXAMPLES)]
    Head(Read),
    /// Remove an object, an upload, tags, ...
    #[command(after_help = DELETE_EXAMPLES)]
    Delete(Remove),
    /// Begin or complete an upload, remove many objects, ...
    #[command(after_help = POST_EXAMPLES)]
    Post(Act),
    /// Let browsers upload with a form, within the bounds of its policy
    #[command(after_help = form::EXAMPLES)]
    Form(Form),
}

const GET_EXAMPLES: &str = "\
Examples:
  hallpass presign get s3://photos/cat.jpg --expires 15m --filename 'my cat.jpg'
  hallpass presign get s3://photos/cat.jpg --version-id 3HL4kqtJvjVBH40Nrjfkd
  hallpass presign get s3://photos/cat.jpg --query tagging
  hallpass presign get s3://photos/big.zip --query uploadId=ID         (ListParts)
  hallpass presign get s3://photos --query list-type=2 --query prefix=2026/
  hallpass presign get s3:// --query x-id=ListBuckets
  hallpass presign get --batch < addresses.txt > urls.txt
  hallpass presign get --batch s3://photos/2026/ --json";

const PUT_EXAMPLES: &str = "\
Examples:
  hallpass presign put s3://photos/cat.jpg --content-type image/jpeg --write-once
  hallpass presign put s3://photos/big.zip --upload-id ID --part-number 1
  hallpass presign put s3://photos/copy.jpg --header 'x-amz-copy-source: /photos/cat.jpg'
  hallpass presign put s3://photos/cat.jpg --query tagging
  hallpass presign put s3://photos/cat.jpg --header 'x-amz-storage-class: GLACIER'
  hallpass presign put s3://photos --query versioning";

const HEAD_EXAMPLES: &str = "\
Examples:
  hallpass presign head s3://photos/cat.jpg
  hallpass presign head s3://photos --query x-id=HeadBucket";

const DELETE_EXAMPLES: &str = "\
Examples:
  hallpass presign delete s3://photos/cat.jpg
  hallpass presign delete s3://photos/big.zip --upload-id ID           (AbortMultipartUpload)
  hallpass presign delete s3://photos/cat.jpg --query tagging
  hallpass presign delete s3://photos --query x-id=DeleteBucket";

const POST_EXAMPLES: &str = "\
Examples:
  hallpass presign post s3://photos/big.zip --query uploads            (CreateMultipartUpload)
  hallpass presign post s3://photos/big.zip --upload-id ID             (CompleteMultipartUpload)
  hallpass presign post s3://photos/old.zip --query restore
  hallpass presign post s3://photos --query delete                     (DeleteObjects)";

/// Arguments of `get` and `head`.
#[derive(Debug, clap::Args)]
pub(crate) struct Read {
    /// The version of the object
    #[arg(long, value_name = "ID")]
    version_id: Option<String>,
    /// Let browsers save the object under this name
    #[arg(long, value_name = "NAME")]
    filename: Option<String>,
    /// Answer with this content type
    #[arg(long, value_name = "TYPE", value_parser = header_value)]
    response_content_type: Option<String>,
    #[command(flatten)]
    url: Url,
}

/// Arguments of `put`. Most become headers that the user of the URL has to send as they are.
#[derive(Debug, clap::Args)]
pub(crate) struct Write {
    /// Sign the header Content-Type
    #[arg(long, value_name = "TYPE", value_parser = header_value)]
    content_type: Option<String>,
    /// Sign the header Content-Length: exactly so many bytes
    #[arg(long, value_name = "BYTES")]
    content_length: Option<u64>,
    /// Sign the header Content-MD5: exactly the bytes with this sum
    #[arg(long, value_name = "BASE64", value_parser = header_value)]
    content_md5: Option<String>,
    /// Sign a header x-amz-checksum-...: exactly the bytes with this sum, such as sha256=...
    #[arg(long, value_name = "ALGORITHM=BASE64", value_parser = Pair::checksum)]
    checksum: Option<Pair>,
    /// Sign a header x-amz-meta-NAME; may be repeated
    #[arg(long, value_name = "NAME=VALUE", value_parser = Pair::metadata)]
    metadata: Vec<Pair>,
    /// Sign the header x-amz-server-side-encryption: AES256 or aws:kms
    #[arg(long, value_name = "ALGORITHM", value_parser = header_value)]
    sse: Option<String>,
    /// Sign the header that names the KMS key
    #[arg(long, value_name = "ID", value_parser = header_value, requires = "sse")]
    sse_kms_key_id: Option<String>,
    /// Sign `If-None-Match: *`: write where nothing is and never over what is there
    #[arg(long)]
    write_once: bool,
    /// Write one part of this multipart upload
    #[arg(long, value_name = "ID", requires = "part_number")]
    upload_id: Option<String>,
    /// Which part: 1 to 10000
    #[arg(long, value_name = "NUMBER", requires = "upload_id")]
    #[arg(value_parser = clap::value_parser!(u16).range(1..=10_000))]
    part_number: Option<u16>,
    #[command(flatten)]
    url: Url,
}

/// Arguments of `delete`.
#[derive(Debug, clap::Args)]
pub(crate) struct Remove {
    /// The version of the object
    #[arg(long, value_name = "ID")]
    version_id: Option<String>,
    /// Abort this multipart upload
    #[arg(long, value_name = "ID")]
    upload_id: Option<String>,
    #[command(flatten)]
    url: Url,
}

/// Arguments of `post`.
#[derive(Debug, clap::Args)]
pub(crate) struct Act {
    /// Complete this multipart upload
    #[arg(long, value_name = "ID")]
    upload_id: Option<String>,
    #[command(flatten)]
    url: Url,
}

impl Presign {
    pub(crate) fn run(self) -> Result<(), Failure> {
        match self {
            Self::Get(read) => read.run(Verb::Get),
            Self::Put(write) => write.run(),
            Self::Head(read) => read.run(Verb::Head),
            Self::Delete(remove) => {
                let query = [("versionId", remove.version_id), ("uploadId", remove.upload_id)];
                remove.url.run(Verb::Delete, pairs(query), Vec::new())
            }
            Self::Post(act) => {
                act.url.run(Verb::Post, pairs([("uploadId", act.upload_id)]), Vec::new())
            }
            Self::Form(form) => form.run(),
        }
    }
}

impl Read {
    fn run(self, verb: Verb) -> Result<(), Failure> {
        let query = [
            ("versionId", self.version_id),
            ("response-content-disposition", self.filename.as_deref().map(attachment)),
            ("response-content-type", self.response_content_type),
        ];
        self.url.run(verb, pairs(query), Vec::new())
    }
}

impl Write {
    fn run(self) -> Result<(), Failure> {
        let part = self.part_number.map(|number| number.to_string());
        let query = [("partNumber", part), ("uploadId", self.upload_id)];
        let mut headers = pairs([
            ("content-type", self.content_type),
            ("content-length", self.content_length.map(|bytes| bytes.to_string())),
            ("content-md5", self.content_md5),
            ("x-amz-server-side-encryption", self.sse),
            ("x-amz-server-side-encryption-aws-kms-key-id", self.sse_kms_key_id),
            ("if-none-match", self.write_once.then(|| "*".into())),
        ]);
        headers.extend(self.checksum);
        headers.extend(self.metadata);
        self.url.run(Verb::Put, pairs(query), headers)
    }
}

/// What is said of everything that is signed so.
const LEGACY: &str = "signed with SigV2, a legacy signature that covers neither host nor body: few \
    services still take it";

/// Those that are given.
fn pairs<const N: usize>(named: [(&str, Option<String>); N]) -> Vec<Pair> {
    let given = named.into_iter().filter_map(|(name, value)| Some((name, value?)));
    given.map(|(name, value)| Pair { name: name.into(), value }).collect()
}

/// Because: a flag and --header, or --query, would say two things of which one is taken.
fn check_once(what: &str, names: impl Iterator<Item = String>) -> Result<(), Failure> {
    let mut names: Vec<String> = names.collect();
    names.sort_unstable();
    let twice = names.iter().zip(names.iter().skip(1)).find(|(name, next)| name == next);
    twice.map_or(Ok(()), |(name, _)| {
        Err(Failure::usage(format!("the {what} {name} is given twice")))
    })
}

fn moment(text: &str) -> Result<Timestamp, String> {
    Timestamp::parse(text).ok_or_else(|| "a moment is 20261124T031209Z".into())
}

/// The Content-Disposition that gives a download its name.
///
/// <https://www.rfc-editor.org/rfc/rfc6266#section-4.1>
fn attachment(name: &str) -> String {
    let is_plain = |c: char| matches!(c, ' '..='~') && !['"', '\\', '%'].contains(&c);
    if name.chars().all(is_plain) {
        return format!("attachment; filename=\"{name}\"");
    }
    format!("attachment; filename*=UTF-8''{}", encode(name, Slash::Encode))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_given_twice() {
        let check = |names: &[&str]| check_once("field", names.iter().map(|&n| n.to_owned()));
        assert!(check(&[]).is_ok() && check(&["a", "b", "c"]).is_ok());
        assert_eq!(check(&["b", "a", "b"]).unwrap_err().error, "the field b is given twice");
    }

    #[test]
    fn download_gets_any_name() {
        assert_eq!(attachment("my cat.jpg"), "attachment; filename=\"my cat.jpg\"");
        for (name, encoded) in [("\u{d55c}.txt", "%ED%95%9C.txt"), ("a\"b\n", "a%22b%0A")] {
            assert_eq!(attachment(name), format!("attachment; filename*=UTF-8''{encoded}"));
        }
    }
}
