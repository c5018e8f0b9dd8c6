//! A transfer under observation: how long it took, what it cost, the most that was resident.

use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use crate::failure::Failure;
use crate::output::say;
use crate::process::{Cpu, Memory, Process};

/// Time between two looks at the memory.
const PERIOD: Duration = Duration::from_millis(50);

/// The cost of one transfer.
#[derive(Debug)]
pub(super) struct Transfer {
    elapsed: Duration,
    cpu: Cpu,
    pub(super) peak: Memory,
}

impl Transfer {
    /// Does `work` and watches `server` meanwhile.
    pub(super) fn observe(
        server: &Process,
        work: impl FnOnce() -> Result<(), Failure>,
    ) -> Result<Self, Failure> {
        let id = server.id();
        let (cpu, began) = (server.cpu()?, Instant::now());
        let (done, is_done) = channel();
        let (result, peak) = thread::scope(|scope| {
            let watch = scope.spawn(move || watch(id, &is_done));
            let result = work();
            drop(done);
            (result, watch.join())
        });
        let elapsed = began.elapsed();
        result?;
        let peak = peak.map_err(|_| Failure::new("the watch has died", "run it again"))??;
        Ok(Self { elapsed, cpu: server.cpu()? - cpu, peak })
    }

    /// Prints it, of so many bytes, as a row.
    pub(super) fn print(&self, name: &str, bytes: u64) {
        let rate = rate(bytes, self.elapsed);
        let [user, system] = [self.cpu.user, self.cpu.system].map(|cpu| per_gib(bytes, cpu));
        let Memory { resident, anonymous, file, resident_max } = self.peak;
        let [resident, anonymous, file, most] =
            [resident, anonymous, file, resident_max].map(megabytes);
        say(&format!(
            "| {name} | {rate:.0} | {user:.2} | {system:.2} | {resident} | {anonymous} | {file} \
             | {most} |"
        ));
    }
}

/// The largest memory of process `id` until the other end of `is_done` is dropped.
fn watch(id: u32, is_done: &Receiver<()>) -> Result<Memory, Failure> {
    let mut peak = Memory::default();
    loop {
        peak = peak.max(Memory::of(id)?);
        match is_done.recv_timeout(PERIOD) {
            Err(RecvTimeoutError::Timeout) => {}
            Ok(()) | Err(RecvTimeoutError::Disconnected) => return Ok(peak),
        }
    }
}

/// Megabytes a second.
pub(super) fn rate(bytes: u64, elapsed: Duration) -> f64 {
    bytes_f64(bytes) / 1e6 / elapsed.as_secs_f64()
}

/// Seconds of CPU for each GiB of so many bytes.
pub(super) fn per_gib(bytes: u64, cpu: Duration) -> f64 {
    cpu.as_secs_f64() * f64::from(1 << 30) / bytes_f64(bytes)
}

/// Bytes in MB, as text.
pub(super) fn megabytes(bytes: u64) -> String {
    let tenths = bytes / 100_000;
    format!("{}.{} MB", tenths / 10, tenths % 10)
}

#[expect(clippy::cast_precision_loss, reason = "100 GiB are exact in 53 bits")]
fn bytes_f64(bytes: u64) -> f64 {
    bytes as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn megabytes_have_one_decimal() {
        assert_eq!(megabytes(7_654_321), "7.6 MB");
        assert_eq!(megabytes(99_999), "0.0 MB");
    }

    #[test]
    fn watch_sees_at_least_one_moment() {
        let (done, is_done) = channel();
        drop(done);
        let peak = watch(std::process::id(), &is_done).unwrap();
        assert!(peak.resident > 0);
    }
}
