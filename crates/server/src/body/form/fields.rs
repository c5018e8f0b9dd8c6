//! The fields of a form: everything in front of the file.

use std::fmt;

use bytes::Bytes;
use signature::form::FORM_BYTES_MAX;

use super::disposition::Part;

/// The fields that have come so far.
pub(crate) struct Fields {
    delimiter: Bytes,
    /// What has come and belongs to nothing finished yet.
    buffer: Vec<u8>,
    /// So many bytes of the buffer hold no mark.
    searched: usize,
    /// Bytes that may still come in front of the file.
    room: usize,
    stage: Stage,
    fields: Vec<(String, String)>,
}

/// Shows how many there are: one of them is the signature.
impl fmt::Debug for Fields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fields").field("count", &self.fields.len()).finish_non_exhaustive()
    }
}

/// What is arriving.
enum Stage {
    /// Text in front of the first delimiter, which means nothing.
    Preamble,
    /// The head of a part.
    Head,
    /// The value of the field of this name.
    Value(String),
}

/// How far the fields are.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// More bytes are needed.
    More,
    /// The file begins behind this many of the bytes that were fed last.
    File {
        /// How many.
        at: usize,
        /// Every field in front of it.
        fields: Vec<(String, String)>,
        /// The file's name; a file that came as a plain field has none.
        file_name: Option<String>,
    },
}

/// Why there are no fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FieldsFault {
    /// Not a form.
    Malformed,
    /// More than [`FORM_BYTES_MAX`] in front of the file.
    TooLong,
    /// The form ends without a file.
    NoFile,
}

impl Fields {
    /// Fields that end with `delimiter`: a line break, two hyphens, the boundary.
    pub(crate) fn new(delimiter: Bytes) -> Self {
        Self {
            delimiter,
            // The first delimiter can stand at the very beginning, without its line break.
            buffer: b"\r\n".to_vec(),
            searched: 0,
            room: FORM_BYTES_MAX,
            stage: Stage::Preamble,
            fields: Vec::new(),
        }
    }

    /// Takes the next bytes.
    pub(crate) fn feed(&mut self, bytes: &[u8]) -> Result<Step, FieldsFault> {
        let taken = bytes.get(..self.room).unwrap_or(bytes);
        self.room -= taken.len();
        self.buffer.extend_from_slice(taken);
        while let Some(found) = self.next_mark() {
            let piece: Vec<u8> = self.buffer.drain(..found.end).take(found.start).collect();
            self.searched = 0;
            match std::mem::replace(&mut self.stage, Stage::Head) {
                Stage::Preamble => {}
                Stage::Value(name) => {
                    let value = String::from_utf8(piece).map_err(|_| FieldsFault::Malformed)?;
                    self.fields.push((name, value));
                }
                Stage::Head => {
                    let part = Part::read(&piece).ok_or(FieldsFault::Malformed)?;
                    if part.name.eq_ignore_ascii_case("file") {
                        let at = taken.len() - self.buffer.len();
                        let fields = std::mem::take(&mut self.fields);
                        return Ok(Step::File { at, fields, file_name: part.file_name });
                    }
                    self.stage = Stage::Value(part.name);
                }
            }
        }
        if matches!(self.stage, Stage::Head) && self.buffer.starts_with(b"--") {
            return Err(FieldsFault::NoFile);
        }
        if taken.len() < bytes.len() { Err(FieldsFault::TooLong) } else { Ok(Step::More) }
    }

    /// Where the mark stands that ends what is arriving.
    fn next_mark(&mut self) -> Option<std::ops::Range<usize>> {
        let mark: &[u8] = match self.stage {
            Stage::Preamble | Stage::Value(_) => &self.delimiter,
            Stage::Head => b"\r\n\r\n",
        };
        let unsearched = self.buffer.get(self.searched..)?;
        let Some(at) = unsearched.windows(mark.len()).position(|window| window == mark) else {
            // The end of the buffer can be the beginning of a mark.
            self.searched = (self.buffer.len() + 1).saturating_sub(mark.len());
            return None;
        };
        let start = self.searched + at;
        Some(start..start + mark.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FORM: &str = "ignored\r\n--b\r\nContent-Disposition: form-data; name=\"key\"\r\n\r\n\
        a\r\n-b\r\n--b \r\ncontent-disposition: form-data; name=\"empty\"\r\n\r\n\r\n--b\r\n\
        Content-Type: text/plain\r\nContent-Disposition: form-data; name=\"File\"; \
        filename=\"f\"\r\n\r\n";

    fn fields() -> Fields {
        Fields::new(Bytes::from_static(b"\r\n--b"))
    }

    fn known(at: usize) -> Step {
        let field = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let fields = vec![field("key", "a\r\n-b"), field("empty", "")];
        Step::File { at, fields, file_name: Some("f".into()) }
    }

    #[test]
    fn fields_are_read_wherever_the_bytes_are_split() {
        let body = format!("{FORM}content\r\n--b--");
        for at in 0..=FORM.len() {
            let (first, second) = body.as_bytes().split_at(at);
            let mut fields = fields();
            if at < FORM.len() {
                assert_eq!(fields.feed(first), Ok(Step::More), "{at}");
                assert_eq!(fields.feed(second), Ok(known(FORM.len() - at)), "{at}");
            } else {
                assert_eq!(fields.feed(first), Ok(known(at)));
            }
        }
        let mut fields = fields();
        let (last, others) = FORM.as_bytes().split_last().unwrap();
        for byte in others {
            assert_eq!(fields.feed(&[*byte]), Ok(Step::More));
        }
        assert_eq!(fields.feed(&[*last]), Ok(known(1)));
    }

    #[test]
    fn a_form_needs_no_text_in_front_and_no_fields() {
        let body = "--b\r\nContent-Disposition: form-data; name=file\r\n\r\n";
        let step = Step::File { at: body.len(), fields: Vec::new(), file_name: None };
        assert_eq!(fields().feed(body.as_bytes()), Ok(step));
    }

    #[test]
    fn a_form_without_a_file_is_told_from_none() {
        for body in ["--b--", "--b\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--b--\r\n"]
        {
            assert_eq!(fields().feed(body.as_bytes()), Err(FieldsFault::NoFile), "{body}");
        }
        for body in ["--b\r\n\r\n", "--bx\r\nContent-Disposition: form-data; name=a\r\n\r\n"] {
            assert_eq!(fields().feed(body.as_bytes()), Err(FieldsFault::Malformed), "{body}");
        }
        let latin = b"--b\r\nContent-Disposition: form-data; name=a\r\n\r\n\xe9\r\n--b\r\n";
        assert_eq!(fields().feed(latin), Err(FieldsFault::Malformed));
    }

    #[test]
    fn twenty_kilobytes_are_enough_however_they_come() {
        let long = vec![b'x'; FORM_BYTES_MAX];
        assert_eq!(fields().feed(&long), Ok(Step::More));
        let mut one_more = fields();
        assert_eq!(one_more.feed(&long), Ok(Step::More));
        assert_eq!(one_more.feed(b"x"), Err(FieldsFault::TooLong));
        let mut exact = vec![b'x'; FORM_BYTES_MAX - FORM.len()];
        exact.extend_from_slice(FORM.as_bytes());
        exact.extend_from_slice(&[0; 1000]);
        assert_eq!(fields().feed(&exact), Ok(known(FORM_BYTES_MAX)));
    }
}
