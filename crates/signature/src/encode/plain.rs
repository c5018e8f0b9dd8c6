//! Which bytes need no encoding, sixteen at a time: every byte of every request is looked at.

use super::Slash;

/// Bytes that are looked at together. The compiler makes vector instructions of the loop over them.
const LANES: usize = 16;

/// Where the bytes stand that do not stay as they are.
pub(crate) fn others(bytes: &[u8], slash: Slash) -> Others<'_> {
    let (chunks, rest) = bytes.as_chunks();
    Others { chunks, rest, slash, begin: 0, next: 0, found: 0 }
}

/// See [`others`].
pub(crate) struct Others<'a> {
    chunks: &'a [[u8; LANES]],
    rest: &'a [u8],
    slash: Slash,
    /// Where the chunk begins that was looked at last, and the one behind it.
    begin: usize,
    next: usize,
    /// One bit, the highest, in the byte of each that is still to be told.
    found: u128,
}

impl Others<'_> {
    /// Looks at the next chunk; none behind the last.
    fn look(&mut self) -> Option<()> {
        if let Some((chunk, behind)) = self.chunks.split_first() {
            self.chunks = behind;
            self.found = found(chunk, self.slash);
        } else {
            let rest = core::mem::take(&mut self.rest);
            let mut last = [b'-'; LANES];
            last.get_mut(..rest.len()).filter(|last| !last.is_empty())?.copy_from_slice(rest);
            self.found = found(&last, self.slash);
        }
        self.begin = self.next;
        self.next += LANES;
        Some(())
    }
}

impl Iterator for Others<'_> {
    type Item = usize;

    #[inline]
    fn next(&mut self) -> Option<usize> {
        while self.found == 0 {
            self.look()?;
        }
        let lane = self.found.trailing_zeros() / u8::BITS;
        self.found &= self.found - 1;
        Some(self.begin + lane as usize)
    }
}

fn found(chunk: &[u8; LANES], slash: Slash) -> u128 {
    u128::from_le_bytes(chunk.map(|byte| if stays(byte, slash) { 0 } else { 0x80 }))
}

/// Whether `byte` stays as it is. No branches: all lanes take the same way.
pub(super) fn stays(byte: u8, slash: Slash) -> bool {
    let kept = match slash {
        Slash::Keep => b'/',
        Slash::Encode => b'.',
    };
    let is_letter = (byte | 0x20).wrapping_sub(b'a') < 26;
    let is_digit = byte.wrapping_sub(b'0') < 10;
    let is_mark = (byte == b'-') | (byte == b'_') | (byte == b'.') | (byte == b'~');
    is_letter | is_digit | is_mark | (byte == kept)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn others_are_found_one_by_one(bytes: Vec<u8>) {
            for slash in [Slash::Keep, Slash::Encode] {
                let each = (0..).zip(&bytes).filter(|&(_, &byte)| !stays(byte, slash));
                let each: Vec<usize> = each.map(|(at, _)| at).collect();
                prop_assert_eq!(others(&bytes, slash).collect::<Vec<_>>(), each);
            }
        }
    }

    #[test]
    fn the_unreserved_stay_and_a_slash_where_it_is_kept() {
        for byte in 0..=u8::MAX {
            let is_unreserved = byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
            assert_eq!(stays(byte, Slash::Encode), is_unreserved, "{byte}");
            assert_eq!(stays(byte, Slash::Keep), is_unreserved || byte == b'/', "{byte}");
        }
    }
}
