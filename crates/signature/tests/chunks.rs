//! Whatever is framed and signed is read as it was, in pieces of any size; and framed bytes with
//! one changed, or that end too early, are refused or say the same.

#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "test")]

use proptest::prelude::*;
use sha2::{Digest as _, Sha256};
use signature::chunk::{ChunkSigner, Event};
use signature::{
    ChunkDecoder, ChunkError, Credentials, Legacy, Presented, Request, Rules, Scope, Sign,
    Timestamp, Verified, VerifyError, sign, v4a, verify,
};

const REGION: &str = "eu-north-1";
const REGION_SET: &str = "us-east-1,eu-*";
const ECDSA: &str = "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD";
const ECDSA_TRAILER: &str = "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER";
const HMAC: &str = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD";
const HMAC_TRAILER: &str = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER";

fn now() -> Timestamp {
    Timestamp::parse("20260102T030405Z").unwrap()
}

fn credentials() -> Credentials {
    Credentials::new("AKIDEXAMPLE", "secret", None)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Version {
    V4,
    V4a,
}

/// A request that announces a body, verified; and what signs the body's chunks.
struct Announced {
    verified: Verified,
    signer: ChunkSigner,
}

impl Announced {
    fn new(word: &str, version: Version) -> Result<Self, VerifyError> {
        let request = Sign {
            method: "PUT",
            scheme: "https",
            authority: "h",
            path: "/k",
            query: "",
            headers: &[],
            payload_hash: word,
        };
        let credentials = credentials();
        let regions = v4a::Signer::new(&credentials, REGION_SET);
        let added = match version {
            Version::V4a => regions.sign(&request, now()),
            Version::V4 => sign(&request, &credentials, REGION, now()),
        };
        let signer = match version {
            Version::V4a => regions.chunks(now(), added.signature()),
            Version::V4 => ChunkSigner::new(credentials.secret(), REGION, now(), added.signature()),
        };
        let headers: Vec<_> = [("host", "h")]
            .into_iter()
            .chain(added.iter())
            .map(|(n, v)| (n, v.as_bytes()))
            .collect();
        let request = Request {
            method: "PUT",
            path: "/k",
            query: "",
            headers: &headers,
            virtual_bucket: None,
        };
        let rules = Rules { now: now(), scope: Scope::s3(REGION), legacy: Legacy::Refuse };
        let Presented::Signature(claim) = verify::read(&request, &rules)? else {
            panic!("the request is signed")
        };
        let verified = claim.verify(credentials.secret(), &rules)?;
        Ok(Self { verified, signer })
    }

    fn framed(&self, body: &Body) -> Vec<u8> {
        let (mut signer, mut framed) = (self.signer.clone(), Vec::new());
        for chunk in body.chunks().chain([&[][..]]) {
            let signature = signer.sign(Sha256::digest(chunk).into());
            framed.extend(format!("{:x};chunk-signature={signature}\r\n", chunk.len()).bytes());
            framed.extend_from_slice(chunk);
            if !chunk.is_empty() || body.trailer.is_none() {
                framed.extend_from_slice(b"\r\n");
            }
        }
        if let Some(value) = &body.trailer {
            let signature = signer.sign_trailer(format!("x-note:{value}\n").as_bytes());
            let signature = format!("x-amz-trailer-signature:{signature}\r\n\r\n");
            framed.extend(format!("x-note:{value}\r\n{signature}").bytes());
        }
        framed
    }

    fn read(&self, body: &Body, framed: &[u8], piece: usize) -> Result<Content, ChunkError> {
        let length = body.data.len().try_into().unwrap();
        let mut decoder: ChunkDecoder = self.verified.chunks(length).unwrap();
        let mut data = Vec::new();
        for piece in framed.chunks(piece) {
            let mut at = 0;
            while at < piece.len() {
                let (used, event) = decoder.decode(&piece[at..])?;
                if let Event::Data(range) = event {
                    data.extend_from_slice(&piece[at..][range]);
                }
                at += used;
            }
        }
        decoder.finish()?;
        Ok((data, decoder.trailer().to_vec()))
    }
}

/// Data, and the lines of the trailer.
type Content = (Vec<u8>, Vec<(String, String)>);

#[derive(Clone, Debug)]
struct Body {
    data: Vec<u8>,
    chunk_size: usize,
    trailer: Option<String>,
}

impl Body {
    fn chunks(&self) -> impl Iterator<Item = &[u8]> {
        self.data.chunks(self.chunk_size)
    }

    fn content(&self) -> Content {
        let lines = self.trailer.iter().map(|value| ("x-note".to_owned(), value.clone()));
        (self.data.clone(), lines.collect())
    }

    fn word(&self, version: Version) -> &'static str {
        match (version, &self.trailer) {
            (Version::V4a, None) => ECDSA,
            (Version::V4a, Some(_)) => ECDSA_TRAILER,
            (Version::V4, None) => HMAC,
            (Version::V4, Some(_)) => HMAC_TRAILER,
        }
    }
}

fn body() -> impl Strategy<Value = Body> {
    let data = (0..20_000_usize, any::<u8>()).prop_map(|(length, first)| {
        (0..length).map(|at| first.wrapping_add(u8::try_from(at % 251).unwrap())).collect()
    });
    (data, 8192..12_000_usize, prop::option::of("[!-~]{1,20}"))
        .prop_map(|(data, chunk_size, trailer)| Body { data, chunk_size, trailer })
}

