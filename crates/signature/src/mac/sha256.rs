//! SHA-256 and HMAC-SHA256 over the compression function of `sha2`, for short messages.
//!
//! What a signature hashes fits a few blocks, so that buffering and finishing cost as much as
//! hashing does: here the blocks of an ordinary message are compressed in one call, when it is
//! whole, and a keyed HMAC is two hash states.

use sha2::block_api::compress256;
use zeroize::{Zeroize as _, ZeroizeOnDrop, Zeroizing};

use crate::encode::Sink;

const BLOCK: usize = 64;
/// Blocks that are compressed together: an ordinary canonical request fits.
const TOGETHER: usize = 8;

/// The state before the first block (FIPS 180-4, section 5.3.3).
const INITIAL: [u32; 8] = [
    0x6a09_e667,
    0xbb67_ae85,
    0x3c6e_f372,
    0xa54f_f53a,
    0x510e_527f,
    0x9b05_688c,
    0x1f83_d9ab,
    0x5be0_cd19,
];

/// What ends the outer message of an HMAC, a key's block and a digest: 768 bits.
const OUTER_END: [u8; 32] =
    *b"\x80\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x03\0";

/// A SHA-256 on its way.
#[derive(Clone)]
pub(crate) struct Hash {
    state: [u32; 8],
    /// Bytes that wait, and room for a block that ends the message.
    blocks: [[u8; BLOCK]; TOGETHER + 1],
    waiting: usize,
    /// Of the message so far.
    length: usize,
}

impl Hash {
    pub(crate) fn new() -> Self {
        Self::resumed(INITIAL, 0, &[])
    }

    /// After `length` bytes, of which `waiting` are not compressed yet.
    fn resumed(state: [u32; 8], length: usize, waiting: &[u8]) -> Self {
        let mut blocks = [[0; BLOCK]; TOGETHER + 1];
        put(blocks.as_flattened_mut(), waiting);
        Self { state, blocks, waiting: waiting.len(), length }
    }

    pub(crate) fn update(&mut self, mut bytes: &[u8]) {
        self.length += bytes.len();
        loop {
            let (ahead, _) = self.blocks.as_flattened_mut().split_at_mut(TOGETHER * BLOCK);
            let free = ahead.get_mut(self.waiting..).unwrap_or_default();
            let (first, rest) = bytes.split_at(bytes.len().min(free.len()));
            let is_full = first.len() == free.len();
            put(free, first);
            self.waiting += first.len();
            if !is_full {
                return;
            }
            self.compress(TOGETHER);
            self.waiting = 0;
            bytes = rest;
        }
    }

    pub(crate) fn finish(&mut self) -> [u8; 32] {
        let blocks = (self.waiting + 9).div_ceil(BLOCK);
        let bits = (self.length as u64) << 3;
        let last = self.blocks.as_flattened_mut().get_mut(self.waiting..blocks * BLOCK);
        if let Some(([end, zeros @ ..], length)) = last.and_then(<[u8]>::split_last_chunk_mut) {
            *end = 0x80;
            zeros.fill(0);
            *length = bits.to_be_bytes();
        }
        self.compress(blocks);
        digest_of(self.state)
    }

    fn compress(&mut self, blocks: usize) {
        compress256(&mut self.state, self.blocks.get(..blocks).unwrap_or_default());
    }
}

fn digest_of(state: [u32; 8]) -> [u8; 32] {
    let mut digest = [0; 32];
    for (bytes, word) in digest.as_chunks_mut().0.iter_mut().zip(state) {
        *bytes = word.to_be_bytes();
    }
    digest
}

impl Sink for Hash {
    fn put(&mut self, bytes: &[u8]) {
        self.update(bytes);
    }
}

/// Puts `bytes` at the beginning of `place`, which has room for them.
fn put(place: &mut [u8], bytes: &[u8]) {
    if let Some(place) = place.get_mut(..bytes.len()) {
        place.copy_from_slice(bytes);
    }
}

/// The SHA-256 of `bytes`.
pub(crate) fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut hash = Hash::new();
    hash.update(bytes);
    hash.finish()
}

