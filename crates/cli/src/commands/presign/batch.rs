//! `hallpass presign --batch`: a URL for each line of stdin or each object of a listing.
//!
//! One thread reads, every core signs, this one writes; see [`in_order`]. The first line that is
//! no address ends it, behind the URLs of the lines before.

use std::io::{self, Write as _};
use std::ops::ControlFlow;
use std::sync::Arc;

use client::{Objects, Presigner};
use s3::{BucketName, ObjectKey};

use super::order::Order;
use super::source::{self, Piece};
use crate::failure::{Exit, Failure};
use crate::in_order::{self, Desk};
use crate::location::{Object, Prefix};
use crate::output;
use crate::progress::Progress;

/// What became of a [`Piece`].
#[derive(Debug, Default)]
struct Signed {
    lines: Vec<u8>,
    links: u64,
    input_bytes: u64,
    /// Why there is no more.
    failure: Option<Failure>,
}

/// Prints a URL for each object below `prefix`; without one, for each line of stdin.
pub(super) fn run(order: Order, prefix: Option<Prefix>) -> Result<(), Failure> {
    let order = Arc::new(order);
    let shared = Arc::clone(&order);
    let work = move |desk| work(&shared, desk);
    let end = match prefix {
        Some(prefix) => {
            let (config, listing) = (order.config.clone(), prefix.listing());
            let feed = move |turns| source::give_listing(config, listing, turns);
            in_order::run(feed, work, writer(Progress::of_links(None)))?
        }
        None => {
            let progress = Progress::of_links(source::stdin_bytes());
            in_order::run(source::give_stdin, work, writer(progress))?
        }
    };
    match end {
        ControlFlow::Break(done) => done,
        ControlFlow::Continue(()) => Ok(()),
    }
}

/// Writes what was signed, until that fails. Nobody is told that a reader went away: it had
/// enough.
fn writer(mut progress: Progress) -> impl FnMut(Signed) -> ControlFlow<Result<(), Failure>> {
    move |signed| {
        let mut stdout = io::stdout().lock();
        let written = stdout.write_all(&signed.lines).and_then(|()| stdout.flush());
        progress.advance(signed.input_bytes, signed.links);
        match (written, signed.failure) {
            (Ok(()), None) => ControlFlow::Continue(()),
            (Ok(()), Some(failure)) => ControlFlow::Break(Err(failure)),
            (Err(e), _) if e.kind() == io::ErrorKind::BrokenPipe => ControlFlow::Break(Ok(())),
            (Err(e), _) => ControlFlow::Break(Err(output::cannot_print(&e))),
        }
    }
}

/// Signs pieces until there is none.
fn work(order: &Order, (pieces, results): Desk<Piece, Signed>) {
    let done = order.with_presigner(|presigner| {
        let mut signer = Signer { order, presigner, bucket: None };
        for piece in pieces {
            if results.send(signer.sign(piece)).is_err() {
                break;
            }
        }
        Ok(())
    });
    if let Err(failure) = done {
        drop(results.send(Signed { failure: Some(failure), ..Signed::default() }));
    }
}

/// What one worker keeps from one object to the next.
struct Signer<'a> {
    order: &'a Order,
    presigner: &'a Presigner<'a>,
    /// The bucket of the last object.
    bucket: Option<(BucketName, Objects)>,
}

impl Signer<'_> {
    fn sign(&mut self, piece: Piece) -> Signed {
        let mut signed = Signed::default();
        let done = match piece {
            Piece::Lines { text, first } => self.sign_lines(&text, first, &mut signed),
            Piece::Objects { bucket, keys } => {
                keys.iter().try_for_each(|key| self.sign_one(&bucket, key, &mut signed))
            }
            Piece::Failure(failure) => Err(failure),
        };
        signed.failure = done.err();
        signed
    }

    fn sign_lines(&mut self, text: &[u8], first: u64, signed: &mut Signed) -> Result<(), Failure> {
        signed.input_bytes = u64::try_from(text.len()).unwrap_or(u64::MAX);
        for (line, number) in text.split(|byte| *byte == b'\n').zip(first..) {
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            if !line.trim_ascii().is_empty() {
                let object = read(line).map_err(|why| no_address(number, &why))?;
                self.sign_one(&object.bucket, &object.key, signed)?;
            }
        }
        Ok(())
    }

    fn sign_one(
        &mut self,
        bucket: &BucketName,
        key: &ObjectKey,
        signed: &mut Signed,
    ) -> Result<(), Failure> {
        let objects = match &mut self.bucket {
            Some((last, objects)) if last == bucket => objects,
            other => {
                let objects = Objects::of(&self.order.config, bucket)?;
                &mut other.insert((bucket.clone(), objects)).1
            }
        };
        let url = self.presigner.presign(objects.target(key))?;
        let s3 = format_args!("s3://{bucket}/{key}");
        signed.lines.extend_from_slice(self.order.line(&url, s3).as_bytes());
        signed.lines.push(b'\n');
        signed.links = signed.links.saturating_add(1);
        Ok(())
    }
}

fn read(line: &[u8]) -> Result<Object, String> {
    let text = std::str::from_utf8(line).map_err(|_| "an address is UTF-8")?;
    Object::parse(text)
}

fn no_address(line: u64, why: &str) -> Failure {
    Failure {
        error: format!("line {line}: {why}"),
        hint: "mend the line and begin again with it: the URLs of the lines before it are printed"
            .into(),
        exit: Exit::Failed,
    }
}
