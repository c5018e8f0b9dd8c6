//! `aws-chunked` uploads: signed chunks, signed and unsigned trailers, and all that can be wrong.

use sha2::{Digest as _, Sha256};
use signature::SecretKey;
use signature::chunk::ChunkSigner;
use testbed::{Answer, Auth, House, Request, SECRET};

const SIGNED: &str = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD";
const SIGNED_TRAILER: &str = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER";
const UNSIGNED_TRAILER: &str = "STREAMING-UNSIGNED-PAYLOAD-TRAILER";
/// CRC32 of 20,000 times the letter a.
const CRC32: &str = "yr2HMQ==";

fn house() -> House {
    let house = House::start();
    house.ok("PUT", "/bucket", b"");
    house
}

fn data() -> Vec<u8> {
    vec![b'a'; 20_000]
}

fn put(word: &str) -> Request {
    let put = Request::new("PUT", "/bucket/k").auth(Auth::Header).payload_hash(word);
    let put = put.header("x-amz-decoded-content-length", "20000");
    let put = put.header("content-encoding", "aws-chunked,gzip");
    if word == SIGNED { put } else { put.header("x-amz-trailer", "x-amz-checksum-crc32") }
}

/// The data in frames of `size`, signed after the request.
fn framed(house: &House, request: &Request, size: usize, trailer: Option<&str>) -> Vec<u8> {
    let seed = request.signature(&house.authority(), house.now());
    let secret = SecretKey::new(SECRET);
    let mut signer = ChunkSigner::new(&secret, "us-east-1", house.now(), seed);
    let data = data();
    let mut body = Vec::new();
    for chunk in data.chunks(size).chain([&[][..]]) {
        let signature = signer.sign(Sha256::digest(chunk).into());
        let signature = std::str::from_utf8(&signature).unwrap().to_owned();
        let head = format!("{:x};chunk-signature={signature}\r\n", chunk.len());
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(chunk);
        if !chunk.is_empty() || trailer.is_none() {
            body.extend_from_slice(b"\r\n");
        }
    }
    if let Some(line) = trailer {
        let signature = signer.sign_trailer(format!("{line}\n").as_bytes());
        let signature = std::str::from_utf8(&signature).unwrap().to_owned();
        let lines = format!("{line}\r\nx-amz-trailer-signature:{signature}\r\n\r\n");
        body.extend_from_slice(lines.as_bytes());
    }
    body
}

fn unsigned(trailer: &str) -> Vec<u8> {
    let mut body = b"4e20\r\n".to_vec();
    body.extend_from_slice(&data());
    body.extend_from_slice(format!("\r\n0\r\n{trailer}\r\n\r\n").as_bytes());
    body
}

fn stored(house: &House) -> Answer {
    house.send(&Request::new("GET", "/bucket/k").auth(Auth::Header))
}

#[test]
fn frames_are_taken_off_and_the_data_is_stored() {
    let line = format!("x-amz-checksum-crc32:{CRC32}");
    for word in [SIGNED, SIGNED_TRAILER, UNSIGNED_TRAILER] {
        let house = house();
        let put = put(word);
        let body = match word {
            SIGNED => framed(&house, &put, 8192, None),
            SIGNED_TRAILER => framed(&house, &put, 8192, Some(&line)),
            _ => unsigned(&line),
        };
        let answer = house.send(&put.body(&body));
        assert_eq!(answer.status, 200, "{word}: {}", answer.text());
        let stored = stored(&house);
        assert_eq!(stored.body, data(), "{word}");
        assert_eq!(stored.header("content-encoding"), Some("gzip"));
        let sum = (word != SIGNED).then_some(CRC32);
        assert_eq!(answer.header("x-amz-checksum-crc32"), sum);
    }
}

#[test]
fn what_is_wrong_in_a_frame_or_a_trailer_is_never_stored() {
    let house = house();
    let refused = |put: Request, body: &[u8]| {
        let refusal = house.send(&put.body(body)).refusal();
        assert_eq!(stored(&house).status, 404);
        refusal
    };
    let mut forged = framed(&house, &put(SIGNED), 8192, None);
    forged[9_000] ^= 1;
    assert_eq!(refused(put(SIGNED), &forged), (403, "SignatureDoesNotMatch".into()));
    let small = framed(&house, &put(SIGNED), 8191, None);
    assert_eq!(refused(put(SIGNED), &small), (400, "InvalidChunkSizeError".into()));
    let cut = framed(&house, &put(SIGNED), 8192, None);
    assert_eq!(refused(put(SIGNED), &cut[..20_100]), (400, "IncompleteBody".into()));
    assert_eq!(refused(put(UNSIGNED_TRAILER), b"zz\r\n"), (400, "IncompleteBody".into()));
    let wrong = unsigned("x-amz-checksum-crc32:AAAAAA==");
    assert_eq!(refused(put(UNSIGNED_TRAILER), &wrong), (400, "BadDigest".into()));
    let other = unsigned("x-amz-checksum-sha1:AAAAAA==");
    assert_eq!(refused(put(UNSIGNED_TRAILER), &other), (400, "MalformedTrailerError".into()));
    let none = unsigned("no colon");
    assert_eq!(refused(put(UNSIGNED_TRAILER), &none), (400, "MalformedTrailerError".into()));
    let long = put(UNSIGNED_TRAILER).header("x-amz-trailer", "x-amz-checksum-crc32");
    let mut endless = b"0\r\nx:".to_vec();
    endless.resize(10_000, b'a');
    assert_eq!(refused(long, &endless).0, 400);
    let unannounced = Request::new("PUT", "/bucket/k").auth(Auth::Header).payload_hash(SIGNED);
    assert_eq!(refused(unannounced, b"x"), (411, "MissingContentLength".into()));
}

#[test]
fn a_presigned_url_takes_no_chunks() {
    let house = house();
    let put =
        Request::new("PUT", "/bucket/k?X-Amz-Content-Sha256=STREAMING-UNSIGNED-PAYLOAD-TRAILER");
    let answer = house.send(&put.auth(Auth::Presigned(60)).body(b"0\r\n\r\n"));
    assert_eq!(answer.refusal(), (400, "InvalidArgument".into()));
}
