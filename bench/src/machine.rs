//! The machine that figures come from: what it is, and how busy others kept it meanwhile.

use std::fs;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use crate::failure::Failure;
use crate::output::say;
use crate::place::Folder;

/// The unit of CPU time in `/proc`, in milliseconds.
const TICK_MILLISECONDS: u64 = 10;

/// Says what machine this is and how busy it is now.
pub(crate) fn describe() -> Result<(), Failure> {
    let cpus = thread::available_parallelism().map_err(Failure::while_doing("counting CPUs"))?;
    let info = read("/proc/cpuinfo")?;
    let model = info.lines().find_map(|line| line.strip_prefix("model name"));
    let model = model.map_or("unknown", |model| model.trim_start_matches(['\t', ' ', ':']));
    say(&format!("machine: {cpus} CPUs, {model}; {}", load()?));
    Ok(())
}

/// The load averages, as text.
pub(crate) fn load() -> Result<String, Failure> {
    let text = read("/proc/loadavg")?;
    let averages: Vec<&str> = text.split(' ').take(3).collect();
    Ok(format!("load average {}", averages.join(" ")))
}

/// Counts the CPU time that all programs take from now on.
#[derive(Debug)]
pub(crate) struct Watch {
    began: Instant,
    user: Duration,
}

impl Watch {
    /// Begins to count.
    pub(crate) fn start() -> Result<Self, Failure> {
        Ok(Self { began: Instant::now(), user: parse_user(&read("/proc/stat")?)? })
    }

    /// Says how much of a CPU other programs took, `ours` being what the measured ones took.
    /// User time only: the kernel's own work for us is counted as nobody's.
    pub(crate) fn report(&self, ours: Duration) -> Result<(), Failure> {
        let all = parse_user(&read("/proc/stat")?)?.saturating_sub(self.user);
        let others = all.saturating_sub(ours).as_secs_f64() / self.began.elapsed().as_secs_f64();
        let percent = others * 100.0;
        say(&format!("other programs took {percent:.0} % of one CPU meanwhile; {}", load()?));
        Ok(())
    }
}

/// User time, nice or not, of all CPUs.
fn parse_user(stat: &str) -> Result<Duration, Failure> {
    let mut fields = stat.split_ascii_whitespace().skip(1).map(|field| field.parse::<u64>());
    match (fields.next(), fields.next()) {
        (Some(Ok(user)), Some(Ok(nice))) => {
            Ok(Duration::from_millis((user + nice) * TICK_MILLISECONDS))
        }
        _ => Err(Failure::new("`/proc/stat` cannot be read", "measure on Linux")),
    }
}

/// Bytes that are free on the disk of `folder`.
pub(crate) fn free_bytes(folder: &Folder) -> Result<u64, Failure> {
    let mut df = Command::new("df");
    let output = df.args(["-B1", "--output=avail"]).arg(folder.path()).output();
    let output = output.map_err(Failure::while_doing("running `df`"))?;
    let said = String::from_utf8_lossy(&output.stdout);
    let free = said.lines().last().and_then(|line| line.trim().parse().ok());
    free.ok_or_else(|| Failure::new("`df` does not say what is free", "install coreutils"))
}

fn read(path: &str) -> Result<String, Failure> {
    fs::read_to_string(path).map_err(Failure::while_doing(&format!("reading `{path}`")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn user_time_of_all_cpus_is_user_and_nice() {
        let stat = "cpu  200 50 300 4000 0 0 0 0 0 0\ncpu0 1 1 1 1\n";
        assert_eq!(parse_user(stat).unwrap(), Duration::from_millis(2500));
        assert!(parse_user("").is_err());
    }
}
