//! Known answers: the cases of `vectors/policy`, each with what decides it.
//!
//! Written from AWS's documentation, not from what this crate answers.

#![expect(clippy::unwrap_used, clippy::panic, reason = "test")]

mod asker;
mod cases;
mod policies;

use std::fs;
use std::path::PathBuf;

use serde::de::DeserializeOwned;

/// A file of cases.
#[derive(serde::Deserialize)]
struct File<T> {
    format: u8,
    about: String,
    source: String,
    cases: Vec<T>,
}

fn folder() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../vectors/policy"))
}

fn read<T: DeserializeOwned>(name: &str) -> Vec<T> {
    let text = fs::read_to_string(folder().join(name)).unwrap();
    let file: File<T> =
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
    assert_eq!(file.format, 1);
    assert!(!file.about.is_empty() && file.source.contains("https://"), "{name}");
    file.cases
}

/// Fails with all cases that went wrong, not the first alone.
fn demand_none(wrong: &[String]) {
    assert!(wrong.is_empty(), "{} cases:\n{}", wrong.len(), wrong.join("\n"));
}
