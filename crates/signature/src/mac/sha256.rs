//! SHA-256 and HMAC-SHA256 over the compression function of `sha2`, for short messages.
//!
//! What a signature hashes fits a few blocks, so that buffering and finishing cost as much as
//! hashing does: here the blocks of one message are compressed where they stand, and a keyed
//! HMAC is two hash states.

use sha2::block_api::compress256;
use zeroize::{Zeroize as _, ZeroizeOnDrop};

use crate::encode::Sink;

const BLOCK: usize = 64;

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

/// A SHA-256 on its way.
#[derive(Clone)]
pub(crate) struct Hash {
    state: [u32; 8],
    /// Its beginning is what waits for the rest of a block.
    block: [u8; BLOCK],
    length: usize,
}

impl Hash {
    pub(crate) const NEW: Self = Self { state: INITIAL, block: [0; BLOCK], length: 0 };

    pub(crate) fn update(&mut self, mut bytes: &[u8]) {
        let waiting = self.length % BLOCK;
        self.length += bytes.len();
        if waiting > 0 {
            let free = self.block.get_mut(waiting..).unwrap_or_default();
            let (first, rest) = bytes.split_at(bytes.len().min(free.len()));
            let is_full = first.len() == free.len();
            put(free, first);
            if !is_full {
                return;
            }
            compress256(&mut self.state, &[self.block]);
            bytes = rest;
        }
        let (blocks, rest) = bytes.as_chunks();
        compress256(&mut self.state, blocks);
        put(&mut self.block, rest);
    }

    pub(crate) fn finish(&mut self) -> [u8; 32] {
        let waiting = self.length % BLOCK;
        let mut last = [[0; BLOCK]; 2];
        let bytes = last.as_flattened_mut();
        put(bytes, self.block.get(..waiting).unwrap_or_default());
        put(bytes.get_mut(waiting..).unwrap_or_default(), &[0x80]);
        let blocks = if waiting < BLOCK - 8 { 1 } else { 2 };
        let bits = (self.length as u64) << 3;
        put(bytes.get_mut(blocks * BLOCK - 8..).unwrap_or_default(), &bits.to_be_bytes());
        compress256(&mut self.state, last.get(..blocks).unwrap_or_default());
        let mut digest = [0; 32];
        for (bytes, word) in digest.as_chunks_mut().0.iter_mut().zip(self.state) {
            *bytes = word.to_be_bytes();
        }
        digest
    }
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
    let mut hash = Hash::NEW;
    hash.update(bytes);
    hash.finish()
}

/// HMAC-SHA256 with its key in, and maybe the beginning of its messages.
#[derive(Clone)]
pub(crate) struct Keyed {
    inner: Hash,
    outer: Hash,
}

impl Keyed {
    /// Takes a key of any length.
    pub(crate) fn new(key: &[u8]) -> Self {
        let mut block = zeroize::Zeroizing::new([0; BLOCK]);
        if key.len() > BLOCK {
            put(&mut *block, &sha256(key));
        } else {
            put(&mut *block, key);
        }
        let padded = |with: u8| {
            let mut hash = Hash::NEW;
            hash.update(&*zeroize::Zeroizing::new(block.map(|byte| byte ^ with)));
            hash
        };
        Self { inner: padded(0x36), outer: padded(0x5c) }
    }

    /// The same key with the beginning of a message.
    pub(crate) fn started(&self, beginning: &[u8]) -> Self {
        let mut started = self.clone();
        started.inner.update(beginning);
        started
    }

    /// The code of `message`, or of what it adds to the beginning.
    pub(crate) fn mac(&self, message: &[u8]) -> [u8; 32] {
        self.mac_of(|out| out.update(message))
    }

    /// The code of the message that `write` appends.
    pub(crate) fn mac_of(&self, write: impl FnOnce(&mut Hash)) -> [u8; 32] {
        // A copy of both, which is wiped like the original.
        let mut keyed = self.clone();
        write(&mut keyed.inner);
        keyed.outer.update(&keyed.inner.finish());
        keyed.outer.finish()
    }
}

impl Drop for Keyed {
    fn drop(&mut self) {
        // A key fills a block and is compressed at once, so that none of it waits in a block.
        for hash in [&mut self.inner, &mut self.outer] {
            hash.state.zeroize();
        }
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
        let mut hash = Hash::NEW;
        pieces.iter().for_each(|piece| hash.update(piece));
        hash.finish()
    }

    #[test]
    fn every_length_about_a_block_has_the_digest_that_the_library_has() {
        for length in 0..=4 * BLOCK {
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
