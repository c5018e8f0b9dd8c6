//! `hallpass store`: a look at a store in a folder, also while it is served, and copies of it.

mod report;

use std::io;
use std::path::{Path, PathBuf};

use ledger::DiskLedger;
use serde_json::json;
use store::{Backup, Checked, FilesAre, Inspection, Scrubbed, Stat, StoreError};

use self::report::Report;
use crate::embedded::LEDGER;
use crate::failure::{Exit, Failure};
use crate::output;

/// What to do with it.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum StoreCommand {
    /// Say how much is in it and what that takes
    Stat(Look),
    /// See whether everything in it fits together, without reading what objects hold
    Check(Look),
    /// Read everything, and name the objects that are damaged
    Scrub(Look),
    /// Make a copy of it as it is at one moment, which is a store itself
    Backup(Copying),
}

/// The arguments of a look.
#[derive(Debug, clap::Args)]
pub(crate) struct Look {
    /// The folder of the store
    #[arg(value_name = "DIR")]
    data: PathBuf,
    /// Print JSON: an object in each line, the last one with the figures
    #[arg(long)]
    json: bool,
}

/// The arguments of a copy.
#[derive(Debug, clap::Args)]
pub(crate) struct Copying {
    #[command(flatten)]
    look: Look,
    /// The folder for the copy; made when it is absent
    #[arg(value_name = "TO")]
    to: PathBuf,
    /// Give the files second names instead of copying them: at once, on the same disk
    #[arg(long)]
    link: bool,
}

impl StoreCommand {
    pub(crate) fn run(&self) -> Result<(), Failure> {
        match self {
            Self::Stat(look) => look.stat(),
            Self::Check(look) => look.check(),
            Self::Scrub(look) => look.scrub(),
            Self::Backup(copying) => copying.back_up(),
        }
    }
}

impl Look {
    fn open(&self) -> Result<(Inspection, Report), Failure> {
        let inspection = Inspection::open(&self.data).map_err(|e| self.failed(&e))?;
        Ok((inspection, Report::new(self.json)))
    }

    fn failed(&self, error: &StoreError) -> Failure {
        Failure {
            error: format!("cannot look at the store in `{}`: {error}", self.data.display()),
            hint: "name the folder that `hallpass serve` has as --data, as its owner".into(),
            exit: Exit::Failed,
        }
    }

    fn stat(&self) -> Result<(), Failure> {
        let (inspection, report) = self.open()?;
        let stat = inspection.stat().map_err(|e| self.failed(&e))?;
        let Stat { buckets, objects, versions, uploads, parts, inline, files, garbage, .. } = stat;
        let in_words = [
            format!("buckets   {buckets}"),
            format!("objects   {objects}, {}", output::size(stat.object_bytes)),
            format!("versions  {versions} more, {}", output::size(stat.version_bytes)),
            format!("uploads   {uploads}, {parts} parts, {}", output::size(stat.part_bytes)),
            format!(
                "content   {inline} in the index, {files} in files of {}",
                output::size(stat.file_bytes)
            ),
            format!("garbage   {garbage} files"),
            format!(
                "index     {}, of which {} are in use",
                output::size(stat.index_bytes),
                output::size(stat.index_bytes_used)
            ),
            format!("disk      {} free", output::size(stat.disk_bytes_free)),
        ];
        report.end(
            &in_words.join("\n"),
            json!({
                "buckets": buckets,
                "objects": objects,
                "object_bytes": stat.object_bytes,
                "versions": versions,
                "version_bytes": stat.version_bytes,
                "uploads": uploads,
                "parts": parts,
                "part_bytes": stat.part_bytes,
                "inline": inline,
                "files": files,
                "file_bytes": stat.file_bytes,
                "garbage": garbage,
                "index_bytes": stat.index_bytes,
                "index_bytes_used": stat.index_bytes_used,
                "disk_bytes_free": stat.disk_bytes_free,
            }),
        )
    }

    fn check(&self) -> Result<(), Failure> {
        let (inspection, mut report) = self.open()?;
        let checked = inspection.check(&mut report).map_err(|e| self.failed(&e))?;
        let Checked { rows, files, staged, garbage } = checked;
        let in_words = format!(
            "checked {rows} rows and {files} files; {staged} files are being received or were \
             left by a crash, {garbage} are to be removed"
        );
        report.end(
            &in_words,
            json!({
                "rows": rows,
                "files": files,
                "staged": staged,
                "garbage": garbage,
            }),
        )
    }

    fn scrub(&self) -> Result<(), Failure> {
        let (inspection, mut report) = self.open()?;
        let scrubbed = inspection.scrub(&mut report).map_err(|e| self.failed(&e))?;
        let Scrubbed { files, file_bytes, references } = scrubbed;
        let size = output::size(file_bytes);
        let in_words = format!("read {references} objects and parts, {files} files of {size}");
        report.end(
            &in_words,
            json!({
                "references": references,
                "files": files,
                "file_bytes": file_bytes,
            }),
        )
    }
}

impl Copying {
    fn back_up(&self) -> Result<(), Failure> {
        let (inspection, mut report) = self.look.open()?;
        let files = if self.link { FilesAre::Linked } else { FilesAre::Copied };
        let beside = |to: &Path| {
            let copied = DiskLedger::copy(&self.look.data.join(LEDGER), &to.join(LEDGER));
            copied.map(drop).map_err(io::Error::other)
        };
        let made = inspection.back_up(&self.to, files, &beside, &mut report);
        let made = made.map_err(|e| cannot_copy(&self.to, &e))?;
        let Backup { objects, files, file_bytes } = made;
        let (to, size) = (self.to.display(), output::size(file_bytes));
        let in_words = format!("`{to}` holds {objects} objects, with {files} files of {size}");
        report.end(
            &in_words,
            json!({
                "objects": objects,
                "files": files,
                "file_bytes": file_bytes,
            }),
        )
    }
}

fn cannot_copy(to: &Path, error: &StoreError) -> Failure {
    Failure {
        error: format!("cannot copy the store to `{}`: {error}", to.display()),
        hint: "name a folder that is absent or empty; what is in it now is no store".into(),
        exit: Exit::Failed,
    }
}
