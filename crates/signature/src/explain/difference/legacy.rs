//! What differs between two strings to sign of SigV2, which has no canonical request.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/RESTAuthentication.html>

use alloc::vec::Vec;

use super::header::{HeaderDifference, differing};
use super::{DifferenceFinding, Sides, path, query};

/// A string to sign taken apart.
struct Text<'t> {
    method: &'t str,
    content_md5: &'t str,
    content_type: &'t str,
    date: &'t str,
    headers: Vec<(&'t str, &'t str)>,
    path: &'t str,
    query: &'t str,
}

impl<'t> Text<'t> {
    fn read(text: &'t str) -> Option<Self> {
        let mut lines = text.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line));
        let [method, content_md5, content_type, date] =
            [lines.next()?, lines.next()?, lines.next()?, lines.next()?];
        let mut headers: Vec<(&str, &str)> = Vec::new();
        let resource = loop {
            let line = lines.next()?;
            match line.split_once(':').filter(|(name, _)| name.starts_with("x-amz-")) {
                Some(header) => headers.push(header),
                None => break line,
            }
        };
        let (path, query) = resource.split_once('?').unwrap_or((resource, ""));
        Some(Self { method, content_md5, content_type, date, headers, path, query })
    }
}

/// What differs; none when one of them is no string to sign.
pub(in crate::explain) fn compare(ours: &str, theirs: &str) -> Option<Vec<DifferenceFinding>> {
    let [ours, theirs] = [Text::read(ours)?, Text::read(theirs)?];
    let mut found = Vec::new();
    if ours.method != theirs.method {
        found.push(DifferenceFinding::Method(Sides::new(ours.method, theirs.method)));
    }
    found.extend(header("content-md5", ours.content_md5, theirs.content_md5));
    found.extend(header("content-type", ours.content_type, theirs.content_type));
    if ours.date != theirs.date {
        found.push(DifferenceFinding::Scope(Sides::new(ours.date, theirs.date)));
    }
    let mut names: Vec<&str> =
        ours.headers.iter().chain(&theirs.headers).map(|(name, _)| *name).collect();
    names.sort_unstable();
    names.dedup();
    for name in names {
        found.extend(header(name, value(&ours.headers, name), value(&theirs.headers, name)));
    }
    found.extend(path(ours.path, theirs.path));
    found.extend(query(ours.query, theirs.query));
    Some(found)
}

/// An empty line and a header that is not there are the same.
fn header(name: &str, ours: &str, theirs: &str) -> Option<DifferenceFinding> {
    let difference = match ours {
        _ if ours == theirs => return None,
        "" => HeaderDifference::Added(name.into()),
        _ => differing(name, ours, theirs),
    };
    Some(DifferenceFinding::Header(difference))
}

fn value<'t>(headers: &[(&str, &'t str)], name: &str) -> &'t str {
    headers.iter().find(|(other, _)| *other == name).map_or("", |(_, value)| value)
}
