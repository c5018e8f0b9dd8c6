//! `aws-chunked` uploads: signed chunks, signed and unsigned trailers, and all that can be wrong.

use sha2::{Digest as _, Sha256};
use signature::chunk::ChunkSigner;
use signature::{Credentials, v4a};
use testbed::{ACCESS_KEY_ID, Answer, Auth, House, Request, SECRET};

const SIGNED: &str = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD";
const SIGNED_TRAILER: &str = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER";
const ECDSA: &str = "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD";
const ECDSA_TRAILER: &str = "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER";
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
    let auth = if is_ecdsa(word) { Auth::HeaderV4a } else { Auth::Header };
    let put = Request::new("PUT", "/bucket/k").auth(auth).payload_hash(word);
    let put = put.header("x-amz-decoded-content-length", "20000");
    let put = put.header("content-encoding", "aws-chunked,gzip");
    if has_trailer(word) { put.header("x-amz-trailer", "x-amz-checksum-crc32") } else { put }
}

fn is_ecdsa(word: &str) -> bool {
    word.contains("ECDSA")
}

fn has_trailer(word: &str) -> bool {
    word.ends_with("-TRAILER")
}

/// The data in frames of `size`, signed after the request that [`put`] makes of `word`.
fn framed(house: &House, word: &str, size: usize, trailer: Option<&str>) -> Vec<u8> {
    let seed = put(word).signature(&house.authority(), house.now());
    let credentials = Credentials::new(ACCESS_KEY_ID, SECRET, None);
    let mut signer = if is_ecdsa(word) {
        v4a::Signer::new(&credentials, "*").chunks(house.now(), &seed)
    } else {
        ChunkSigner::new(credentials.secret(), "us-east-1", house.now(), &seed)
    };
    let data = data();
    let mut body = Vec::new();
    for chunk in data.chunks(size).chain([&[][..]]) {
        let signature = signer.sign(Sha256::digest(chunk).into());
        let head = format!("{:x};chunk-signature={signature}\r\n", chunk.len());
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(chunk);
        if !chunk.is_empty() || trailer.is_none() {
            body.extend_from_slice(b"\r\n");
        }
    }
    if let Some(line) = trailer {
        let signature = signer.sign_trailer(format!("{line}\n").as_bytes());
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
    for word in [SIGNED, SIGNED_TRAILER, ECDSA, ECDSA_TRAILER, UNSIGNED_TRAILER] {
        let house = house();
        let body = match word {
            UNSIGNED_TRAILER => unsigned(&line),
            _ => framed(&house, word, 8192, has_trailer(word).then_some(&line)),
        };
        let answer = house.send(&put(word).body(&body));
        assert_eq!(answer.status, 200, "{word}: {}", answer.text());
        let stored = stored(&house);
        assert_eq!(stored.body, data(), "{word}");
        assert_eq!(stored.header("content-encoding"), Some("gzip"));
        let sum = has_trailer(word).then_some(CRC32);
        assert_eq!(answer.header("x-amz-checksum-crc32"), sum);
    }
}

#[test]
fn the_word_for_frames_is_no_encoding_in_any_case() {
    let house = house();
    let put = Request::new("PUT", "/bucket/k").auth(Auth::Header).payload_hash(UNSIGNED_TRAILER);
    let put = put.header("content-encoding", "gzip, AWS-Chunked");
    let put = |length: &str| put.clone().header("x-amz-decoded-content-length", length);
    assert_eq!(house.send(&put("1").body(b"1\r\na\r\n0\r\n\r\n")).status, 200);
    assert_eq!(stored(&house).header("content-encoding"), Some("gzip"));
    for length in ["+1", "-1", "1.0", "0x1", "", "1 1"] {
        let answer = house.send(&put(length).body(b"1\r\na\r\n0\r\n\r\n"));
        assert_eq!(answer.refusal(), (411, "MissingContentLength".into()), "{length}");
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
    for word in [SIGNED, ECDSA] {
        let framed = |size| framed(&house, word, size, None);
        let mut forged = framed(8192);
        forged[9_000] ^= 1;
        assert_eq!(refused(put(word), &forged), (403, "SignatureDoesNotMatch".into()));
        assert_eq!(refused(put(word), &framed(8191)), (400, "InvalidChunkSizeError".into()));
        assert_eq!(refused(put(word), &framed(8192)[..20_100]), (400, "IncompleteBody".into()));
    }
    for word in [SIGNED_TRAILER, ECDSA_TRAILER] {
        let line = format!("x-amz-checksum-crc32:{CRC32}");
        let framed = String::from_utf8(framed(&house, word, 8192, Some(&line))).unwrap();
        let forged = framed.replace(CRC32, "AAAAAA==");
        let refusal = refused(put(word), forged.as_bytes());
        assert_eq!(refusal, (403, "SignatureDoesNotMatch".into()), "{word}");
        let (_, signature) = framed.split_once("x-amz-trailer-signature").unwrap();
        let unsigned = framed.replace(&format!("x-amz-trailer-signature{signature}"), "\r\n");
        let refusal = refused(put(word), unsigned.as_bytes());
        assert_eq!(refusal, (400, "MalformedTrailerError".into()), "{word}");
    }
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
    assert_refused_for_its_chunks(&answer);
}

#[test]
fn chunks_are_signed_as_the_request_is() {
    let house = house();
    for (word, auth) in [(ECDSA, Auth::Header), (SIGNED, Auth::HeaderV4a)] {
        let body = framed(&house, word, 8192, None);
        assert_refused_for_its_chunks(&house.send(&put(word).auth(auth).body(&body)));
    }
}

#[track_caller]
fn assert_refused_for_its_chunks(answer: &Answer) {
    assert_eq!(answer.refusal(), (400, "InvalidArgument".into()));
    let message = answer.element("Message").unwrap();
    assert!(message.contains("chunks that do not go with the signature"), "{message}");
    assert_eq!(answer.element("ArgumentName").as_deref(), Some("x-amz-content-sha256"));
}