fn version() -> impl Strategy<Value = Version> {
    prop_oneof![Just(Version::V4), Just(Version::V4a)]
}

proptest! {
    // ECDSA takes a while.
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_framed_and_signed_is_read_as_it_was(
        body in body(),
        version in version(),
        piece in 1..9000_usize,
    ) {
        let announced = Announced::new(body.word(version), version).unwrap();
        let framed = announced.framed(&body);
        prop_assert_eq!(announced.read(&body, &framed, piece), Ok(body.content()));
    }

    #[test]
    fn framed_bytes_with_one_changed_are_refused_or_say_the_same(
        body in body(),
        version in version(),
        places in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 8),
    ) {
        let announced = Announced::new(body.word(version), version).unwrap();
        let framed = announced.framed(&body);
        for (place, byte) in places {
            let mut changed = framed.clone();
            changed[place.index(framed.len())] = byte;
            if let Ok(content) = announced.read(&body, &changed, 4096) {
                prop_assert_eq!(content, body.content());
            }
            let cut = place.index(framed.len() - 4);
            prop_assert!(announced.read(&body, &framed[..cut], 4096).is_err());
        }
    }
}

#[test]
fn every_byte_of_a_signature_counts_and_so_do_its_stars() {
    for version in [Version::V4, Version::V4a] {
        let body = Body { data: b"data".to_vec(), chunk_size: 4, trailer: Some("note".into()) };
        let announced = Announced::new(body.word(version), version).unwrap();
        let framed = announced.framed(&body);
        let text = String::from_utf8(framed.clone()).unwrap();
        for (begin, name) in text.match_indices("signature") {
            let begin = begin + name.len() + 1;
            let end = begin + framed[begin..].iter().position(|&b| b == b'\r').unwrap();
            assert_eq!(end - begin, if version == Version::V4 { 64 } else { 144 });
            for at in begin..end {
                for byte in [b'*', b'0', b'A', b' '].into_iter().filter(|b| *b != framed[at]) {
                    let mut changed = framed.clone();
                    changed[at] = byte;
                    assert!(announced.read(&body, &changed, 99).is_err(), "{byte} at {at}");
                }
            }
            let mut shorter = framed.clone();
            shorter.remove(end - 1);
            assert!(announced.read(&body, &shorter, 99).is_err());
            let mut longer = framed.clone();
            longer.insert(end, b'*');
            assert!(announced.read(&body, &longer, 99).is_err());
        }
    }
}

#[test]
fn chunks_are_signed_as_the_request_is() {
    for (words, version) in
        [([ECDSA, ECDSA_TRAILER], Version::V4), ([HMAC, HMAC_TRAILER], Version::V4a)]
    {
        for word in words {
            let refused = Announced::new(word, version).map(|_| ()).unwrap_err();
            assert_eq!(refused, VerifyError::PayloadChunks(word.into()));
        }
    }
}

#[test]
fn a_chunk_of_another_body_or_place_is_refused() {
    for version in [Version::V4, Version::V4a] {
        let body = Body { data: vec![b'a'; 3 * 8192], chunk_size: 8192, trailer: None };
        let announced = Announced::new(body.word(version), version).unwrap();
        let framed = announced.framed(&body);
        let frame =
            (framed.len() - announced.framed(&Body { data: Vec::new(), ..body.clone() }).len()) / 3;
        // The data of all chunks is the same, so only what their signatures cover tells them apart.
        let mut swapped = framed[frame..2 * frame].to_vec();
        swapped.extend_from_slice(&framed[..frame]);
        swapped.extend_from_slice(&framed[2 * frame..]);
        assert_eq!(announced.read(&body, &swapped, 4096), Err(ChunkError::Signature));
        let mut left_out = framed[..frame].to_vec();
        left_out.extend_from_slice(&framed[2 * frame..]);
        assert_eq!(announced.read(&body, &left_out, 4096), Err(ChunkError::Signature));
    }
}

#[test]
fn nothing_but_line_breaks_follows_the_end() {
    for trailer in [None, Some("note".to_owned())] {
        let body = Body { data: b"data".to_vec(), chunk_size: 4, trailer };
        let announced = Announced::new(body.word(Version::V4), Version::V4).unwrap();
        let framed = announced.framed(&body);
        for piece in [1, 7, 4096] {
            let with = |more: &[u8]| announced.read(&body, &[&framed, more].concat(), piece);
            assert_eq!(with(b"\r\n\n"), Ok(body.content()));
            assert_eq!(with(b"\r\nx"), Err(ChunkError::Malformed));
            assert_eq!(with(&framed), Err(ChunkError::Malformed));
        }
    }
}

#[test]
fn a_trailer_is_bounded_and_says_everything_once() {
    let body = Body { data: Vec::new(), chunk_size: 4, trailer: Some(String::new()) };
    let announced = Announced::new(body.word(Version::V4), Version::V4).unwrap();
    let mut signer = announced.signer.clone();
    let end = format!("0;chunk-signature={}\r\n", signer.sign(Sha256::digest(b"").into()));
    let signature = signer.sign_trailer(b"x-note:a\nx-note:b\n");
    let twice = format!("x-note:a\r\nx-note:b\r\nx-amz-trailer-signature:{signature}\r\n\r\n");
    for lines in [twice, format!("x-note:{}\r\n", "a".repeat(5000))] {
        let framed = format!("{end}{lines}");
        let read = announced.read(&body, framed.as_bytes(), 4096);
        assert_eq!(read, Err(ChunkError::Trailer));
    }
}
