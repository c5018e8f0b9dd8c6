//! What the kernel counts for a process: CPU time and resident memory.
//!
//! <https://www.kernel.org/doc/html/latest/filesystems/proc.html>

use std::fs;
use std::ops::{AddAssign, Sub};
use std::time::Duration;

use crate::failure::Failure;

/// The unit of CPU time in `/proc`: `USER_HZ` is 100 on x86-64 and arm64.
const TICK: Duration = Duration::from_millis(10);

/// CPU time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Cpu {
    /// Spent in the program itself.
    pub(crate) user: Duration,
    /// Spent in the kernel on its behalf.
    pub(crate) system: Duration,
}

impl Cpu {
    /// Both together.
    pub(crate) fn total(self) -> Duration {
        self.user + self.system
    }
}

impl Sub for Cpu {
    type Output = Self;

    fn sub(self, before: Self) -> Self {
        Self {
            user: self.user.saturating_sub(before.user),
            system: self.system.saturating_sub(before.system),
        }
    }
}

impl AddAssign for Cpu {
    fn add_assign(&mut self, more: Self) {
        self.user += more.user;
        self.system += more.system;
    }
}

/// Resident memory in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Memory {
    /// All of it (`VmRSS`).
    pub(crate) resident: u64,
    /// What the program allocated (`RssAnon`).
    pub(crate) anonymous: u64,
    /// Pages of files: the program itself, and of the index file what was looked up (`RssFile`).
    pub(crate) file: u64,
    /// The most that was ever resident, which the kernel keeps itself (`VmHWM`).
    pub(crate) resident_max: u64,
}

impl Memory {
    /// The memory of process `id` now.
    pub(crate) fn of(id: u32) -> Result<Self, Failure> {
        Self::parse(&read(&format!("/proc/{id}/status"))?)
    }

    fn parse(status: &str) -> Result<Self, Failure> {
        let field = |name: &str| {
            let mut lines = status.lines();
            let value = lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
            let kib = value.and_then(|value| value.trim().strip_suffix(" kB")?.parse::<u64>().ok());
            kib.map(|kib| kib * 1024).ok_or_else(|| unreadable(name))
        };
        Ok(Self {
            resident: field("VmRSS")?,
            anonymous: field("RssAnon")?,
            file: field("RssFile")?,
            resident_max: field("VmHWM")?,
        })
    }

    /// The larger one of each.
    pub(crate) fn max(self, other: Self) -> Self {
        Self {
            resident: self.resident.max(other.resident),
            anonymous: self.anonymous.max(other.anonymous),
            file: self.file.max(other.file),
            resident_max: self.resident_max.max(other.resident_max),
        }
    }
}

/// The CPU time of this process so far.
pub(crate) fn own_cpu() -> Result<Cpu, Failure> {
    cpu("self")
}

/// The CPU time of process `id` and its children so far.
pub(super) fn cpu_of_family(id: u32) -> Result<Cpu, Failure> {
    let mut family = cpu(&id.to_string())?;
    for child in read(&format!("/proc/{id}/task/{id}/children"))?.split_ascii_whitespace() {
        family += cpu(child)?;
    }
    Ok(family)
}

fn cpu(process: &str) -> Result<Cpu, Failure> {
    parse_cpu(&read(&format!("/proc/{process}/stat"))?)
}

/// Reads fields 14 and 15; the second is a name in parentheses that may hold anything.
fn parse_cpu(stat: &str) -> Result<Cpu, Failure> {
    let fields = stat.rsplit_once(") ").map_or("", |(_, fields)| fields);
    let mut times = fields.split(' ').skip(11).map(|field| field.parse::<u32>());
    match (times.next(), times.next()) {
        (Some(Ok(user)), Some(Ok(system))) => Ok(Cpu { user: TICK * user, system: TICK * system }),
        _ => Err(unreadable("utime and stime")),
    }
}

fn read(path: &str) -> Result<String, Failure> {
    fs::read_to_string(path).map_err(|source| {
        let error = format!("reading `{path}`: {source}");
        Failure::new(error, "the process has ended; see what it wrote to stderr")
    })
}

fn unreadable(what: &str) -> Failure {
    let error = format!("the kernel does not tell {what}");
    Failure::new(error, "measure on Linux 4.5 or later")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cpu_time_is_read_behind_any_name() {
        let stat = "7 (a) b (c) S 1 7 7 0 -1 4194560 90 0 0 0 123 45 0 0 20 0 1 0 9 9 9";
        let cpu = parse_cpu(stat).unwrap();
        assert_eq!(cpu.user, Duration::from_millis(1230));
        assert_eq!(cpu.total(), Duration::from_millis(1680));
        assert!(parse_cpu("7 (a) S 1").is_err());
    }

    #[test]
    fn memory_is_read_in_bytes() {
        let status = "VmHWM:\t  9 kB\nVmRSS:\t  8 kB\nRssAnon:\t  5 kB\nRssFile:\t  3 kB\n";
        let memory = Memory::parse(status).unwrap();
        let expected = Memory { resident: 8192, anonymous: 5120, file: 3072, resident_max: 9216 };
        assert_eq!(memory, expected);
        assert!(Memory::parse("VmRSS:\t  8 kB\n").is_err());
    }

    #[test]
    fn a_process_may_ask_about_itself() {
        assert!(own_cpu().is_ok());
        let memory = Memory::of(std::process::id()).unwrap();
        assert!(memory.resident_max >= memory.anonymous);
    }
}
