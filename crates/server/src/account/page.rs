//! Lists and policy documents in the answers of IAM.

use identity::Listing;
use s3::xml::{Writer, carried};
use signature::encode::{Slash, encode};

/// Writes a page of a list.
pub(super) fn page<T>(
    xml: &mut Writer,
    name: &str,
    listing: &Listing<T>,
    member: impl Fn(&mut Writer, &T),
) {
    members(xml, name, &listing.items, member);
    end(xml, listing.marker.as_deref());
}

/// Writes a page of a list of names.
pub(super) fn names(xml: &mut Writer, name: &str, listing: &Listing<String>) {
    xml.element(name, |xml| listing.items.iter().for_each(|item| xml.text("member", item)));
    end(xml, listing.marker.as_deref());
}

/// Writes a list.
pub(super) fn members<T>(
    xml: &mut Writer,
    name: &str,
    items: &[T],
    member: impl Fn(&mut Writer, &T),
) {
    xml.element(name, |xml| {
        for item in items {
            xml.element("member", |xml| member(xml, item));
        }
    });
}

/// Writes whether there are more pages, and where the next one begins.
pub(super) fn end(xml: &mut Writer, marker: Option<&str>) {
    xml.text("IsTruncated", marker.is_some());
    if let Some(marker) = marker {
        xml.text("Marker", carried(marker));
    }
}

/// Writes a policy document as answers carry it: percent-encoded, as RFC 3986 has it.
pub(super) fn document(xml: &mut Writer, name: &str, text: &str) {
    xml.text(name, encode(text, Slash::Encode));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(write: impl FnOnce(&mut Writer)) -> String {
        let mut xml = Writer::of_piece();
        write(&mut xml);
        xml.finish()
    }

    #[test]
    fn page_says_where_the_next_one_begins() {
        let listing = Listing { items: vec!["a<b".to_owned()], marker: Some("a".into()) };
        let text = written(|xml| page(xml, "L", &listing, |xml, item| xml.text("N", item)));
        let list = "<L><member><N>a&lt;b</N></member></L>";
        assert_eq!(text, format!("{list}<IsTruncated>true</IsTruncated><Marker>a</Marker>"));
        let last = Listing { items: vec!["a".to_owned()], marker: None };
        let text = written(|xml| names(xml, "L", &last));
        assert_eq!(text, "<L><member>a</member></L><IsTruncated>false</IsTruncated>");
    }

    #[test]
    fn documents_are_percent_encoded() {
        let text = written(|xml| document(xml, "D", "{\"a\": \"*/~\"}"));
        assert_eq!(text, "<D>%7B%22a%22%3A%20%22%2A%2F~%22%7D</D>");
    }
}
