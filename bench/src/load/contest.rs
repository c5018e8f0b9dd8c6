//! Several servers and one kind of request: they take turns, so that noise hits them alike.

use std::net::SocketAddr;
use std::time::Duration;

use super::wrk::{self, Requests, Turn};
use crate::failure::Failure;
use crate::output::say;
use crate::process::{Cpu, Process};

/// Turns of each server.
const ROUNDS: usize = 5;
/// Length of a turn.
const TURN: Duration = Duration::from_secs(2);

/// A server with the requests it is to answer.
#[derive(Debug)]
pub(crate) struct Entrant<'s> {
    name: &'static str,
    process: &'s Process,
    address: SocketAddr,
    requests: Requests,
    turns: Vec<Turn>,
    cpu: Cpu,
}

impl<'s> Entrant<'s> {
    pub(crate) fn new(
        name: &'static str,
        process: &'s Process,
        address: SocketAddr,
        requests: Requests,
    ) -> Self {
        Self { name, process, address, requests, turns: Vec::new(), cpu: Cpu::default() }
    }

    /// One turn that does not count.
    pub(crate) fn turn(&self, connections: u32) -> Result<Turn, Failure> {
        wrk::run(self.address, &self.requests, connections, TURN)
    }

    fn run(&mut self, connections: u32) -> Result<(), Failure> {
        let before = self.process.cpu()?;
        self.turns.push(self.turn(connections)?);
        self.cpu += self.process.cpu()? - before;
        Ok(())
    }

    fn figures(&mut self) -> Figures {
        let turns = std::mem::take(&mut self.turns);
        let requests: f64 = turns.iter().map(|turn| turn.requests).sum();
        let elapsed: Duration = turns.iter().map(|turn| turn.elapsed).sum();
        let middle = |time: fn(&Turn) -> Duration| {
            let mut times: Vec<Duration> = turns.iter().map(time).collect();
            times.sort_unstable();
            times.get(times.len() / 2).copied().unwrap_or_default()
        };
        let cpu = std::mem::take(&mut self.cpu).total();
        Figures {
            name: self.name,
            per_second: requests / elapsed.as_secs_f64(),
            cpu_microseconds: cpu.as_secs_f64() * 1e6 / requests,
            p50: middle(|turn| turn.p50),
            p99: middle(|turn| turn.p99),
        }
    }
}

/// The figures of one server over all its turns.
#[derive(Debug)]
pub(crate) struct Figures {
    name: &'static str,
    pub(crate) per_second: f64,
    /// Of all processes of the server, for one request.
    pub(crate) cpu_microseconds: f64,
    p50: Duration,
    p99: Duration,
}

/// The figures of a row, hallpass's first.
#[derive(Debug)]
pub(crate) struct Row(pub(crate) Vec<Figures>);

impl Row {
    /// How many times the requests per second of `rival` hallpass serves; none without the rival.
    /// A remark may follow its name.
    pub(crate) fn ratio_to(&self, rival: &str) -> Option<f64> {
        let rival = self.0.iter().find(|figures| figures.name.starts_with(rival))?;
        Some(self.0.first()?.per_second / rival.per_second)
    }

    fn print(&self, what: &str) {
        for Figures { name, per_second, cpu_microseconds, p50, p99 } in &self.0 {
            let ratio = self.ratio_to(name).unwrap_or_default();
            let [p50, p99] = [p50, p99].map(|time| time.as_secs_f64() * 1e3);
            say(&format!(
                "| {what} | {name} | {per_second:.0} | {cpu_microseconds:.1} | {p50:.2} | \
                 {p99:.2} | {ratio:.2} |"
            ));
        }
    }
}

/// Prints the head of a table of rows.
pub(crate) fn print_head() {
    say("");
    say("| row | server | requests/s | server CPU us | p50 ms | p99 ms | hallpass is, times |");
    say("|---|---|---:|---:|---:|---:|---:|");
}

/// Lets the servers take turns with `connections` each, and prints the row.
pub(crate) fn run(
    what: &str,
    entrants: &mut [Entrant<'_>],
    connections: u32,
) -> Result<Row, Failure> {
    for entrant in &mut *entrants {
        entrant.turn(connections)?;
    }
    for _ in 0..ROUNDS {
        for entrant in &mut *entrants {
            entrant.run(connections)?;
        }
    }
    let row = Row(entrants.iter_mut().map(Entrant::figures).collect());
    row.print(&format!("{what}, {connections} connections"));
    Ok(row)
}
