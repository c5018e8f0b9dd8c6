//! The file of a form: bytes until the delimiter.

use bytes::Bytes;

/// Finds the end of the file in what arrives.
#[derive(Debug)]
pub(crate) struct FileEnd {
    delimiter: Bytes,
    /// So many bytes of the delimiter were seen last; no byte of data that could be one is let go.
    matched: usize,
}

impl FileEnd {
    /// A file that ends with `delimiter`: a line break, two hyphens, the boundary. Only its first
    /// byte is a carriage return.
    pub(crate) fn new(delimiter: Bytes) -> Self {
        Self { delimiter, matched: 0 }
    }

    /// Whether the end was seen.
    pub(crate) fn is_reached(&self) -> bool {
        self.matched == self.delimiter.len()
    }

    /// Appends what is data in `bytes`. Behind the end nothing is.
    pub(crate) fn take(&mut self, bytes: &Bytes, data: &mut Vec<Bytes>) {
        if self.is_reached() {
            return;
        }
        let held = self.matched;
        let mut at = 0;
        while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
            let skipped = if self.matched == 0 { before_return(rest) } else { 0 };
            let candidate = rest.get(skipped..).unwrap_or_default();
            let same = self.same(candidate);
            self.matched += same;
            at += skipped + same;
            if self.is_reached() || at == bytes.len() {
                break;
            }
            // INVARIANT: the delimiter holds one carriage return, so where a match fails no
            // other one can have begun inside of it.
            self.matched = 0;
        }
        // A match that is longer than what was read began before it, and nothing is let go.
        if let Some(end) = at.checked_sub(self.matched) {
            let pieces = [self.delimiter.slice(..held), bytes.slice(..end)];
            data.extend(pieces.into_iter().filter(|piece| !piece.is_empty()));
        }
    }

    /// How many of the first bytes of `candidate` go on with the delimiter.
    fn same(&self, candidate: &[u8]) -> usize {
        let wanted = self.delimiter.iter().skip(self.matched);
        wanted.zip(candidate).take_while(|(wanted, byte)| wanted == byte).count()
    }
}

fn before_return(bytes: &[u8]) -> usize {
    bytes.iter().position(|&byte| byte == b'\r').unwrap_or(bytes.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(pieces: &[&[u8]]) -> (Vec<u8>, bool) {
        let mut end = FileEnd::new(Bytes::from_static(b"\r\n--bound"));
        let mut data = Vec::new();
        for piece in pieces {
            end.take(&Bytes::copy_from_slice(piece), &mut data);
        }
        (data.concat(), end.is_reached())
    }

    #[test]
    fn the_end_is_found_wherever_the_bytes_are_split() {
        for content in [
            "",
            "x",
            "plain text",
            "\r",
            "\r\n",
            "\r\n--boun",
            "\r\r\n\r\n--\r\n--bounx\r\n--boun\r",
            "--bound",
        ] {
            let body = format!("{content}\r\n--bound--\r\nignored\r\n--bound");
            let body = body.as_bytes();
            for first in 0..body.len() {
                for second in first..body.len() {
                    let pieces = [&body[..first], &body[first..second], &body[second..]];
                    assert_eq!(taken(&pieces), (content.into(), true), "{content:?} {pieces:?}");
                }
            }
            let bytes: Vec<&[u8]> = body.chunks(1).collect();
            assert_eq!(taken(&bytes), (content.into(), true));
        }
    }

    #[test]
    fn without_its_end_a_file_is_not_whole() {
        assert_eq!(taken(&[b"content\r\n--boun"]), (b"content".to_vec(), false));
        assert_eq!(taken(&[]), (Vec::new(), false));
    }

    #[test]
    fn a_file_of_line_breaks_stays_in_one_piece() {
        let mut end = FileEnd::new(Bytes::from_static(b"\r\n--bound"));
        let mut data = Vec::new();
        end.take(&Bytes::from("\r\n".repeat(1000)), &mut data);
        assert_eq!((data.len(), data.concat().len()), (1, 1998));
    }
}
