//! Uploads into the real server: every size, every refusal, nothing left behind.

#![expect(clippy::unwrap_used, reason = "test")]

use std::future::pending;
use std::path::PathBuf;
use std::sync::Arc;

use client::{AddressingStyle, Client, Config, Endpoint, ErrorKind, Uploaded};
use s3::{BucketName, ObjectKey};
use signature::Credentials;
use testbed::{ACCESS_KEY_ID, House, SECRET};

const MIB: usize = 1024 * 1024;

struct Desk {
    house: House,
    folder: tempfile::TempDir,
}

impl Desk {
    fn new() -> Self {
        Self { house: House::start(), folder: tempfile::tempdir().unwrap() }
    }

    fn client(&self, secret: &str) -> Client {
        let url = format!("http://{}", self.house.authority());
        let config = Config {
            region: "us-east-1".into(),
            endpoint: Some(Endpoint::parse(&url).unwrap()),
            credentials: Some(Credentials::new(ACCESS_KEY_ID, secret, None)),
            credentials_expire: None,
            addressing_style: AddressingStyle::Auto,
        };
        let now = self.house.now();
        Client::new(config, Arc::new(move || now)).unwrap()
    }

    fn file(&self, name: &str, bytes: usize) -> (PathBuf, Vec<u8>) {
        let path = self.folder.path().join(name);
        let content: Vec<u8> = (0..251).cycle().take(bytes).collect();
        std::fs::write(&path, &content).unwrap();
        (path, content)
    }

    async fn upload(&self, client: &Client, path: &std::path::Path) -> Result<Uploaded, ErrorKind> {
        let key = ObjectKey::parse("a b/\u{e9}//+").unwrap();
        client.upload(&bucket(), &key, path, pending()).await.map_err(|e| e.kind().clone())
    }
}

fn bucket() -> BucketName {
    BucketName::parse("photos").unwrap()
}

const TARGET: &str = "/photos/a%20b/%C3%A9//%2B";

#[tokio::test]
async fn object_is_the_file_whatever_its_size() {
    let desk = Desk::new();
    let client = desk.client(SECRET);
    client.create_bucket(&bucket()).await.unwrap();
    for bytes in [0, 10, MIB - 1, MIB, 3 * MIB + 1, 64 * MIB, 64 * MIB + 1] {
        let (path, content) = desk.file("page.html", bytes);
        let uploaded = desk.upload(&client, &path).await.unwrap();
        let answer = desk.house.ok("GET", TARGET, b"");
        assert!(answer.body == content, "{bytes} bytes");
        assert_eq!(answer.header("content-type"), Some("text/html"));
        assert_eq!(uploaded.etag.as_deref(), answer.header("etag"));
        let parts = uploaded.etag.unwrap().contains("-2\"");
        assert_eq!(parts, bytes > 64 * MIB, "{bytes} bytes");
    }
    let left = desk.house.ok("GET", "/photos?uploads", b"").text();
    assert!(!left.contains("<Upload>"), "{left}");
}

#[tokio::test]
async fn bucket_that_one_has_is_fine() {
    let desk = Desk::new();
    let client = desk.client(SECRET);
    for _ in 0..2 {
        client.create_bucket(&bucket()).await.unwrap();
    }
}

#[tokio::test]
async fn refusals_are_told_in_the_words_of_s3_also_for_large_files() {
    let desk = Desk::new();
    for bytes in [10, 30 * MIB, 65 * MIB] {
        let (path, _) = desk.file("file", bytes);
        for (secret, expected) in [(SECRET, "NoSuchBucket"), ("wrong", "SignatureDoesNotMatch")] {
            let refused = desk.upload(&desk.client(secret), &path).await.unwrap_err();
            assert!(
                matches!(&refused, ErrorKind::Refused { code, .. } if code == expected),
                "{bytes} bytes: {refused:?}"
            );
        }
    }
}

#[tokio::test]
async fn folder_and_missing_file_are_refused_before_anything_is_sent() {
    let desk = Desk::new();
    let client = desk.client(SECRET);
    for path in [desk.folder.path(), &desk.folder.path().join("missing")] {
        let refused = desk.upload(&client, path).await;
        assert_eq!(refused, Err(ErrorKind::File(path.into())));
    }
    assert_eq!(desk.house.stop(), "");
}
