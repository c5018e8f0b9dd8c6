//! The shape of sources: what a file says first, how long it and its lines are, how full a folder.

use std::collections::{BTreeMap, BTreeSet};

use super::tree::{Finding, Tree};

/// Lines of a file, its tests included: what one head holds.
const FILE_LINES_MAX: usize = 600;
/// Entries of a folder: what one look takes in.
const FOLDER_ENTRIES_MAX: usize = 16;
/// Columns of a line: two files fit beside each other.
const LINE_COLUMNS_MAX: usize = 100;

/// The first line of every source says what the file is.
pub(super) fn file_says_what_it_is(tree: &Tree) -> Vec<Finding> {
    tree.of_kind(".rs")
        .filter(|file| !file.text.starts_with("//! "))
        .map(|file| file.find(1, "begin with `//! ` and what this file is"))
        .collect()
}

/// No file is longer than a head can hold.
pub(super) fn file_is_short(tree: &Tree) -> Vec<Finding> {
    tree.of_kind(".rs")
        .filter(|file| file.text.lines().count() > FILE_LINES_MAX)
        .map(|file| {
            let remedy = format!("split this file: more than {FILE_LINES_MAX} lines");
            file.find(FILE_LINES_MAX + 1, remedy)
        })
        .collect()
}

/// No folder of sources holds more than one look takes in.
pub(super) fn folder_is_small(tree: &Tree) -> Vec<Finding> {
    let mut folders: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for file in tree.of_kind(".rs") {
        for (at, _) in file.path.match_indices('/') {
            let (folder, rest) = file.path.split_at(at);
            let entry = rest.trim_start_matches('/').split('/').next().unwrap_or(rest);
            folders.entry(folder).or_default().insert(entry);
        }
    }
    let full = folders.into_iter().filter(|(_, entries)| entries.len() > FOLDER_ENTRIES_MAX);
    full.filter_map(|(folder, entries)| {
        let file = tree.files.iter().find(|file| file.path.starts_with(folder))?;
        let count = entries.len();
        let remedy =
            format!("{folder} has {count} entries: group some, {FOLDER_ENTRIES_MAX} is most");
        Some(file.find(1, remedy))
    })
    .collect()
}

/// No line is wider than the page.
pub(super) fn line_fits(tree: &Tree) -> Vec<Finding> {
    let remedy = format!("break this line: more than {LINE_COLUMNS_MAX} columns");
    let mut findings = Vec::new();
    for file in tree.of_kind(".rs") {
        let wide = file.lines().filter(|(_, line)| line.chars().count() > LINE_COLUMNS_MAX);
        findings.extend(wide.map(|(number, _)| file.find(number, remedy.as_str())));
    }
    findings
}

/// Sources are ASCII, so that what is seen is what is there.
pub(super) fn source_is_ascii(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.of_kind(".rs") {
        for (number, line) in file.lines() {
            if let Some(found) = line.chars().find(|character| !character.is_ascii()) {
                let spelled = found.escape_unicode();
                findings
                    .push(file.find(number, format!("write `{spelled}` instead of the character")));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_that_does_not_say_what_it_is_is_found() {
        let tree = Tree::of(&[("a.rs", "use std::io;\n"), ("b.rs", "//! A file.\n"), ("c.rs", "")]);
        let findings = file_says_what_it_is(&tree);
        assert_eq!(findings.len(), 2);
        assert_eq!(findings[0].to_string(), "a.rs:1: begin with `//! ` and what this file is");
    }

    #[test]
    fn file_of_601_lines_is_found_and_600_is_fine() {
        let (long, fits) = ("\n".repeat(601), "\n".repeat(600));
        let tree = Tree::of(&[("long.rs", &long), ("fits.rs", &fits)]);
        let findings = file_is_short(&tree);
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].to_string(), "long.rs:601: split this file: more than 600 lines");
    }

    #[test]
    fn folder_of_17_entries_is_found_and_a_folder_counts_as_one() {
        let mut paths: Vec<String> = (0..16).map(|n| format!("crates/x/src/f{n}.rs")).collect();
        paths.extend((0..16).map(|n| format!("crates/y/src/deep/f{n}.rs")));
        let files: Vec<_> = paths.iter().map(|path| (path.as_str(), "")).collect();
        assert!(folder_is_small(&Tree::of(&files)).is_empty());
        let more = [&files[..], &[("crates/x/src/deep/f.rs", "")]].concat();
        let findings = folder_is_small(&Tree::of(&more));
        assert!(findings[0].to_string().contains("crates/x/src has 17 entries"));
    }

    #[test]
    fn line_of_101_columns_is_found() {
        let text = format!("{}\n{}\n", "x".repeat(100), "x".repeat(101));
        let findings = line_fits(&Tree::of(&[("a.rs", &text)]));
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].to_string(), "a.rs:2: break this line: more than 100 columns");
    }

    #[test]
    fn character_outside_ascii_is_found_and_spelled() {
        let tree = Tree::of(&[("a.rs", "let a = 'a';\nlet e = '\u{e9}';\n"), ("a.md", "\u{e9}")]);
        let findings = source_is_ascii(&tree);
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].to_string(), r"a.rs:2: write `\u{e9}` instead of the character");
    }
}
