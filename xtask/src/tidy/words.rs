//! Words that say nothing: names of files that could hold anything, and work left lying about.

use super::tree::{Finding, Tree};

/// Names under which anything could be filed, so that everything soon is.
const EMPTY_NAMES: &[&str] = &[
    "util",
    "utils",
    "common",
    "helper",
    "helpers",
    "misc",
    "core",
    "base",
    "manager",
    "handler",
    "handlers",
    "service",
    "processor",
    "data",
    "info",
];

/// Marks of unfinished work, in halves so that this file does not hold them.
const LEFTOVERS: &[&str] =
    &[concat!("FIX", "ME"), concat!("TO", "DO"), concat!("XX", "X"), concat!("dbg", "!")];

/// Names of files and folders say what is in them.
pub(super) fn names_mean_something(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in &tree.files {
        let names = file.path.split('/').filter_map(|name| name.split('.').next());
        for word in names.flat_map(|name| name.split(['_', '-'])) {
            if EMPTY_NAMES.contains(&word) {
                findings
                    .push(file.find(1, format!("name what it holds: `{word}` could be anything")));
            }
        }
    }
    findings
}

/// What is left to do is an issue, not a comment.
pub(super) fn nothing_is_left_to_do(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.of_kind(".rs") {
        for (number, line) in file.lines() {
            let found = LEFTOVERS.iter().find(|word| has_word(line, word));
            findings.extend(
                found.map(|word| file.find(number, format!("do it or drop it: no `{word}` here"))),
            );
        }
    }
    findings
}

/// Whether `word` stands in `line` and no letter or digit touches it.
fn has_word(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let (before, rest) = line.split_at(at);
        let after = rest.strip_prefix(word).unwrap_or(rest);
        !before.ends_with(char::is_alphanumeric) && !after.starts_with(char::is_alphanumeric)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn name_that_could_hold_anything_is_found_in_files_and_folders() {
        for path in ["crates/s3/src/util.rs", "docs/misc/a.md", "crates/s3/src/key_helper.rs"] {
            let findings = names_mean_something(&Tree::of(&[(path, "")]));
            assert!(findings[0].to_string().contains("name what it holds"), "{path}");
        }
    }

    #[test]
    fn name_that_only_contains_such_a_word_is_fine() {
        let tree = Tree::of(&[("vectors/base64.rs", ""), ("crates/server/src/metadata.rs", "")]);
        assert!(names_mean_something(&tree).is_empty());
    }

    #[test]
    fn work_left_in_a_comment_is_found() {
        let text = format!("//! A file.\n// {}: later\n", concat!("TO", "DO"));
        let findings = nothing_is_left_to_do(&Tree::of(&[("a.rs", &text)]));
        assert_eq!(findings.len(), 1);
        assert!(findings[0].to_string().starts_with("a.rs:2: do it or drop it"));
    }

    #[test]
    fn mark_inside_a_longer_word_is_fine() {
        let text = format!("let uploads = \"{}S\";\n", concat!("TO", "DO"));
        assert!(nothing_is_left_to_do(&Tree::of(&[("a.rs", &text)])).is_empty());
    }
}
