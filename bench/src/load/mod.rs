//! `load`: the release server under load beside nginx, Garage and Ceph, on the same cores, taking
//! turns.
//!
//! Sections are run by name, or all of them. Each prints its figures, then what was promised of
//! them; what is missed fails the run at the end.

mod contest;
mod fill;
mod get;
mod large;
mod limits;
mod many;
mod memory;
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

const SECTIONS: [(&str, Section); 5] = [
    ("get", get::measure),
    ("large", large::measure),
    ("put", put::measure),
    ("memory", memory::measure),
    ("many", many::measure),
];
/// Takes minutes to fill, so it is measured when it is named.
const NAMED: (&str, Section) = ("very-many", many::measure_very_many);

/// Measures the sections that `words` name, or all; fails when a limit is missed.
pub(crate) fn measure(words: &[&str]) -> Result<(), Failure> {
    let mut sections = SECTIONS.to_vec();
    sections.push(NAMED);
    if let Some(word) = words.iter().find(|word| !sections.iter().any(|(name, _)| name == *word)) {
        let names: Vec<&str> = sections.iter().map(|(name, _)| *name).collect();
        let hint = format!("its sections are: {}", names.join(", "));
        return Err(Failure::new(format!("load has no section `{word}`"), hint));
    }
    if words.is_empty() {
        sections.pop();
    }
    machine::describe()?;
    wrk::require()?;
    let mut limits = Limits::default();
    for (name, section) in sections {
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
