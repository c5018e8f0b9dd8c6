//! Writes XML: elements and text, escaped, without indentation.

use alloc::borrow::Cow;
use alloc::string::String;
use core::fmt::{Display, Write as _};

/// A document under construction.
#[derive(Clone, Debug)]
pub struct Writer(String);

impl Writer {
    /// Begins a document.
    #[must_use]
    pub fn new() -> Self {
        Self(String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"))
    }

    /// Begins a piece of a document, which [`Writer::piece`] puts into one.
    #[must_use]
    pub fn of_piece() -> Self {
        Self(String::new())
    }

    /// Writes what a piece holds.
    pub fn piece(&mut self, piece: &Self) {
        self.raw(&[&piece.0]);
    }

    /// Opens the outermost element in S3's namespace, and closes it behind `inner`.
    #[must_use]
    pub fn root(self, name: &str, inner: impl FnOnce(&mut Self)) -> Self {
        self.root_in(super::NAMESPACE, name, inner)
    }

    /// The same in another namespace.
    #[must_use]
    pub fn root_in(mut self, namespace: &str, name: &str, inner: impl FnOnce(&mut Self)) -> Self {
        self.raw(&["<", name, " xmlns=\"", namespace, "\">"]);
        inner(&mut self);
        self.raw(&["</", name, ">"]);
        self
    }

    /// The whole document is one element with a text, in S3's namespace.
    pub fn text_root(&mut self, name: &str, text: &str) {
        self.raw(&["<", name, " xmlns=\"", super::NAMESPACE, "\">"]);
        let Ok(()) = Escaped(&mut self.0).write_str(text) else {
            return;
        };
        self.raw(&["</", name, ">"]);
    }

    /// Writes an element around `inner`.
    pub fn element(&mut self, name: &str, inner: impl FnOnce(&mut Self)) {
        self.raw(&["<", name, ">"]);
        inner(self);
        self.raw(&["</", name, ">"]);
    }

    /// Writes an element with a text.
    pub fn text(&mut self, name: &str, text: impl Display) {
        self.raw(&["<", name, ">"]);
        let Ok(()) = write!(Escaped(&mut self.0), "{text}") else {
            return;
        };
        self.raw(&["</", name, ">"]);
    }

    /// The finished document.
    #[must_use]
    pub fn finish(self) -> String {
        self.0
    }

    fn raw(&mut self, pieces: &[&str]) {
        self.0.extend(pieces.iter().copied());
    }
}

impl Default for Writer {
    fn default() -> Self {
        Self::new()
    }
}

/// `text` with U+FFFD for each character that XML 1.0 cannot carry, not even as a reference: for
/// documents that every parser has to read.
///
/// <https://www.w3.org/TR/xml/#charsets>
#[must_use]
pub fn carried(text: &str) -> Cow<'_, str> {
    let is_carried = |c: char| match c {
        '\t' | '\n' | '\r' => true,
        c => c >= ' ' && !matches!(c, '\u{fffe}' | '\u{ffff}'),
    };
    if text.chars().all(is_carried) {
        return text.into();
    }
    text.chars().map(|c| if is_carried(c) { c } else { char::REPLACEMENT_CHARACTER }).collect()
}

/// Escapes what is written through it. Control characters become references: XML 1.0 has no way
/// to carry them, and clients that need such keys ask for `encoding-type=url`.
struct Escaped<'a>(&'a mut String);

impl core::fmt::Write for Escaped<'_> {
    fn write_str(&mut self, text: &str) -> core::fmt::Result {
        let mut rest = text;
        // Runs are copied whole: a page of a listing has a hundred thousand characters.
        while let Some(run) = rest.bytes().position(may_need_escape) {
            let (plain, others) = rest.split_at_checked(run).unwrap_or((rest, ""));
            self.0.push_str(plain);
            let mut characters = others.chars();
            if let Some(character) = characters.next() {
                self.character(character)?;
            }
            rest = characters.as_str();
        }
        self.0.push_str(rest);
        Ok(())
    }
}

impl Escaped<'_> {
    fn character(&mut self, character: char) -> core::fmt::Result {
        match character {
            '&' => self.0.push_str("&amp;"),
            '<' => self.0.push_str("&lt;"),
            '>' => self.0.push_str("&gt;"),
            '"' => self.0.push_str("&quot;"),
            '\t' | '\n' | '\r' | '\0'..='\u{1f}' | '\u{7f}' | '\u{fffe}' | '\u{ffff}' => {
                write!(self.0, "&#x{:X};", u32::from(character))?;
            }
            character => self.0.push(character),
        }
        Ok(())
    }
}

/// Whether a character that is escaped begins with this byte; 0xef begins U+FFFE and U+FFFF.
fn may_need_escape(byte: u8) -> bool {
    matches!(byte, b'&' | b'<' | b'>' | b'"' | 0..=0x1f | 0x7f | 0xef)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_cannot_become_markup() {
        let document = Writer::new().root("R", |w| w.text("K", "<a>&\"'\r\u{1}")).finish();
        assert!(document.ends_with("<K>&lt;a&gt;&amp;&quot;'&#xD;&#x1;</K></R>"), "{document}");
    }

    #[test]
    fn what_xml_cannot_carry_is_replaced() {
        assert_eq!(carried("a\t\r\n\u{7f}\u{e9}\u{1f600}"), "a\t\r\n\u{7f}\u{e9}\u{1f600}");
        assert_eq!(
            carried("a\0b\u{1}\u{1f}\u{fffe}\u{ffff}"),
            "a\u{fffd}b\u{fffd}\u{fffd}\u{fffd}\u{fffd}"
        );
    }

    #[test]
    fn characters_beyond_ascii_stay_unless_xml_has_none_such() {
        let text = "\u{e9}\u{ff0c}\u{ffff}\u{1f600}";
        let document = Writer::new().root("R", |w| w.text("K", text)).finish();
        assert!(document.ends_with("<K>\u{e9}\u{ff0c}&#xFFFF;\u{1f600}</K></R>"), "{document}");
    }

    #[test]
    fn a_piece_is_put_in_as_it_is() {
        let mut piece = Writer::of_piece();
        piece.text("B", "<");
        let document = Writer::new().root_in("urn:x", "A", |w| w.piece(&piece)).finish();
        assert!(document.ends_with("?>\n<A xmlns=\"urn:x\"><B>&lt;</B></A>"), "{document}");
    }

    #[test]
    fn elements_nest() {
        let document = Writer::new().root("R", |w| w.element("A", |w| w.text("B", 1))).finish();
        assert!(document.ends_with("\"><A><B>1</B></A></R>"), "{document}");
    }
}
