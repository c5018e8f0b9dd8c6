//! Listings: every key of the real server, and what a service may answer wrong, from a script.

#![expect(clippy::unwrap_used, dead_code, reason = "test")]

mod script;

use std::sync::Arc;

use client::{AddressingStyle, Client, Config, Endpoint, Error, ErrorKind, Listing, Page};
use s3::BucketName;
use script::{Answer, Script, Step};
use signature::{Credentials, Timestamp};
use testbed::{ACCESS_KEY_ID, House, SECRET};

fn client(url: &str, now: Timestamp) -> Client {
    let config = Config {
        region: "us-east-1".into(),
        endpoint: Some(Endpoint::parse(url).unwrap()),
        credentials: Some(Credentials::new(ACCESS_KEY_ID, SECRET, None)),
        credentials_expire: None,
        addressing_style: AddressingStyle::Auto,
    };
    Client::new(config, Arc::new(move || now)).unwrap()
}

fn listing(prefix: &str, delimiter: Option<&str>) -> Listing {
    Listing {
        bucket: BucketName::parse("photos").unwrap(),
        prefix: prefix.into(),
        delimiter: delimiter.map(str::to_owned),
    }
}

async fn all(client: &Client, listing: Listing) -> Result<Vec<Page>, Error> {
    let mut pages = client.list(listing)?;
    let mut all = Vec::new();
    while let Some(page) = pages.next().await? {
        all.push(page);
    }
    Ok(all)
}

fn keys(page: &Page) -> Vec<&str> {
    page.entries.iter().map(|entry| entry.key.as_str()).collect()
}

async fn scripted(answers: &'static [Answer]) -> (Result<Vec<Page>, ErrorKind>, Vec<String>) {
    let script = Script::play(answers.iter().map(|answer| Step::Answer(*answer)));
    let now = Timestamp::parse("20260101T000000Z").unwrap();
    let pages = all(&client(&script.url, now), listing("a b/", None)).await;
    (pages.map_err(|e| e.kind().clone()), script.asked().await)
}

#[tokio::test]
async fn every_key_comes_as_it_is_with_what_is_known_of_it() {
    let house = House::start();
    house.ok("PUT", "/photos", b"");
    let names = ["a\u{1}b\n", "a b+c%41", "a&<>", "z", "\u{d55c}/1", "\u{d55c}/2"];
    for (name, size) in names.into_iter().zip(0..) {
        let encoded = signature::encode::encode(name, signature::encode::Slash::Keep);
        house.ok("PUT", &format!("/photos/{encoded}"), &vec![b'x'; size]);
    }
    let client = client(&format!("http://{}", house.authority()), house.now());
    let pages = all(&client, listing("", None)).await.unwrap();
    assert_eq!((pages.len(), keys(&pages[0])), (1, names.to_vec()));
    let last = &pages[0].entries[5];
    assert_eq!((last.size, last.modified_ms), (5, house.now().seconds() * 1000));
    assert_eq!(last.storage_class.as_deref(), Some("STANDARD"));
    assert_eq!(last.etag.as_deref().map(str::len), Some(34));
    let pages = all(&client, listing("", Some("/"))).await.unwrap();
    assert_eq!(pages[0].common_prefixes, ["\u{d55c}/"]);
    assert_eq!(keys(&pages[0]).len(), 4);
    let pages = all(&client, listing("a b", None)).await.unwrap();
    assert_eq!(keys(&pages[0]), ["a b+c%41"]);
}

#[tokio::test]
async fn a_bucket_that_is_not_there_is_a_refusal() {
    let house = House::start();
    let client = client(&format!("http://{}", house.authority()), house.now());
    let refused = all(&client, listing("", None)).await.unwrap_err();
    assert!(matches!(refused.kind(), ErrorKind::Refused { code, .. } if code == "NoSuchBucket"));
}

const FIRST: Answer = (
    200,
    "x: y",
    "<ListBucketResult><IsTruncated>true</IsTruncated><EncodingType>url</EncodingType>\
     <NextContinuationToken>t/+</NextContinuationToken><Contents><Key>a+b/%2B</Key>\
     <LastModified>2026-01-01T00:00:00.000Z</LastModified><Size>7</Size></Contents>\
     </ListBucketResult>",
);
const LAST: Answer = (
    200,
    "x: y",
    "<ListBucketResult><IsTruncated>false</IsTruncated><Contents><Key>a b/+%41</Key>\
     <LastModified>2026-01-01T00:00:00.000Z</LastModified><Size>7</Size></Contents>\
     </ListBucketResult>",
);
const SLOW_DOWN: Answer = (503, "x: y", "<Error><Code>SlowDown</Code></Error>");
const NO_TOKEN: Answer =
    (200, "x: y", "<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>");
const NO_LISTING: Answer = (200, "x: y", "<html/>");
const NO_UTF8: Answer = (
    200,
    "x: y",
    "<ListBucketResult><EncodingType>url</EncodingType><Contents><Key>%FF</Key>\
     <LastModified>2026-01-01T00:00:00.000Z</LastModified><Size>7</Size></Contents>\
     </ListBucketResult>",
);

#[tokio::test]
async fn next_page_is_asked_for_with_the_token_and_again_when_that_may_help() {
    let (pages, asked) = scripted(&[FIRST, SLOW_DOWN, LAST]).await;
    let pages = pages.unwrap();
    assert_eq!((keys(&pages[0]), keys(&pages[1])), (vec!["a b/+"], vec!["a b/+%41"]));
    let ask = |token| {
        format!("GET /photos?list-type=2&encoding-type=url{token}&prefix=a%20b%2F HTTP/1.1")
    };
    let next = ask("&continuation-token=t%2F%2B");
    assert_eq!(asked, [ask(""), next.clone(), next]);
}

#[tokio::test]
async fn a_listing_that_would_not_end_or_hides_a_key_is_nonsense() {
    for answers in [&[FIRST, FIRST][..], &[NO_TOKEN], &[NO_LISTING], &[NO_UTF8]] {
        let (pages, asked) = scripted(answers).await;
        assert_eq!(pages, Err(ErrorKind::Nonsense));
        assert_eq!(asked.len(), answers.len());
    }
}
