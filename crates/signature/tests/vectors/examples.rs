//! The worked examples of AWS's documentation: each is signed here as it is printed there, and
//! verifies.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html>,
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/RESTAuthentication.html>

use std::collections::BTreeMap;

use serde::Deserialize;
use signature::{Credentials, Presign, Presigner, Sign, Timestamp, sign, v2};

use crate::sent::Sent;

const KEY_ID: &str = "AKIAIOSFODNN7EXAMPLE";

#[derive(Deserialize)]
struct Examples {
    secret_key: String,
    examples: Vec<Example>,
}

#[derive(Deserialize)]
struct Example {
    name: String,
    kind: String,
    signature: String,
    #[serde(default)]
    method: String,
    #[serde(default)]
    host: String,
    #[serde(default)]
    path: String,
    #[serde(default)]
    query: Vec<(String, String)>,
    #[serde(default)]
    headers: Vec<(String, String)>,
    #[serde(default)]
    payload_hash: String,
    #[serde(default)]
    timestamp: String,
    canonical_request: Option<String>,
    string_to_sign: String,
}

fn examples() -> (Credentials, Vec<Example>) {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../vectors/aws_doc_examples.json");
    let vectors: Examples = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    (Credentials::new(KEY_ID, &vectors.secret_key, None), vectors.examples)
}

impl Example {
    fn at(&self) -> Timestamp {
        Timestamp::parse(&self.timestamp).unwrap()
    }

    /// The headers that the signer does not add by itself.
    fn covered(&self) -> Vec<(&str, &str)> {
        let added = ["host", "x-amz-date", "x-amz-content-sha256"];
        let headers = self.headers.iter().map(|(n, v)| (n.as_str(), v.as_str()));
        headers.filter(|(name, _)| !added.contains(name)).collect()
    }

    /// Signed in its header.
    fn signed(&self, credentials: &Credentials) -> Sent {
        let pairs: Vec<String> = self.query.iter().map(|(n, v)| format!("{n}={v}")).collect();
        let query = pairs.join("&");
        let request = Sign {
            method: &self.method,
            scheme: "https",
            authority: &self.host,
            path: &self.path,
            query: &query,
            headers: &self.covered(),
            payload_hash: &self.payload_hash,
        };
        let signed = sign(&request, credentials, "us-east-1", self.at());
        assert_eq!(signed.signature(), self.signature, "{}", self.name);
        let headers = self.covered().into_iter().chain(signed.iter());
        self.sent(query.clone(), headers)
    }

    /// Signed in its query.
    fn presigned(&self, credentials: &Credentials) -> Sent {
        let url = Presigner::new(credentials, "us-east-1", self.at())
            .presign(&Presign {
                method: &self.method,
                scheme: "https",
                authority: &self.host,
                path: &self.path,
                query: &[],
                headers: &self.covered(),
                expires_seconds: 86400,
            })
            .unwrap();
        let (_, query) = url.as_str().split_once('?').unwrap();
        assert!(query.ends_with(&format!("X-Amz-Signature={}", self.signature)), "{}", self.name);
        self.sent(query.into(), self.covered().into_iter())
    }

    fn sent<'h>(&self, query: String, headers: impl Iterator<Item = (&'h str, &'h str)>) -> Sent {
        let host = ("host".to_owned(), self.host.clone().into_bytes());
        let headers = headers.map(|(n, v)| (n.to_owned(), v.as_bytes().to_vec()));
        Sent {
            method: self.method.clone(),
            path: self.path.clone(),
            query,
            headers: [host].into_iter().chain(headers).collect(),
            virtual_bucket: None,
            now: self.at(),
            region: "us-east-1".into(),
        }
    }
}

#[test]
fn the_examples_of_sigv4_come_out_as_printed_and_verify() {
    let (credentials, examples) = examples();
    let mut seen = 0;
    for example in examples.iter().filter(|example| example.kind.starts_with("sigv4")) {
        let sent = match example.kind.as_str() {
            "sigv4-query" => example.presigned(&credentials),
            _ => example.signed(&credentials),
        };
        assert!(sent.verify(credentials.secret().expose()).is_ok(), "{}", example.name);
        let mismatch = sent.mismatch("another-secret");
        assert_eq!(mismatch.canonical_request, example.canonical_request, "{}", example.name);
        assert_eq!(mismatch.string_to_sign, example.string_to_sign, "{}", example.name);
        seen += 1;
    }
    assert_eq!(seen, 5);
}

/// A request of the SigV2 page: method, bucket in the host name, target, headers.
type Legacy =
    (&'static str, Option<&'static str>, &'static str, &'static [(&'static str, &'static str)]);

