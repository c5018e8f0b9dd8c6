//! The rows of the contest as a table.

use crate::output::say;

/// One contestant and what all its turns came to, in URLs per second of CPU time.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) name: &'static str,
    version: String,
    pub(super) median: f64,
    least: f64,
    most: f64,
}

impl Row {
    /// Sums up the `rates` of all turns, which it sorts.
    pub(super) fn new(name: &'static str, version: &str, rates: &mut [f64]) -> Self {
        rates.sort_by(f64::total_cmp);
        let at = |place: usize| rates.get(place).copied().unwrap_or(f64::NAN);
        Self {
            name,
            version: version.to_owned(),
            median: at(rates.len() / 2),
            least: at(0),
            most: at(rates.len().saturating_sub(1)),
        }
    }
}

/// Prints `rows`, each beside `ours`.
pub(super) fn print(rows: &[Row], ours: &Row) {
    say("| presigner | version | URLs per CPU second | least to most | hallpass is |");
    say("|---|---|---:|---:|---:|");
    for Row { name, version, median, least, most } in rows {
        let times = ours.median / median;
        say(&format!(
            "| {name} | {version} | {median:.0} | {least:.0} to {most:.0} | {times:.1} times |"
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn row_is_the_median_between_least_and_most() {
        let row = Row::new("name", "1", &mut [3.0, 1.0, 9.0]);
        assert_eq!((row.median, row.least, row.most), (3.0, 1.0, 9.0));
    }
}
