//! wrk, which makes the load: one thread, many connections, each in a closed loop.
//!
//! It is light, known, and in Debian (`apt-get install wrk`): <https://github.com/wg/wrk>.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::failure::Failure;
use crate::place::Folder;

const SCRIPT: &str = include_str!("requests.lua");

/// What one turn came to.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Turn {
    pub(crate) requests: f64,
    pub(crate) elapsed: Duration,
    pub(crate) p50: Duration,
    pub(crate) p99: Duration,
}

/// The requests of a turn, one line each, and the length of their bodies.
#[derive(Debug)]
pub(crate) struct Requests {
    path: PathBuf,
    body_bytes: usize,
    script: PathBuf,
}

impl Requests {
    /// Requests of `method`, written down in `folder` under `name`.
    pub(crate) fn write(
        folder: &Folder,
        name: &str,
        method: &str,
        targets: &[String],
        body_bytes: usize,
    ) -> Result<Self, Failure> {
        let (path, script) = (folder.join(name), folder.join("requests.lua"));
        let lines: String = targets.iter().map(|target| format!("{method} {target}\n")).collect();
        fs::write(&path, lines)
            .and_then(|()| fs::write(&script, SCRIPT))
            .map_err(Failure::while_doing("writing requests"))?;
        Ok(Self { path, body_bytes, script })
    }
}

/// Whether wrk is there.
pub(crate) fn require() -> Result<(), Failure> {
    let found = Command::new("wrk").arg("-v").stdout(Stdio::null()).stderr(Stdio::null()).status();
    found.map(|_| ()).map_err(|source| {
        Failure::new(format!("there is no `wrk`: {source}"), "apt-get install wrk")
    })
}

fn command(address: SocketAddr, requests: &Requests, connections: u32, time: Duration) -> Command {
    let mut wrk = Command::new("wrk");
    wrk.args(["--threads", "1", "--timeout", "30s"])
        .args(["--connections", &connections.to_string()])
        .args(["--duration", &format!("{}s", time.as_secs())])
        .arg("--script")
        .arg(&requests.script)
        .arg(format!("http://{address}"))
        .arg("--")
        .arg(&requests.path)
        .args([requests.body_bytes.to_string(), seed(&requests.path).to_string()]);
    wrk
}

/// Lets `connections` send requests for a time. An answer other than 2xx is a failure: a fast
/// refusal would make good figures.
pub(crate) fn run(
    address: SocketAddr,
    requests: &Requests,
    connections: u32,
    time: Duration,
) -> Result<Turn, Failure> {
    let output = command(address, requests, connections, time).output();
    let output = output.map_err(Failure::while_doing("running wrk"))?;
    let said = String::from_utf8_lossy(&output.stdout);
    read(&said).ok_or_else(|| {
        let said = [said.as_ref(), &String::from_utf8_lossy(&output.stderr)].concat();
        Failure::new(format!("wrk met errors or told nothing: {said}"), "see the access log")
    })
}

/// Lets `connections` send requests that may take longer than the time there is, so that none need
/// be answered.
pub(crate) fn run_to_the_end(
    address: SocketAddr,
    requests: &Requests,
    connections: u32,
    time: Duration,
) -> Result<(), Failure> {
    let output = command(address, requests, connections, time).output();
    let output = output.map_err(Failure::while_doing("running wrk"))?;
    let said = String::from_utf8_lossy(&output.stdout);
    if said.contains("came to ") && !said.contains("Non-2xx") {
        return Ok(());
    }
    Err(Failure::new(format!("wrk met errors: {said}"), "see the access log"))
}

/// Where in the file a turn begins differs from file to file and is the same in each run.
fn seed(path: &Path) -> usize {
    path.as_os_str().len()
}

/// Reads the last line of the script; none when any request failed.
fn read(said: &str) -> Option<Turn> {
    let line = said.lines().find_map(|line| line.strip_prefix("came to "))?;
    let mut numbers = line.split(' ').map(|word| word.parse::<u32>().ok());
    let mut next = || numbers.next().flatten();
    let (requests, elapsed, errors, p50, p99) = (next()?, next()?, next()?, next()?, next()?);
    let microseconds = |number: u32| Duration::from_micros(number.into());
    (errors == 0 && requests > 0).then(|| Turn {
        requests: requests.into(),
        elapsed: microseconds(elapsed),
        p50: microseconds(p50),
        p99: microseconds(p99),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_turn_is_read_from_the_line_of_the_script() {
        let turn = read("Running 1s test\n  ...\ncame to 200 1000000 0 50 99\n").unwrap();
        assert_eq!(turn.requests, 200.0);
        assert_eq!(turn.elapsed, Duration::from_secs(1));
        assert_eq!((turn.p50.as_micros(), turn.p99.as_micros()), (50, 99));
    }

    #[test]
    fn a_turn_with_errors_is_none() {
        for said in ["", "came to 200 1000000 1 50 99", "came to 0 1000000 0 0 0", "came to 1"] {
            assert_eq!(read(said), None, "{said}");
        }
    }
}
