//! Things that have one place: the disk behind its door, and waiting nowhere but on a condition.

use super::tree::{File, Finding, Tree};

/// Where files may be opened, and why there. Tests may do so everywhere.
const DISK_DOORS: &[(&str, &str)] = &[
    ("crates/store/src/disk/", "the store's one door, behind which tests put a disk that lies"),
    ("crates/ledger/src/disk/", "the ledger's one door"),
    ("crates/identity/", "keeps the root credentials in a file of their own"),
    ("crates/client/", "reads the AWS files, uploads from and downloads to files"),
    ("crates/cli/", "opens what the command line names"),
    ("crates/testbed/", "is a test"),
    ("xtask/", "reads this repository"),
    ("bench/", "measures the disk and reads `/proc`"),
];

/// Lines that may sleep in a test: path, a part of the line, and why no condition will do.
const SLEEPERS: &[(&str, &str, &str)] = &[];

/// Only the doors name `std::fs`.
pub(super) fn disk_has_one_door(tree: &Tree) -> Vec<Finding> {
    let closed = tree.of_kind(".rs").filter(|file| !is_test(&file.path) && !is_door(&file.path));
    closed
        .flat_map(|file| {
            let product = product_lines(file).filter(|(_, line)| names_disk(line));
            product.map(|(number, _)| {
                file.find(number, "go through the store's `disk`: only listed files open files")
            })
        })
        .collect()
}

/// Tests wait until something is so, never for a while.
pub(super) fn tests_wait_for_conditions(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in &tree.files {
        for (number, line) in test_lines(file) {
            if sleeps(&file.path, line) && !may_sleep(&file.path, line) {
                let remedy = "wait for the condition itself, with a deadline, instead of sleeping";
                findings.push(file.find(number, remedy));
            }
        }
    }
    findings
}

fn is_door(path: &str) -> bool {
    DISK_DOORS.iter().any(|(door, _)| path.starts_with(door))
}

fn is_test(path: &str) -> bool {
    path.split('/').any(|part| part == "tests" || part == "tests.rs" || part == "benches")
}

fn names_disk(line: &str) -> bool {
    let named = ["std::fs", "tokio::fs"].iter().any(|name| line.contains(name));
    let grouped = line.split_once("std::{").is_some_and(|(_, group)| {
        group.split([',', '{', '}', ' ', ';']).any(|item| item == "fs" || item.starts_with("fs::"))
    });
    !line.trim_start().starts_with("//") && (named || grouped)
}

/// The lines before the unit tests, which stand at the bottom.
fn product_lines(file: &File) -> impl Iterator<Item = (usize, &str)> {
    file.lines().take_while(|(_, line)| !opens_tests(line))
}

/// The lines of tests: whole files of them, or the bottom of a source.
fn test_lines(file: &File) -> impl Iterator<Item = (usize, &str)> {
    let all = is_test(&file.path)
        || file.path.starts_with("crates/testbed/")
        || file.path.starts_with("conformance/");
    file.lines().skip_while(move |(_, line)| !all && !opens_tests(line))
}

fn opens_tests(line: &str) -> bool {
    line.trim() == "#[cfg(test)]"
}

fn sleeps(path: &str, line: &str) -> bool {
    let words: &[&str] = match path.rsplit_once('.') {
        Some((_, "rs")) => &[concat!("thread::", "sleep"), concat!("time::", "sleep(")],
        Some((_, "py")) => &[concat!("time.", "sleep("), concat!("import ", "sleep")],
        Some(_) | None => &[],
    };
    words.iter().any(|word| line.contains(word))
}

fn may_sleep(path: &str, line: &str) -> bool {
    SLEEPERS.iter().any(|(sleeper, part, _)| path == *sleeper && line.contains(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn disk_used_outside_its_door_is_found_however_it_is_imported() {
        for line in ["use std::fs;", "let f = std::fs::File::open(p);", "use std::{fs, io};"] {
            let findings = disk_has_one_door(&Tree::of(&[("crates/pass/src/pass.rs", line)]));
            assert!(findings[0].to_string().contains("`disk`"), "{line}");
        }
    }

    #[test]
    fn disk_used_at_its_door_in_a_test_or_in_a_comment_is_fine() {
        let tree = Tree::of(&[
            ("crates/store/src/disk/mod.rs", "use std::fs;"),
            ("crates/store/tests/model.rs", "use std::fs;"),
            ("crates/store/src/journal.rs", "// never std::fs\n#[cfg(test)]\nuse std::fs;"),
            ("crates/store/src/index.rs", "use std::{fmt, io};"),
        ]);
        assert!(disk_has_one_door(&tree).is_empty());
    }

    #[test]
    fn sleeping_test_is_found_in_rust_and_in_python() {
        let rust = concat!("//! A.\n#[cfg(test)]\nthread::", "sleep(d);\n");
        let python = concat!("time.", "sleep(1)\n");
        let tree = Tree::of(&[("crates/s3/src/a.rs", rust), ("conformance/test_a.py", python)]);
        let findings = tests_wait_for_conditions(&tree);
        assert_eq!(findings.len(), 2);
        assert!(
            findings[0].to_string().starts_with("crates/s3/src/a.rs:3: wait for the condition")
        );
    }

    #[test]
    fn product_may_wait_where_a_retry_has_to() {
        let text = concat!("//! A.\ntime::", "sleep(pause).await;\n#[cfg(test)]\nmod tests {}\n");
        assert!(
            tests_wait_for_conditions(&Tree::of(&[("crates/client/src/a.rs", text)])).is_empty()
        );
    }
}
