//! ListObjectsV2: what a bucket holds, page by page.
//!
//! Keys are asked for percent-encoded, since XML cannot hold every one of them.
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html>

use s3::xml::{self, ListPage, ListedObject};
use s3::{BucketName, ObjectKey, Operation};
use signature::encode::{Plus, decode_strict};

use crate::answer::Answer;
use crate::body::Payload;
use crate::client::{Call, Client};
use crate::error::{Error, ErrorKind};
use crate::target::Target;

/// What shall be listed.
#[derive(Clone, Debug)]
pub struct Listing {
    /// The bucket.
    pub bucket: BucketName,
    /// What the keys begin with; everything begins with nothing.
    pub prefix: String,
    /// Keys that hold it behind the prefix are folded into one common prefix.
    pub delimiter: Option<String>,
}

/// One page of a listing, in the order of the service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The objects.
    pub entries: Vec<Entry>,
    /// What the delimiter folded, up to and with the delimiter.
    pub common_prefixes: Vec<String>,
}

/// One object of a listing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its key.
    pub key: ObjectKey,
    /// Its size in bytes.
    pub size: u64,
    /// When it was written: milliseconds since 1970.
    pub modified_ms: u64,
    /// Its tag, in quotes, where the service has tags.
    pub etag: Option<String>,
    /// Its storage class, where the service has several.
    pub storage_class: Option<String>,
}

/// The pages of a listing, asked for one at a time.
#[derive(Debug)]
pub struct Pages<'c> {
    client: &'c Client,
    listing: Listing,
    target: Target,
    position: Position,
}

#[derive(Debug)]
enum Position {
    Start,
    After(String),
    End,
}

impl Client {
    /// The pages of `listing`; none is asked for yet.
    ///
    /// # Errors
    /// When no request would reach the bucket.
    pub fn list(&self, listing: Listing) -> Result<Pages<'_>, Error> {
        let target = Target::bucket(self.config(), &listing.bucket)
            .map_err(|wrong| failed(ErrorKind::Target(wrong)))?;
        Ok(Pages { client: self, listing, target, position: Position::Start })
    }
}

impl Pages<'_> {
    /// The next page; none behind the last one, and none after an error.
    ///
    /// # Errors
    /// A refusal by the service, an answer that is no listing, and whatever breaks on the way.
    pub async fn next(&mut self) -> Result<Option<Page>, Error> {
        let token = match std::mem::replace(&mut self.position, Position::End) {
            Position::Start => None,
            Position::After(token) => Some(token),
            Position::End => return Ok(None),
        };
        let answer = self.ask(token.as_deref()).await?;
        let page = xml::read_list_objects_v2(answer.document()).map_err(|_| nonsense())?;
        self.position = match (page.is_truncated, &page.next_continuation_token) {
            (false, _) => Position::End,
            // Because: a token that comes again would list for ever.
            (true, Some(next)) if Some(next) != token.as_ref() => Position::After(next.clone()),
            (true, _) => return Err(nonsense()),
        };
        Page::read(page).ok_or_else(nonsense).map(Some)
    }

    async fn ask(&self, token: Option<&str>) -> Result<Answer, Error> {
        let mut query = vec![("list-type", "2"), ("encoding-type", "url")];
        query.extend(token.map(|token| ("continuation-token", token)));
        query.extend(self.listing.delimiter.as_deref().map(|text| ("delimiter", text)));
        query.push(("prefix", &self.listing.prefix));
        let call = Call {
            operation: Operation::ListObjectsV2,
            target: &self.target,
            query: &query,
            headers: &[],
            payload: Payload::NOTHING,
        };
        self.client.call(&call).await
    }
}

impl Page {
    fn read(page: ListPage) -> Option<Self> {
        let name = |text: String| {
            if page.is_url_encoded { decode_strict(&text, Plus::Blank) } else { Some(text) }
        };
        let entry = |object: ListedObject| {
            Some(Entry {
                key: ObjectKey::parse(name(object.key)?).ok()?,
                size: object.size,
                modified_ms: object.modified_ms,
                etag: object.etag,
                storage_class: object.storage_class,
            })
        };
        Some(Self {
            entries: page.contents.into_iter().map(entry).collect::<Option<_>>()?,
            common_prefixes: page.common_prefixes.into_iter().map(name).collect::<Option<_>>()?,
        })
    }
}

fn nonsense() -> Error {
    failed(ErrorKind::Nonsense)
}

fn failed(kind: ErrorKind) -> Error {
    Error::of(Operation::ListObjectsV2, kind)
}