/// HMAC-SHA256 with its key in, and maybe the beginning of its messages.
#[derive(Clone)]
pub(crate) struct Keyed {
    inner: [u32; 8],
    outer: [u32; 8],
    /// Of the key's block and the beginning.
    length: usize,
    /// Its beginning is what the whole blocks leave of the message's beginning.
    waiting: [u8; BLOCK],
}

impl Keyed {
    /// Takes a key of any length.
    pub(crate) fn new(key: &[u8]) -> Self {
        let mut block = Zeroizing::new([0; BLOCK]);
        if key.len() > BLOCK {
            let mut hash = Hash::new();
            hash.update(key);
            put(&mut *block, &hash.finish());
            hash.blocks.zeroize();
        } else {
            put(&mut *block, key);
        }
        let padded = |with: u8| {
            let mut state = INITIAL;
            compress256(&mut state, &[*Zeroizing::new(block.map(|byte| byte ^ with))]);
            state
        };
        Self { inner: padded(0x36), outer: padded(0x5c), length: BLOCK, waiting: [0; BLOCK] }
    }

    /// The same key, which has no beginning yet, with that of a message.
    pub(crate) fn started(&self, beginning: &[u8]) -> Self {
        let (blocks, rest) = beginning.as_chunks();
        let mut started = self.clone();
        compress256(&mut started.inner, blocks);
        started.length += beginning.len();
        put(&mut started.waiting, rest);
        started
    }

    /// The code of `message`, or of what it adds to the beginning.
    pub(crate) fn mac(&self, message: &[u8]) -> [u8; 32] {
        self.mac_of(|out| out.update(message))
    }

    /// The code of the message that `write` appends.
    pub(crate) fn mac_of(&self, write: impl FnOnce(&mut Hash)) -> [u8; 32] {
        let waiting = self.waiting.get(..self.length % BLOCK).unwrap_or_default();
        // Compressing replaces these copies of the keyed states; nothing is left to wipe.
        let mut inner = Hash::resumed(self.inner, self.length, waiting);
        write(&mut inner);
        let block = [inner.finish(), OUTER_END];
        let mut state = self.outer;
        compress256(&mut state, block.as_flattened().as_chunks().0);
        digest_of(state)
    }
}

impl Drop for Keyed {
    fn drop(&mut self) {
        self.inner.zeroize();
        self.outer.zeroize();
    }
}

impl ZeroizeOnDrop for Keyed {}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;
    use hmac::{Hmac, KeyInit as _, Mac as _};
    use proptest::prelude::*;
    use sha2::{Digest as _, Sha256};

    fn in_pieces(pieces: &[Vec<u8>]) -> [u8; 32] {
        let mut hash = Hash::new();
        pieces.iter().for_each(|piece| hash.update(piece));
        hash.finish()
    }

    #[test]
    fn every_length_about_a_block_has_the_digest_that_the_library_has() {
        for length in 0..=(2 * TOGETHER + 1) * BLOCK {
            let message = alloc::vec![0xa5; length];
            assert_eq!(sha256(&message), *Sha256::digest(&message), "{length}");
        }
    }

    proptest! {
        #[test]
        fn pieces_of_any_length_have_the_digest_of_the_whole(
            pieces: Vec<Vec<u8>>,
        ) {
            let library: [u8; 32] = Sha256::digest(pieces.concat()).into();
            prop_assert_eq!(in_pieces(&pieces), library);
        }

        #[test]
        fn keys_of_any_length_make_the_code_that_the_library_makes(
            key in prop::collection::vec(any::<u8>(), 0..200),
            beginning: Vec<u8>,
            rest: Vec<u8>,
        ) {
            let library = Hmac::<Sha256>::new_from_slice(&key).unwrap();
            let whole = [&*beginning, &rest].concat();
            let theirs: [u8; 32] = library.chain_update(&whole).finalize().into_bytes().into();
            let keyed = Keyed::new(&key);
            prop_assert_eq!(keyed.mac(&whole), theirs);
            prop_assert_eq!(keyed.started(&beginning).mac(&rest), theirs);
        }
    }
}
