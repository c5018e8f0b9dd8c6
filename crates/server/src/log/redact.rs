//! Credentials in a URL, left out: a signature or a session token opens what it was made for.

use std::borrow::Cow;

use signature::encode::{Plus, decode};

/// Names whose values are credentials, at the end of a parameter's name in any case.
const SECRETS: [&[u8]; 2] = [b"signature", b"security-token"];

/// A target or URL in which every value that is or holds a signature or a session token is
/// replaced by a word. URLs inside of URLs are found as well.
pub(super) fn redacted(target: &str) -> Cow<'_, str> {
    let Some((path, query)) = target.split_once(['?', '#']) else { return target.into() };
    let mut shown = String::with_capacity(target.len());
    shown.push_str(path);
    shown.push('?');
    for (index, piece) in query.split('&').enumerate() {
        if index > 0 {
            shown.push('&');
        }
        match piece.split_once('=') {
            Some((name, _)) if holds_secret(piece) => {
                shown.push_str(name);
                shown.push_str("=REDACTED");
            }
            None if holds_secret(piece) => shown.push_str("REDACTED"),
            Some(_) | None => shown.push_str(piece),
        }
    }
    shown.into()
}

/// Whether a piece of a query gives a signature or a token: as it is, or as a URL inside of it,
/// encoded once or twice.
fn holds_secret(piece: &str) -> bool {
    let once = decoded(piece);
    let twice = once.as_deref().and_then(decoded);
    [Some(piece), once.as_deref(), twice.as_deref()].into_iter().flatten().any(names_secret)
}

/// What an encoded text says; none when nothing in it is encoded.
fn decoded(text: &str) -> Option<String> {
    let bytes: Vec<u8> = text.contains('%').then(|| decode(text, Plus::Blank).collect())?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

fn names_secret(text: &str) -> bool {
    let is_secret = |name: &[u8]| {
        let ending = |length: usize| name.get(name.len().checked_sub(length)?..);
        SECRETS.iter().any(|s| ending(s.len()).is_some_and(|end| end.eq_ignore_ascii_case(s)))
    };
    text.match_indices('=').any(|(at, _)| text.as_bytes().get(..at).is_some_and(is_secret))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_and_tokens_never_reach_a_line() {
        for (target, shown) in [
            ("/b/k", "/b/k"),
            ("/b?X-Amz-Signature=ab&x=1", "/b?X-Amz-Signature=REDACTED&x=1"),
            ("/b?x-amz-security-token=t&acl", "/b?x-amz-security-token=REDACTED&acl"),
            ("/b?Expires=1&Signature=a%2Bb%3D", "/b?Expires=1&Signature=REDACTED"),
            ("/b?X-Amz-Signatur%65=ab", "/b?X-Amz-Signatur%65=REDACTED"),
        ] {
            assert_eq!(redacted(target), shown);
        }
    }
}