/// The requests, of which the page's strings to sign are made. That of the DELETE is signed as if
/// its `x-amz-date` were its `date`, which the page's own text does not say; so it is put here.
const LEGACY: [(&str, Legacy); 8] = [
    (
        "object-get",
        (
            "GET",
            Some("awsexamplebucket1"),
            "/photos/puppy.jpg",
            &[("Date", "Tue, 27 Mar 2007 19:36:42 +0000")],
        ),
    ),
    (
        "object-put",
        (
            "PUT",
            Some("awsexamplebucket1"),
            "/photos/puppy.jpg",
            &[
                ("Content-Type", "image/jpeg"),
                ("Content-Length", "94328"),
                ("Date", "Tue, 27 Mar 2007 21:15:45 +0000"),
            ],
        ),
    ),
    (
        "list",
        (
            "GET",
            Some("awsexamplebucket1"),
            "/?prefix=photos&max-keys=50&marker=puppy",
            &[("User-Agent", "Mozilla/5.0"), ("Date", "Tue, 27 Mar 2007 19:42:41 +0000")],
        ),
    ),
    (
        "fetch-acl",
        ("GET", Some("awsexamplebucket1"), "/?acl", &[("Date", "Tue, 27 Mar 2007 19:44:46 +0000")]),
    ),
    (
        "delete-with-x-amz-date",
        (
            "DELETE",
            None,
            "/awsexamplebucket1/photos/puppy.jpg",
            &[("User-Agent", "dotnet"), ("Date", "Tue, 27 Mar 2007 21:20:26 +0000")],
        ),
    ),
    (
        "upload-metadata",
        (
            "PUT",
            Some("static.awsexamplebucket1.net"),
            "/db-backup.dat.gz",
            &[
                ("User-Agent", "curl/7.15.5"),
                ("Date", "Tue, 27 Mar 2007 21:06:08 +0000"),
                ("x-amz-acl", "public-read"),
                ("content-type", "application/x-download"),
                ("Content-MD5", "4gJE4saaMU4BqNR0kLY+lw=="),
                ("X-Amz-Meta-ReviewedBy", "joe@awsexamplebucket1.net"),
                ("X-Amz-Meta-ReviewedBy", "jane@awsexamplebucket1.net"),
                ("X-Amz-Meta-FileChecksum", "0x02661779"),
                ("X-Amz-Meta-ChecksumAlgorithm", "crc32"),
                ("Content-Encoding", "gzip"),
            ],
        ),
    ),
    ("list-all-buckets", ("GET", None, "/", &[("Date", "Wed, 28 Mar 2007 01:29:59 +0000")])),
    (
        "unicode-keys",
        (
            "GET",
            None,
            "/dictionary/fran%C3%A7ais/pr%c3%a9f%c3%a8re",
            &[("Date", "Wed, 28 Mar 2007 01:49:49 +0000")],
        ),
    ),
];

#[test]
fn the_examples_of_sigv2_come_out_as_printed_and_verify() {
    let (credentials, examples) = examples();
    let printed = examples.iter().filter(|example| example.kind == "sigv2-header");
    let printed: BTreeMap<&str, &Example> = printed.map(|e| (e.name.as_str(), e)).collect();
    assert_eq!(printed.len(), LEGACY.len());
    for (name, (method, bucket, target, headers)) in LEGACY {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let (_, date) = headers.iter().find(|(name, _)| *name == "Date").unwrap();
        let at = Timestamp::parse_http_date(date).unwrap();
        let request = Sign {
            method,
            scheme: "http",
            authority: "s3.us-west-1.amazonaws.com",
            path,
            query,
            headers,
            payload_hash: "",
        };
        let signed = v2::sign(&request, &credentials, bucket, at);
        let authorization = format!("AWS {KEY_ID}:{}", printed[name].signature);
        assert_eq!(signed.iter().collect::<Vec<_>>(), [("authorization", &*authorization)]);
        let headers = headers.iter().copied().chain(signed.iter());
        let sent = Sent {
            method: method.into(),
            path: path.into(),
            query: query.into(),
            headers: headers.map(|(n, v)| (n.into(), v.as_bytes().to_vec())).collect(),
            virtual_bucket: bucket.map(str::to_owned),
            now: at,
            region: "us-east-1".into(),
        };
        assert!(sent.verify(credentials.secret().expose()).is_ok(), "{name}");
        assert_eq!(sent.mismatch("another").string_to_sign, printed[name].string_to_sign, "{name}");
    }
}

#[test]
fn the_presigned_example_of_sigv2_comes_out_as_printed() {
    let (credentials, examples) = examples();
    let example = examples.iter().find(|example| example.kind == "sigv2-query").unwrap();
    let get = Presign {
        method: "GET",
        scheme: "http",
        authority: "johnsmith.s3.amazonaws.com",
        path: "/photos/puppy.jpg",
        query: &[],
        headers: &[],
        expires_seconds: 0,
    };
    let until = Timestamp::from_seconds(1_175_139_620);
    let url = v2::presign(&get, &credentials, Some("johnsmith"), until);
    let signature = example.signature.replace('/', "%2F").replace('=', "%3D").replace('+', "%2B");
    assert!(url.as_str().ends_with(&format!("&Expires=1175139620&Signature={signature}")));
}
