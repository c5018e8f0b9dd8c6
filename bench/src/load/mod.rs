//! `load`: the release server under load beside nginx and Garage, on the same cores, taking turns.
//!
//! Sections are run by name, or all of them: `get`, `large`, `put`, `list`, `memory`, `start`. Each
//! prints its figures, then what was promised of them; what is missed fails the run at the end.

mod contest;
mod get;
mod limits;
mod put;
mod servers;
mod wrk;

use crate::failure::Failure;
use crate::machine::{self, Watch};
use crate::output::say;
use crate::place::Folder;
use crate::process::own_cpu;
use limits::Limits;

/// What a section does.
type Section = fn(&Folder, &mut Limits) -> Result<(), Failure>;

const SECTIONS: [(&str, Section); 2] = [("get", get::measure), ("put", put::measure)];

/// Measures the sections that `words` name, or all; fails when a limit is missed.
pub(crate) fn measure(words: &[&str]) -> Result<(), Failure> {
    if let Some(word) = words.iter().find(|word| !SECTIONS.iter().any(|(name, _)| name == *word)) {
        let names = SECTIONS.map(|(name, _)| name).join(", ");
        return Err(Failure::new(format!("load has no section `{word}`"), format!("{names}")));
    }
    machine::describe()?;
    wrk::require()?;
    let mut limits = Limits::default();
    for (name, section) in SECTIONS {
        if words.is_empty() || words.contains(&name) {
            let folder = Folder::create()?;
            let watch = Watch::start()?;
            let before = own_cpu()?.user;
            section(&folder, &mut limits)?;
            watch.report(own_cpu()?.user.saturating_sub(before))?;
            say("");
        }
    }
    limits.settle()
}
