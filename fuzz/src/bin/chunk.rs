//! Chunked bodies in pieces of any size: nothing panics, how a body is cut decides nothing, no
//! more data comes out than was announced, and of signed chunks only what was signed.

#![no_main]

use hallpass_fuzz::frames::{Framed, KINDS, Kind, decoder};
use libfuzzer_sys::arbitrary::{Result, Unstructured};
use libfuzzer_sys::fuzz_target;
use signature::chunk::Event;
use signature::{ChunkError, Chunks};

/// Bodies below this are cut into single bytes.
const SHORT_BYTES: usize = 1024;

/// Data and trailer of a body that was good to its end.
type Content = (Vec<u8>, Vec<(String, String)>);

fuzz_target!(|input: &[u8]| {
    // The first byte decides between a body as it is and one that is framed from the input.
    let Some((&first, rest)) = input.split_first() else { return };
    let Some(kind) = KINDS.get(usize::from(first)) else {
        // An input too short for a body says nothing.
        return framed(&mut Unstructured::new(rest)).unwrap_or_default();
    };
    let is_signed = kind.chunks != Chunks::UnsignedWithTrailer;
    for length in [9, u64::MAX] {
        let content = same_in_all_pieces(kind, length, rest, usize::from(first) + 5);
        assert!(content.is_err() || !is_signed, "nobody signed these chunks: {rest:?}");
    }
});

fn framed(bytes: &mut Unstructured<'_>) -> Result<()> {
    let framed = Framed::read(bytes)?;
    let piece = bytes.int_in_range(1..=20_000)?;
    let content = same_in_all_pieces(framed.kind, framed.length, &framed.body, piece);
    if framed.is_good {
        assert!(content.is_ok(), "{content:?}");
    }
    if let Ok((data, _)) = content {
        let is_signed = framed.kind.chunks != Chunks::UnsignedWithTrailer;
        assert!(!is_signed || data == framed.signed, "data that nobody signed: {data:?}");
    }
    Ok(())
}

fn same_in_all_pieces(
    kind: &Kind,
    length: u64,
    body: &[u8],
    piece: usize,
) -> std::result::Result<Content, ChunkError> {
    let whole = content(kind, length, body, body.len().max(1));
    // Byte by byte costs too much where thousands are alike.
    let smallest = if body.len() < SHORT_BYTES { 1 } else { 61 };
    for piece in [smallest, piece] {
        assert_eq!(content(kind, length, body, piece), whole, "in pieces of {piece}");
    }
    whole
}

fn content(
    kind: &Kind,
    length: u64,
    body: &[u8],
    piece: usize,
) -> std::result::Result<Content, ChunkError> {
    let (mut decoder, mut data) = (decoder(kind, length), Vec::new());
    for mut rest in body.chunks(piece) {
        while !rest.is_empty() {
            let (used, event) = decoder.decode(rest)?;
            assert!(used > 0, "no progress");
            if let Event::Data(range) = event {
                assert!(range.end <= used, "data that is not used up");
                data.extend_from_slice(&rest[range]);
                assert!(data.len() as u64 <= length, "more than announced");
            }
            rest = &rest[used..];
        }
    }
    decoder.finish()?;
    assert_eq!(data.len() as u64, length, "less than announced");
    Ok((data, decoder.trailer().to_vec()))
}
