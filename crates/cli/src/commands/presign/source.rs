//! Where a batch comes from: lines of stdin, or the listing of a prefix.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::ops::ControlFlow;
use std::os::fd::AsFd as _;

use client::{Client, Config, Listing};
use s3::{BucketName, ObjectKey};

use crate::failure::{Exit, Failure};
use crate::in_order::Turns;
use crate::machine;

/// Bytes that are read at a time. A worker makes ten times as much of them, some blocks are on
/// their way to and from each worker, and that many megabytes do not matter yet.
const BLOCK_BYTES: usize = 32 * 1024;
/// A longer line is no address, so that the rest of it need not be kept.
const LINE_BYTES_MAX: usize = 4096;

/// Some of a batch.
#[derive(Debug)]
pub(super) enum Piece {
    /// Whole lines, and the number of the first.
    Lines { text: Vec<u8>, first: u64 },
    /// Objects of one bucket.
    Objects { bucket: BucketName, keys: Vec<ObjectKey> },
    /// Why there is no more.
    Failure(Failure),
}

/// How many bytes stdin has, when it is a file.
pub(super) fn stdin_bytes() -> Option<u64> {
    let stdin = File::from(io::stdin().as_fd().try_clone_to_owned().ok()?);
    stdin.metadata().ok().filter(|metadata| metadata.is_file()).map(|metadata| metadata.len())
}

/// Gives the lines of stdin, as they come.
pub(super) fn give_stdin(mut turns: Turns<Piece>) {
    let mut lines = Lines::of(BufReader::with_capacity(BLOCK_BYTES, io::stdin().lock()));
    while let Some(piece) = lines.next() {
        if turns.give(piece).is_break() {
            return;
        }
    }
}

/// Gives the objects of `listing`, page by page.
pub(super) fn give_listing(config: Config, listing: Listing, mut turns: Turns<Piece>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let listed = match runtime {
        Ok(runtime) => runtime.block_on(list(config, listing, &mut turns)),
        Err(e) => Err(Failure::cannot_start(&e)),
    };
    if let Err(failure) = listed {
        // Where nobody takes pieces any more, nobody asks why there is none.
        let _: ControlFlow<()> = turns.give(Piece::Failure(failure));
    }
}

async fn list(config: Config, listing: Listing, turns: &mut Turns<Piece>) -> Result<(), Failure> {
    let client = Client::new(config, machine::clock())?;
    let bucket = listing.bucket.clone();
    let mut pages = client.list(listing)?;
    while let Some(page) = pages.next().await? {
        let keys = page.entries.into_iter().map(|entry| entry.key).collect();
        if turns.give(Piece::Objects { bucket: bucket.clone(), keys }).is_break() {
            break;
        }
    }
    Ok(())
}

/// Cuts what it reads behind line feeds.
struct Lines<R> {
    input: R,
    /// What was read and not given yet.
    text: Vec<u8>,
    /// The number of its first line.
    line: u64,
}

impl<R: BufRead> Lines<R> {
    fn of(input: R) -> Self {
        Self { input, text: Vec::new(), line: 1 }
    }

    fn next(&mut self) -> Option<Piece> {
        loop {
            let read = match self.input.fill_buf() {
                Ok(read) => read,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
                Err(e) => return Some(Piece::Failure(unreadable(&e))),
            };
            let bytes = read.len();
            self.text.extend_from_slice(read);
            self.input.consume(bytes);
            let end = self.text.iter().rposition(|byte| *byte == b'\n').map(|at| at + 1);
            match end {
                Some(end) => return Some(self.piece(end)),
                None if bytes == 0 && self.text.is_empty() => return None,
                None if bytes == 0 || self.text.len() > LINE_BYTES_MAX => {
                    return Some(self.piece(self.text.len()));
                }
                None => {}
            }
        }
    }

    fn piece(&mut self, end: usize) -> Piece {
        let rest = self.text.split_off(end);
        let text = std::mem::replace(&mut self.text, rest);
        let first = self.line;
        let feeds = text.iter().filter(|byte| **byte == b'\n').count();
        self.line = first.saturating_add(u64::try_from(feeds).unwrap_or(u64::MAX));
        Piece::Lines { text, first }
    }
}

fn unreadable(error: &io::Error) -> Failure {
    Failure {
        error: format!("cannot read stdin: {error}"),
        hint: "without a prefix, a batch is read from stdin, one s3://BUCKET/KEY on a line".into(),
        exit: Exit::Failed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pieces of `text`, when so many bytes can be read at a time.
    fn cut(text: &str, bytes: usize) -> Vec<(u64, String)> {
        let mut lines = Lines::of(BufReader::with_capacity(bytes, text.as_bytes()));
        let mut pieces = Vec::new();
        while let Some(Piece::Lines { text, first }) = lines.next() {
            pieces.push((first, String::from_utf8(text).unwrap()));
        }
        pieces
    }

    #[test]
    fn pieces_end_with_a_line_and_know_its_number() {
        let text = "one\ntwo\n\nthree\nfour";
        for bytes in 1..30 {
            let pieces = cut(text, bytes);
            let all: String = pieces.iter().map(|(_, text)| text.as_str()).collect();
            assert_eq!(all, text, "{bytes}");
            let mut line = 1;
            for (first, text) in pieces {
                assert_eq!(first, line, "{bytes}");
                assert!(text.ends_with('\n') || text == "four", "{bytes}: {text}");
                line += u64::try_from(text.matches('\n').count()).unwrap();
            }
        }
        assert_eq!(cut("", 8), []);
    }

    #[test]
    fn endless_line_is_not_kept() {
        let pieces = cut(&"x".repeat(1_000_000), 4096);
        assert!(pieces.iter().all(|(first, text)| *first == 1 && text.len() <= 3 * 4096));
    }
}
