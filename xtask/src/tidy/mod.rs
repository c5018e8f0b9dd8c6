//! The rules of the house that neither the compiler nor clippy knows, as checks over text.
//!
//! A check takes the tree and returns what it found; each finding names file, line and remedy.
//! Exceptions stand in a list beside the check that grants them, each with its reason.

mod documents;
mod floors;
mod places;
mod shape;
mod tree;
mod words;

use tree::Finding;
pub(crate) use tree::Tree;

type Check = fn(&Tree) -> Vec<Finding>;

const CHECKS: &[Check] = &[
    floors::crates_import_downwards,
    floors::outside_crates_stay_on_their_floor,
    floors::lowest_floor_is_no_std,
    shape::file_says_what_it_is,
    shape::file_is_short,
    shape::folder_is_small,
    shape::line_fits,
    shape::source_is_ascii,
    words::names_mean_something,
    words::nothing_is_left_to_do,
    places::disk_has_one_door,
    places::tests_wait_for_conditions,
    documents::document_has_one_title,
    documents::document_is_in_the_index,
];

/// Everything that all checks find, in the order of the checks.
pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    CHECKS.iter().flat_map(|check| check(tree)).collect()
}
