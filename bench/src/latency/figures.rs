//! What many timed requests come to.

use std::time::Duration;

use crate::process::Cpu;

/// Times of requests and what the server spent on them.
#[derive(Debug, Default)]
pub(crate) struct Samples {
    pub(crate) times: Vec<Duration>,
    pub(crate) elapsed: Duration,
    pub(crate) cpu: Cpu,
}

/// The figures of one row; times in microseconds.
#[derive(Debug, PartialEq)]
pub(crate) struct Figures {
    pub(crate) p50: f64,
    pub(crate) p90: f64,
    pub(crate) p99: f64,
    pub(crate) max: f64,
    pub(crate) requests_per_second: f64,
    pub(crate) cpu_per_request: f64,
}

/// How much more one row takes than another, in microseconds.
#[derive(Debug)]
pub(crate) struct Difference {
    pub(crate) p50: f64,
    pub(crate) p90: f64,
    pub(crate) p99: f64,
    pub(crate) cpu_per_request: f64,
}

impl Samples {
    /// The figures of these samples.
    pub(crate) fn figures(mut self) -> Figures {
        self.times.sort_unstable();
        let count = self.times.iter().map(|_| 1.0).sum::<f64>();
        Figures {
            p50: self.at_percent(50),
            p90: self.at_percent(90),
            p99: self.at_percent(99),
            max: self.at_percent(100),
            requests_per_second: count / self.elapsed.as_secs_f64(),
            cpu_per_request: microseconds(self.cpu.total()) / count,
        }
    }

    /// The smallest time that `percent` of the sorted times do not exceed.
    fn at_percent(&self, percent: usize) -> f64 {
        let rank = (self.times.len() * percent).div_ceil(100);
        let time = self.times.get(rank.saturating_sub(1));
        microseconds(time.copied().unwrap_or_default())
    }
}

impl Figures {
    /// How much more this row takes than `floor`.
    pub(crate) fn minus(&self, floor: &Self) -> Difference {
        Difference {
            p50: self.p50 - floor.p50,
            p90: self.p90 - floor.p90,
            p99: self.p99 - floor.p99,
            cpu_per_request: self.cpu_per_request - floor.cpu_per_request,
        }
    }
}

fn microseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_those_of_the_sorted_times() {
        let samples = Samples {
            times: (1..=200).rev().map(Duration::from_micros).collect(),
            elapsed: Duration::from_millis(100),
            cpu: Cpu { user: Duration::from_millis(4), system: Duration::from_millis(6) },
        };
        let figures = samples.figures();
        let whole = [figures.p50, figures.p90, figures.p99, figures.max].map(f64::round);
        assert_eq!(whole, [100.0, 180.0, 198.0, 200.0]);
        assert_eq!(figures.requests_per_second.round(), 2000.0);
        assert_eq!(figures.cpu_per_request.round(), 50.0);
    }
}
