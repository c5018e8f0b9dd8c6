//! The programs that fuzz: built with libFuzzer and coverage by the toolchain as it is, and run.
//!
//! The flags are those that instrument for coverage, which the stable compiler takes; a sanitizer
//! would need a nightly one and finds what safe Rust does not have. What they mean:
//! <https://clang.llvm.org/docs/SanitizerCoverage.html>, <https://llvm.org/docs/LibFuzzer.html>.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};

use crate::failure::Failure;
use crate::step::{self, at_root, cargo};
use crate::{output, place};

const MANIFEST: &str = "fuzz/Cargo.toml";

const COVERAGE: [&str; 5] = [
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
];

/// What libFuzzer exits with when it found something.
const FOUND: i32 = 77;

/// The statistic that says how much was tried.
const STATISTIC: &str = "stat::number_of_executed_units:";

/// An input that takes so long is a finding. Far above what any takes on a busy machine.
const INPUT_SECONDS_MAX: &str = "-timeout=30";

/// Builds all targets.
pub(super) fn build() -> Result<(), Failure> {
    let hint = "mend what the compiler names above; a lock file that is behind: \
                `cargo update --workspace --manifest-path fuzz/Cargo.toml`";
    step::run("build of the fuzz targets", &mut instrumented("build")?, hint)
}

/// Format and clippy, with the flags of the build so that libFuzzer is compiled once.
pub(super) fn lint() -> Result<(), Failure> {
    let format = ["fmt", "--manifest-path", MANIFEST, "--check"];
    let hint = "run `cargo fmt --manifest-path fuzz/Cargo.toml`";
    step::run("format of the fuzz targets", &mut cargo(&format), hint)?;
    let hint = "mend what clippy names above; an exception is `#[expect(lint, reason = \"...\")]`";
    let mut clippy = instrumented("clippy")?;
    step::run("clippy of the fuzz targets", clippy.args(["--", "-D", "warnings"]), hint)
}

/// Where libFuzzer's random numbers begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Chance {
    /// Elsewhere each time, so that each run looks at something new.
    New,
    /// At the same place, so that a push is not refused for what an earlier one brought in.
    Repeated,
}

/// Attacks for some seconds, from the seeds and what earlier runs found worth keeping.
pub(super) fn attack(name: &str, seconds: u32, chance: Chance) -> Result<(), Failure> {
    let (corpus, artifacts) = (folder("corpus", name)?, folder("artifacts", name)?);
    let mut command = fuzzer(name, seconds, &artifacts)?;
    if chance == Chance::Repeated {
        command.arg("-seed=1");
    }
    command.arg(corpus).arg(place::root().join("fuzz/seeds").join(name));
    let (status, said) = finish(&mut command)?;
    if status.success() {
        output::say(&format!("{} inputs in {seconds} s, nothing found", executed(&said)));
        return Ok(());
    }
    output::say(&said);
    Err(Failure::new(
        format!("fuzz {name} found something, told above ({status})"),
        format!("the input is in fuzz/artifacts/{name}; `cargo xtask fuzz {name} FILE` repeats it"),
    ))
}

/// Attacks until the planted bug is found; without that, no other target proves anything.
pub(super) fn find_planted(name: &str, seconds: u32) -> Result<(), Failure> {
    let artifacts = folder("target/planted", name)?;
    let (status, said) = finish(&mut fuzzer(name, seconds, &artifacts)?)?;
    if status.code() == Some(FOUND) {
        output::say(&format!("found after {} inputs", executed(&said)));
        return Ok(());
    }
    output::say(&said);
    Err(Failure::new(
        format!("`{name}` was not found in {seconds} s ({status})"),
        "fuzzing is blind: see whether the coverage flags still do what they say",
    ))
}

/// Runs a fuzzer to its end, and what it said.
fn finish(command: &mut Command) -> Result<(ExitStatus, String), Failure> {
    let output = command.output().map_err(|source| {
        let program = command.get_program().to_string_lossy().into_owned();
        Failure::new(format!("`{program}` did not start: {source}"), "build it anew")
    })?;
    Ok((output.status, String::from_utf8_lossy(&output.stderr).into_owned()))
}

/// How many inputs were tried, from libFuzzer's statistics.
fn executed(said: &str) -> &str {
    let mut counts = said.lines().filter_map(|line| line.strip_prefix(STATISTIC));
    counts.next().map_or("?", str::trim)
}

/// Runs a target on one input.
pub(super) fn repeat(name: &str, input: &Path) -> Result<(), Failure> {
    let mut command = at_root(&executable(name)?, &[INPUT_SECONDS_MAX]);
    command.arg(input).env("RUST_BACKTRACE", "1");
    step::run(&format!("fuzz {name}"), &mut command, "the broken promise is told above")
}

fn fuzzer(name: &str, seconds: u32, artifacts: &Path) -> Result<Command, Failure> {
    let mut command = at_root(&executable(name)?, &[INPUT_SECONDS_MAX, "-verbosity=0"]);
    command
        .args(["-print_final_stats=1", "-print_funcs=0"])
        .arg("-dict=fuzz/dictionary.txt")
        .arg(format!("-max_total_time={seconds}"))
        .arg(format!("-artifact_prefix={}/", artifacts.display()))
        .env("RUST_BACKTRACE", "1");
    Ok(command)
}

/// A cargo command on the targets with coverage. The flags are for one platform, named, and so
/// not for build scripts, which have no libFuzzer.
fn instrumented(subcommand: &str) -> Result<Command, Failure> {
    let mut command = cargo(&[subcommand, "--locked", "--release", "--manifest-path", MANIFEST]);
    command
        .args(["--target", &platform()?])
        .env("CARGO_TARGET_DIR", target())
        .env("CARGO_ENCODED_RUSTFLAGS", COVERAGE.join("\u{1f}"));
    Ok(command)
}

fn target() -> PathBuf {
    place::root().join("fuzz/target")
}

fn executable(name: &str) -> Result<PathBuf, Failure> {
    let file = format!("{name}{}", env::consts::EXE_SUFFIX);
    Ok(target().join(platform()?).join("release").join(file))
}

/// The platform that the compiler runs on, in its own words.
fn platform() -> Result<String, Failure> {
    let unknown = |said: String| Failure::new(format!("rustc -vV: {said}"), "install Rust anew");
    let mut rustc = at_root(Path::new("rustc"), &["-vV"]);
    let output = rustc.output().map_err(|source| unknown(source.to_string()))?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let host = said.lines().find_map(|line| line.strip_prefix("host: ")).map(str::to_owned);
    host.ok_or_else(|| unknown(said))
}

/// A folder under `fuzz` for what one target leaves behind.
fn folder(kind: &str, name: &str) -> Result<PathBuf, Failure> {
    let folder = place::root().join("fuzz").join(kind).join(name);
    fs::create_dir_all(&folder).map_err(|source| {
        let error = format!("cannot make `{}`: {source}", folder.display());
        Failure::new(error, "fuzzing keeps what it finds under `fuzz`")
    })?;
    Ok(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn number_of_inputs_is_read_from_the_statistics() {
        assert_eq!(executed("x\nstat::number_of_executed_units: 42\ny"), "42");
        assert_eq!(executed("nothing of the kind"), "?");
    }

    #[test]
    fn platform_is_what_the_compiler_says() {
        assert!(platform().unwrap().contains(env::consts::ARCH));
    }
}
