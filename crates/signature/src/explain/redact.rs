//! What of a secret may be shown: its first four characters, so that two can be told apart.
//!
//! Everything of the caller's that an explanation repeats goes through here by its name.

use alloc::string::String;

use crate::redact::redacted_over;

/// Characters of a secret that are shown.
const SHOWN_CHARACTERS: usize = 4;
/// Characters of a text that is too short to be shown in part, or to be a secret.
const SHORT: usize = 2 * SHOWN_CHARACTERS;

/// Whether a parameter or header of this name holds a secret: a signature, a session token or an
/// encryption key.
pub(super) fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let endings = ["signature", "security-token", "customer-key", "authorization", "cookie"];
    endings.iter().any(|ending| name.ends_with(ending))
}

/// The beginning of a secret.
pub(super) fn hidden(secret: &str) -> String {
    if secret.chars().count() <= SHORT {
        return "(redacted)".into();
    }
    let mut shown: String = secret.chars().take(SHOWN_CHARACTERS).collect();
    shown.push_str("... (redacted)");
    shown
}

/// `value` of a parameter or header called `name`, or its beginning when that is a secret; a URL
/// in it may hold some more.
pub(super) fn value(name: &str, value: &str) -> String {
    if is_secret(name) { hidden(value) } else { shown(value) }
}

/// Any other text of the caller's, of which what a secret's name in it gives is left out: a URL
/// within a URL, or one that was encoded as a whole.
pub(super) fn shown(text: &str) -> String {
    redacted_over(text, SHORT).into_owned()
}

/// A path or key; from a signature in it on, which got there by an encoded `?`, it is left out.
pub(super) fn path(path: &str) -> String {
    let lower = path.to_ascii_lowercase();
    let is_long = |rest: &str| rest.chars().take_while(|c| *c != '&').nth(SHORT).is_some();
    let holds = |name: &str| {
        let mut after = lower.split(name).skip(1);
        let equals = ["=", "%3d", "%253d"];
        after.any(|rest| equals.iter().filter_map(|e| rest.strip_prefix(e)).any(is_long))
    };
    if !holds("signature") && !holds("security-token") {
        return shown(path);
    }
    let end = lower.find(['?', '&']).or_else(|| lower.find("%3f")).or_else(|| lower.find("%253f"));
    let mut shown: String = end.and_then(|end| path.get(..end)).unwrap_or_default().into();
    shown.push_str("... (redacted)");
    shown
}

/// A canonical request or string to sign without the secrets in its query and headers.
pub(super) fn text(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for (index, line) in text.split('\n').enumerate() {
        if index > 0 {
            shown.push('\n');
        }
        shown.push_str(&self::line(line));
    }
    shown
}

fn line(line: &str) -> String {
    if let Some((name, value)) = line.split_once(':')
        && is_secret(name)
    {
        return alloc::format!("{name}:{}", hidden(value));
    }
    if line.starts_with('/') && !line.contains('&') {
        return path(line);
    }
    let mut shown = String::with_capacity(line.len());
    for (index, piece) in line.split('&').enumerate() {
        if index > 0 {
            shown.push('&');
        }
        match piece.split_once('=') {
            Some((name, value)) if is_secret(name) => {
                shown.push_str(&alloc::format!("{name}={}", hidden(value)));
            }
            Some(_) | None => shown.push_str(&redacted_over(piece, SHORT)),
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;

    #[test]
    fn secrets_show_four_characters_and_short_ones_none() {
        assert_eq!(hidden("abcdefghij"), "abcd... (redacted)");
        assert_eq!(hidden("abcdefgh"), "(redacted)");
        assert_eq!(value("X-Amz-Signature", "0123456789"), "0123... (redacted)");
        assert_eq!(value("amp;X-Amz-Security-Token", "0123456789"), "0123... (redacted)");
        assert_eq!(value("x-amz-acl", "private"), "private");
        assert_eq!(value("cookie", "session=0123456789"), "sess... (redacted)");
    }

    #[test]
    fn a_secret_within_another_value_or_name_is_left_out() {
        let secret = "0123456789abcdef";
        for held in [
            format!("https://h/x?X-Amz-Signature={secret}"),
            format!("X-Amz-Signature%3D{secret}"),
            format!("1;X-Amz-Signature={secret}"),
            format!("%26X-Amz-Signature={secret}"),
            format!("X-Amz-Signature%20={secret}"),
        ] {
            for text in
                [value("next", &held), shown(&held), text(&format!("GET\n/b\na={held}&b=1"))]
            {
                assert!(!text.contains(secret), "{text}");
            }
        }
    }

    #[test]
    fn texts_keep_everything_but_the_secrets() {
        let shown = text(
            "PUT\n/b/k\na=1&X-Amz-Security-Token=secret%2Btoken&b=2\n\
             x-amz-security-token:secret+token\nx-amz-meta-a:1\n\nhost",
        );
        assert_eq!(
            shown,
            "PUT\n/b/k\na=1&X-Amz-Security-Token=secr... (redacted)&b=2\n\
             x-amz-security-token:secr... (redacted)\nx-amz-meta-a:1\n\nhost"
        );
    }

    #[test]
    fn signature_in_a_path_is_left_out() {
        for (given, shown) in [
            ("/b/k?X-Amz-Signature=0123456789", "/b/k... (redacted)"),
            ("/b/k%3FX-Amz-Signature%3D0123456789", "/b/k... (redacted)"),
            ("X-Amz-Signature=0123456789", "... (redacted)"),
            ("/b/k?X-Amz-Signature=0&a=23456789", "/b/k?X-Amz-Signature=0&a=23456789"),
            ("/b/signature.txt", "/b/signature.txt"),
        ] {
            assert_eq!(path(given), shown);
        }
    }
}
