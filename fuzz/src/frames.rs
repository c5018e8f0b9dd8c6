//! `aws-chunked` bodies from the bytes of an input: framed and signed as a client would, but for
//! what the input bends, cuts or adds.

use std::sync::LazyLock;

use libfuzzer_sys::arbitrary::{Result, Unstructured};
use sha2::{Digest as _, Sha256};
use signature::chunk::ChunkSigner;
use signature::{ChunkDecoder, Chunks, Request, Sign, Verified, sign, verify};

use crate::{REGION, credentials, now, rules};

const KINDS: [(&str, Chunks); 3] = [
    ("STREAMING-AWS4-HMAC-SHA256-PAYLOAD", Chunks::Signed),
    ("STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER", Chunks::SignedWithTrailer),
    ("STREAMING-UNSIGNED-PAYLOAD-TRAILER", Chunks::UnsignedWithTrailer),
];

/// Sizes of chunks around what S3 takes, beside small ones.
const SIZES: [usize; 8] = [1, 2, 3, 16, 255, 8191, 8192, 9000];

/// A body on its way, and what its sender meant.
#[derive(Clone, Debug)]
pub struct Framed {
    /// How it is covered.
    pub chunks: Chunks,
    /// How much data was announced.
    pub length: u64,
    /// The frames.
    pub body: Vec<u8>,
    /// The data of chunks whose signature was made with the secret, in order.
    pub signed: Vec<u8>,
    /// Every line and signature is as a client makes them.
    pub is_good: bool,
}

/// Frames a body, and counts what was bent on the way.
struct Framer {
    chunks: Chunks,
    signer: ChunkSigner,
    body: Vec<u8>,
    signed: Vec<u8>,
    trailer: Vec<u8>,
    is_good: bool,
    last_size: usize,
}

impl Framed {
    /// Makes a body: chunks, the last one, a trailer, and at times a change in the end.
    ///
    /// # Errors
    /// Never with enough bytes.
    pub fn read(bytes: &mut Unstructured<'_>) -> Result<Self> {
        let (word, chunks) = *bytes.choose(&KINDS)?;
        let mut framer = Framer::new(word, chunks);
        for _ in 0..bytes.int_in_range(0..=3)? {
            let size = *bytes.choose(&SIZES)?;
            framer.chunk(size, bytes)?;
        }
        framer.chunk(0, bytes)?;
        if chunks == Chunks::Signed {
            framer.body.extend_from_slice(b"\r\n");
        } else {
            framer.trailer(bytes)?;
        }
        framer.bend(bytes)?;
        framer.announce(bytes)
    }
}

/// A decoder for such a body.
///
/// # Panics
/// Never: the request that announces it is signed here.
#[must_use]
pub fn decoder(chunks: Chunks, length: u64) -> ChunkDecoder {
    static PROOFS: LazyLock<[Verified; 3]> = LazyLock::new(|| KINDS.map(|(word, _)| proof(word)));
    let kinds = KINDS.iter().zip(&*PROOFS);
    let proof = kinds.filter(|((_, kind), _)| *kind == chunks).map(|(_, proof)| proof).next();
    proof.and_then(|proof| proof.chunks(length)).expect("the body is chunked")
}

/// The verified request whose body is covered as `word` says.
fn proof(word: &str) -> Verified {
    let headers = announcement(word);
    let headers: Vec<_> = headers.iter().map(|(n, v)| (n.as_str(), v.as_bytes())).collect();
    let request =
        Request { method: "PUT", path: "/k", query: "", headers: &headers, virtual_bucket: None };
    let Ok(verify::Presented::Signature(claim)) = verify::read(&request, &rules()) else {
        panic!("the request is signed")
    };
    claim.verify(credentials(None).secret(), &rules()).expect("it is signed here")
}

/// The headers of a request that announces a chunked body.
fn announcement(word: &str) -> Vec<(String, String)> {
    let request = Sign {
        method: "PUT",
        scheme: "https",
        authority: "h",
        path: "/k",
        query: "",
        headers: &[],
        payload_hash: word,
    };
    let added = sign(&request, &credentials(None), REGION, now());
    let all = [("host", "h")].into_iter().chain(added.iter());
    all.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

impl Framer {
    fn new(word: &str, chunks: Chunks) -> Self {
        let headers = announcement(word);
        let authorization = headers.iter().find(|(name, _)| name == "authorization");
        let (_, seed) = authorization.and_then(|(_, v)| v.rsplit_once('=')).expect("a signature");
        let seed = seed.as_bytes().try_into().expect("64 digits");
        Self {
            chunks,
            signer: ChunkSigner::new(credentials(None).secret(), REGION, now(), seed),
            body: Vec::new(),
            signed: Vec::new(),
            trailer: Vec::new(),
            is_good: true,
            last_size: usize::MAX,
        }
    }

    fn chunk(&mut self, size: usize, bytes: &mut Unstructured<'_>) -> Result<()> {
        let data = vec![bytes.arbitrary()?; size];
        let is_small = size > 0 && self.last_size < 8192;
        self.is_good &= self.chunks == Chunks::UnsignedWithTrailer || !is_small;
        self.last_size = size;
        self.body.extend_from_slice(format!("{size:x}").as_bytes());
        if self.chunks != Chunks::UnsignedWithTrailer {
            let signature = self.signer.sign(Sha256::digest(&data).into());
            self.body.extend_from_slice(b";chunk-signature=");
            self.body.extend_from_slice(&signature);
        }
        self.body.extend_from_slice(b"\r\n");
        self.body.extend_from_slice(&data);
        if size > 0 {
            self.body.extend_from_slice(b"\r\n");
        }
        self.signed.extend(data);
        Ok(())
    }

    fn trailer(&mut self, bytes: &mut Unstructured<'_>) -> Result<()> {
        for _ in 0..bytes.int_in_range(0..=2)? {
            let (name, value) =
                (bytes.choose(&["x-a", "x-amz-checksum-crc32"])?, bytes.choose(&["", "AAAAAA=="])?);
            self.body.extend_from_slice(format!("{name}:{value}\r\n").as_bytes());
            self.trailer.extend_from_slice(format!("{name}:{value}\n").as_bytes());
        }
        if self.chunks == Chunks::SignedWithTrailer {
            let signature = self.signer.sign_trailer(&self.trailer);
            self.body.extend_from_slice(b"x-amz-trailer-signature:");
            self.body.extend_from_slice(&signature);
            self.body.extend_from_slice(b"\r\n");
        }
        self.body.extend_from_slice(b"\r\n");
        Ok(())
    }

    /// Half of the time, puts some bytes in place of some others.
    fn bend(&mut self, bytes: &mut Unstructured<'_>) -> Result<()> {
        if bytes.arbitrary()? {
            let from = bytes.int_in_range(0..=self.body.len())?;
            let to = bytes.int_in_range(from..=self.body.len().min(from + 80))?;
            let piece: &[u8] = bytes.arbitrary()?;
            self.is_good &= self.body.get(from..to) == Some(piece);
            self.body.splice(from..to, piece.iter().copied());
        }
        Ok(())
    }

    fn announce(self, bytes: &mut Unstructured<'_>) -> Result<Framed> {
        let right = u64::try_from(self.signed.len()).expect("a small body");
        let length = if bytes.ratio(7_u8, 8_u8)? { right } else { bytes.arbitrary()? };
        let Self { chunks, body, signed, is_good, .. } = self;
        Ok(Framed { chunks, length, body, signed, is_good: is_good && length == right })
    }
}
