//! The rows as a table, and below it what the presigned GET adds to each of the others.

use super::figures::Figures;
use super::{ROUND_REQUESTS, ROUNDS};
use crate::output::say;

/// Prints the rows. The second is the one that the others are held against.
pub(crate) fn print(rows: &[(&str, Figures)]) {
    let requests = ROUNDS * ROUND_REQUESTS;
    say(&format!(
        "one kept-alive connection, closed loop, {requests} requests a row in {ROUNDS} rounds; \
         times in us"
    ));
    say("");
    say("| row | p50 | p90 | p99 | max | requests/s | server CPU/request |");
    say("|---|---:|---:|---:|---:|---:|---:|");
    for (name, row) in rows {
        say(&format!(
            "| {name} | {:.1} | {:.1} | {:.1} | {:.0} | {:.0} | {:.1} |",
            row.p50, row.p90, row.p99, row.max, row.requests_per_second, row.cpu_per_request
        ));
    }
    print_differences(rows);
    say("");
}

fn print_differences(rows: &[(&str, Figures)]) {
    let Some((_, object)) = rows.get(1) else {
        return;
    };
    let others = rows.iter().filter(|(name, _)| !name.starts_with(['b', 'c']));
    for (name, other) in others {
        let added = object.minus(other);
        let letter: String = name.chars().take(1).collect();
        say(&format!(
            "| b - {letter} | {:+.1} | {:+.1} | {:+.1} | | | {:+.1} |",
            added.p50, added.p90, added.p99, added.cpu_per_request
        ));
    }
}
