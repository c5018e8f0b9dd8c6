//! What a look at a store found, line by line, and how it ends.

use serde_json::{Value, json};
use store::{Finding, Observer};

use crate::failure::{Exit, Failure};
use crate::output;
use crate::progress::Progress;

/// Prints what is found, and shows how far the look is.
#[derive(Debug)]
pub(super) struct Report {
    json: bool,
    findings: u64,
    progress: Progress,
    /// Nobody reads any more.
    unread: Option<Failure>,
}

impl Report {
    pub(super) fn new(json: bool) -> Self {
        Self { json, findings: 0, progress: Progress::of_work(), unread: None }
    }

    /// Prints the figures. A store with something wrong in it is a failure.
    pub(super) fn end(self, in_words: &str, mut figures: Value) -> Result<(), Failure> {
        let Self { json, findings, progress, unread } = self;
        drop(progress);
        if let Some(failure) = unread {
            return Err(failure);
        }
        if let Some(figures) = figures.as_object_mut() {
            figures.insert("findings".into(), findings.into());
        }
        output::print(&if json { figures.to_string() } else { in_words.to_owned() })?;
        if findings == 0 {
            return Ok(());
        }
        Err(Failure {
            error: format!("{findings} found to be wrong in the store"),
            hint: "each is told on stdout; put damaged objects again, or restore a backup".into(),
            exit: Exit::Failed,
        })
    }
}

impl Observer for Report {
    fn found(&mut self, finding: Finding) {
        self.findings += 1;
        let line = if self.json { in_json(&finding).to_string() } else { finding.to_string() };
        let printed = self.progress.aside(|| output::print(&line));
        self.unread = self.unread.take().or(printed.err());
    }

    fn advanced(&mut self, done: u64, of: u64) -> bool {
        self.progress.reach(done, of);
        self.unread.is_none()
    }
}

fn in_json(finding: &Finding) -> Value {
    json!({
        "fault": finding.fault.as_str(),
        "bucket": finding.bucket,
        "key": finding.key,
        "says": finding.says,
    })
}
