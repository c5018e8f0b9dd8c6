//! Bytes that look random, cost next to nothing and are the same in each run.
//!
//! Each 8 bytes are the output of SplitMix64 for their place in the stream
//! (<https://prng.di.unimi.it/splitmix64.c>), so that no disk or network can compress them.

/// Bytes made, sent and written at a time.
pub(crate) const PIECE_BYTES: usize = 256 * 1024;

/// The stream, from its beginning.
#[derive(Debug, Default)]
pub(crate) struct Stream {
    state: u64,
}

impl Stream {
    /// Fills `piece` with what comes next. A piece ends the stream unless its length is a
    /// multiple of 8.
    pub(crate) fn fill(&mut self, piece: &mut [u8]) {
        for word in piece.chunks_mut(8) {
            self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let bytes = mix(self.state).to_le_bytes();
            for (to, from) in word.iter_mut().zip(bytes) {
                *to = from;
            }
        }
    }

    /// The next `length` bytes.
    pub(crate) fn take(&mut self, length: usize) -> Vec<u8> {
        let mut bytes = vec![0; length];
        self.fill(&mut bytes);
        bytes
    }
}

fn mix(state: u64) -> u64 {
    let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stream_is_that_of_the_published_generator() {
        let bytes = Stream::default().take(16);
        let expected = [0xe220_a839_7b1d_cdaf_u64, 0x6e78_9e6a_a1b9_65f4];
        let expected: Vec<u8> = expected.iter().flat_map(|word| word.to_le_bytes()).collect();
        assert_eq!(bytes, expected);
    }

    #[test]
    fn pieces_make_the_same_stream_as_one() {
        let mut stream = Stream::default();
        let pieces = [stream.take(8), stream.take(24), stream.take(5)].concat();
        assert_eq!(pieces, Stream::default().take(37));
    }
}
