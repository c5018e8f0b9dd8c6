//! `aws-chunked` bodies from the bytes of an input: framed and signed as a client would, but for
//! what the input bends, cuts or adds.

use std::sync::LazyLock;

use libfuzzer_sys::arbitrary::{Result, Unstructured};
use sha2::{Digest as _, Sha256};
use signature::chunk::ChunkSigner;
use signature::{ChunkDecoder, Chunks, Request, Sign, Verified, sign, v4a, verify};

use crate::{REGION, REGION_SET, credentials, now, rules};

/// How a body is covered, and the word in `x-amz-content-sha256` that says so.
#[derive(Debug, PartialEq, Eq)]
pub struct Kind {
    word: &'static str,
    /// What is signed.
    pub chunks: Chunks,
    /// The request, and with it all that is signed, is signed for a set of regions.
    is_v4a: bool,
}

/// All of them.
pub const KINDS: [Kind; 5] = [
    kind("STREAMING-AWS4-HMAC-SHA256-PAYLOAD", Chunks::Signed, false),
    kind("STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER", Chunks::SignedWithTrailer, false),
    kind("STREAMING-UNSIGNED-PAYLOAD-TRAILER", Chunks::UnsignedWithTrailer, false),
    kind("STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD", Chunks::Signed, true),
    kind("STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER", Chunks::SignedWithTrailer, true),
];

const fn kind(word: &'static str, chunks: Chunks, is_v4a: bool) -> Kind {
    Kind { word, chunks, is_v4a }
}

/// Sizes of chunks around what S3 takes, beside small ones.
const SIZES: [usize; 8] = [1, 2, 3, 16, 255, 8191, 8192, 9000];

/// A body on its way, and what its sender meant.
#[derive(Clone, Debug)]
pub struct Framed {
    /// How it is covered.
    pub kind: &'static Kind,
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
    kind: &'static Kind,
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
        let mut framer = Framer::new(bytes.choose(&KINDS)?);
        for _ in 0..bytes.int_in_range(0..=3)? {
            let size = *bytes.choose(&SIZES)?;
            framer.chunk(size, bytes)?;
        }
        framer.chunk(0, bytes)?;
        if framer.kind.chunks == Chunks::Signed {
            framer.body.extend_from_slice(b"\r\n");
        } else {
            framer.trailer(bytes)?;
        }
        framer.bend(bytes)?;
        framer.announce(bytes)
    }
}

/// A decoder for such a body.
#[must_use]
pub fn decoder(kind: &Kind, length: u64) -> ChunkDecoder {
    announced(kind).verified.chunks(length).expect("the body is chunked")
}

/// A request that announces a body: verified, and what signs the body's chunks.
struct Announced {
    verified: Verified,
    signer: ChunkSigner,
}

/// The request for bodies of this kind, made once: ECDSA takes its time.
fn announced(kind: &Kind) -> &'static Announced {
    static ALL: LazyLock<[Announced; 5]> = LazyLock::new(|| KINDS.each_ref().map(Announced::new));
    let mut kinds = KINDS.iter().zip(&*ALL);
    kinds.find(|(other, _)| *other == kind).map(|(_, announced)| announced).expect("one of all")
}

impl Announced {
    fn new(kind: &Kind) -> Self {
        let sign_request = Sign {
            method: "PUT",
            scheme: "https",
            authority: "h",
            path: "/k",
            query: "",
            headers: &[],
            payload_hash: kind.word,
        };
        let credentials = credentials(None);
        let (added, signer) = if kind.is_v4a {
            let regions = v4a::Signer::new(&credentials, REGION_SET);
            let added = regions.sign(&sign_request, now());
            let signer = regions.chunks(now(), added.signature());
            (added, signer)
        } else {
            let added = sign(&sign_request, &credentials, REGION, now());
            let secret = credentials.secret();
            let signer = ChunkSigner::new(secret, REGION, now(), added.signature());
            (added, signer)
        };
        let headers = [("host", "h")].into_iter().chain(added.iter());
        let headers: Vec<_> = headers.map(|(n, v)| (n, v.as_bytes())).collect();
        let request = Request {
            method: "PUT",
            path: "/k",
            query: "",
            headers: &headers,
            virtual_bucket: None,
        };
        let Ok(verify::Presented::Signature(claim)) = verify::read(&request, &rules()) else {
            panic!("the request is signed")
        };
        let verified = claim.verify(credentials.secret(), &rules()).expect("it is signed here");
        Self { verified, signer }
    }
}

impl Framer {
    fn new(kind: &'static Kind) -> Self {
        Self {
            kind,
            signer: announced(kind).signer.clone(),
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
        self.is_good &= self.kind.chunks == Chunks::UnsignedWithTrailer || !is_small;
        self.last_size = size;
        self.body.extend_from_slice(format!("{size:x}").as_bytes());
        if self.kind.chunks != Chunks::UnsignedWithTrailer {
            let signature = self.signer.sign(Sha256::digest(&data).into());
            self.body.extend_from_slice(b";chunk-signature=");
            self.body.extend_from_slice(signature.as_bytes());
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
        let mut names = Vec::new();
        for _ in 0..bytes.int_in_range(0..=2)? {
            let (name, value) =
                (bytes.choose(&["x-a", "x-amz-checksum-crc32"])?, bytes.choose(&["", "AAAAAA=="])?);
            // A trailer says everything once.
            self.is_good &= !names.contains(&name);
            names.push(name);
            self.body.extend_from_slice(format!("{name}:{value}\r\n").as_bytes());
            self.trailer.extend_from_slice(format!("{name}:{value}\n").as_bytes());
        }
        if self.kind.chunks == Chunks::SignedWithTrailer {
            let signature = self.signer.sign_trailer(&self.trailer);
            self.body.extend_from_slice(b"x-amz-trailer-signature:");
            self.body.extend_from_slice(signature.as_bytes());
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
        let Self { kind, body, signed, is_good, .. } = self;
        Ok(Framed { kind, length, body, signed, is_good: is_good && length == right })
    }
}
