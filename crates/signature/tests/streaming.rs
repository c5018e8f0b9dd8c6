//! Chunked bodies against known answers: what the vectors frame is read in any pieces, and what
//! is changed in one byte is refused.

#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "test")]

use serde::Deserialize;
use signature::chunk::{ChunkSigner, Event};
use signature::{
    ChunkDecoder, ChunkError, Legacy, Presented, Request, Rules, Scope, SecretKey, Timestamp,
    verify,
};

#[derive(Deserialize)]
struct Vectors {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    id: String,
    inputs: Inputs,
    expected: Expected,
}

#[derive(Deserialize)]
struct Inputs {
    secret_key: String,
    region: String,
    timestamp: String,
    method: String,
    host: String,
    path: String,
    headers: Vec<(String, String)>,
    payload: Payload,
    chunk_sizes: Vec<usize>,
}

#[derive(Deserialize)]
struct Payload {
    repeat: Option<String>,
    length: usize,
    offset: Option<usize>,
}

#[derive(Deserialize)]
struct Expected {
    authorization: String,
    seed_signature: String,
    chunks: Vec<Chunk>,
    trailer: Option<Trailer>,
    body_length: usize,
}

#[derive(Deserialize)]
struct Chunk {
    size: usize,
    signature: String,
}

#[derive(Deserialize)]
struct Trailer {
    name: String,
    value: String,
    signature: String,
}

impl Case {
    fn data(&self) -> Vec<u8> {
        let Payload { repeat, length, offset } = &self.inputs.payload;
        match repeat {
            Some(letter) => letter.repeat(*length).into_bytes(),
            None => (0..*length)
                .map(|j| u8::try_from((7 * j + offset.unwrap()) % 256).unwrap())
                .collect(),
        }
    }

    fn body(&self) -> Vec<u8> {
        let (data, mut at, mut body) = (self.data(), 0, Vec::new());
        for chunk in &self.expected.chunks {
            let head = format!("{:x};chunk-signature={}\r\n", chunk.size, chunk.signature);
            body.extend_from_slice(head.as_bytes());
            body.extend_from_slice(&data[at..at + chunk.size]);
            at += chunk.size;
            if chunk.size > 0 || self.expected.trailer.is_none() {
                body.extend_from_slice(b"\r\n");
            }
        }
        if let Some(Trailer { name, value, signature }) = &self.expected.trailer {
            let lines = format!("{name}:{value}\r\nx-amz-trailer-signature:{signature}\r\n\r\n");
            body.extend_from_slice(lines.as_bytes());
        }
        assert_eq!(body.len(), self.expected.body_length, "{}", self.id);
        body
    }

    fn decoder(&self) -> ChunkDecoder {
        let mut headers = vec![("host", self.inputs.host.as_bytes())];
        headers.extend(self.inputs.headers.iter().map(|(n, v)| (n.as_str(), v.as_bytes())));
        headers.push(("authorization", self.expected.authorization.as_bytes()));
        let request = Request {
            method: &self.inputs.method,
            path: &self.inputs.path,
            query: "",
            headers: &headers,
            virtual_bucket: None,
        };
        let rules = Rules {
            now: Timestamp::parse(&self.inputs.timestamp).unwrap(),
            scope: Scope::s3(&self.inputs.region),
            legacy: Legacy::Refuse,
        };
        let Presented::Signature(unverified) = verify::read(&request, &rules).unwrap() else {
            panic!("{} presents a signature", self.id)
        };
        let verified = unverified.verify(&SecretKey::new(&*self.inputs.secret_key), &rules);
        verified.unwrap().chunks(self.inputs.payload.length as u64).unwrap()
    }
}

fn cases() -> Vec<Case> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../vectors/streaming.json");
    let vectors: Vectors = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    assert_eq!(vectors.cases.len(), 40);
    vectors.cases
}

fn read(mut decoder: ChunkDecoder, body: &[u8], piece: usize) -> Result<Vec<u8>, ChunkError> {
    let mut data = Vec::new();
    for piece in body.chunks(piece) {
        let mut at = 0;
        while at < piece.len() {
            let rest = &piece[at..];
            let (used, event) = decoder.decode(rest)?;
            if let Event::Data(range) = event {
                data.extend_from_slice(&rest[range]);
            }
            at += used;
        }
    }
    decoder.finish()?;
    Ok(data)
}

#[test]
fn framed_bodies_are_read_in_pieces_of_any_size() {
    for case in cases() {
        let (data, body) = (case.data(), case.body());
        for piece in [1, 2, 3, 7, 64, 8191, 8192, 65_536, usize::MAX >> 1] {
            let read = read(case.decoder(), &body, piece);
            assert!(read.as_ref() == Ok(&data), "{} by {piece}: {:?}", case.id, read.err());
        }
    }
}

#[test]
fn the_trailer_is_told_when_it_is_proven() {
    for case in cases() {
        let mut decoder = case.decoder();
        let body = case.body();
        let mut at = 0;
        while at < body.len() {
            at += decoder.decode(&body[at..]).unwrap().0;
        }
        decoder.finish().unwrap();
        let told: Vec<_> = decoder.trailer().to_vec();
        let expected = case.expected.trailer.map(|t| (t.name, t.value));
        assert_eq!(told, expected.into_iter().collect::<Vec<_>>());
    }
}

#[test]
fn a_body_changed_in_one_byte_or_cut_short_is_refused() {
    for case in cases() {
        let body = case.body();
        let step = (body.len() / 97).max(1);
        for at in
            (0..body.len() - 4).step_by(step).chain(body.len().saturating_sub(90)..body.len() - 4)
        {
            let mut changed = body.clone();
            changed[at] ^= 1;
            assert!(read(case.decoder(), &changed, 4096).is_err(), "{} at {at}", case.id);
            assert!(read(case.decoder(), &body[..at], 4096).is_err(), "{} to {at}", case.id);
        }
    }
}

#[test]
fn chunks_are_signed_as_the_vectors_have_them() {
    use sha2::{Digest as _, Sha256};
    for case in cases() {
        let seed = &case.expected.seed_signature;
        let at = Timestamp::parse(&case.inputs.timestamp).unwrap();
        let secret = SecretKey::new(&*case.inputs.secret_key);
        let mut signer = ChunkSigner::new(&secret, &case.inputs.region, at, seed);
        let (data, mut from) = (case.data(), 0);
        for (size, chunk) in case.inputs.chunk_sizes.iter().chain([&0]).zip(&case.expected.chunks) {
            let hash = Sha256::digest(&data[from..from + size]).into();
            from += size;
            assert_eq!(signer.sign(hash), chunk.signature, "{}", case.id);
        }
        if let Some(trailer) = &case.expected.trailer {
            let lines = format!("{}:{}\n", trailer.name, trailer.value);
            let signature = signer.sign_trailer(lines.as_bytes());
            assert_eq!(signature, trailer.signature, "{}", case.id);
        }
    }
}
