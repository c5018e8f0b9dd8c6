//! What the machine has to have beside Rust and Python: checked, and installed where we may.
//!
//! As root on a Debian machine (a container, most CI) what is missing is installed with apt-get;
//! on anybody's own machine nothing is installed behind their back, they are told its name.

use std::process::{Command, Stdio};

use crate::failure::Failure;
use crate::{output, step};

/// A foreign program: how to see that it is there, and the Debian packages that bring it.
#[derive(Debug)]
pub(crate) struct Tool {
    name: &'static str,
    probe: &'static [&'static str],
    package: &'static str,
}

/// Compiles libFuzzer.
pub(crate) const CPP: Tool =
    Tool { name: "a C++ compiler", probe: &["c++", "--version"], package: "g++" };

/// Stores objects for those who run many machines, to be compared with; without what Debian
/// recommends beside it, such as another clock.
pub(crate) const CEPH: Tool = Tool {
    name: "Ceph",
    probe: &["sh", "-c", "ceph-mon -v && ceph-osd -v && radosgw -v && ceph -v"],
    package: "--no-install-recommends ceph-mon ceph-osd radosgw",
};

/// Fetches URLs as people do.
pub(crate) const CURL: Tool = Tool { name: "curl", probe: &["curl", "--version"], package: "curl" };

/// Lists the files of the repository.
pub(crate) const GIT: Tool = Tool { name: "git", probe: &["git", "--version"], package: "git" };

/// Serves files, to be compared with; Debian keeps it where only root looks.
pub(crate) const NGINX: Tool = Tool {
    name: "nginx",
    probe: &["sh", "-c", "command -v nginx || test -x /usr/sbin/nginx"],
    package: "nginx-light",
};

/// Runs JavaScript.
pub(crate) const NODE: Tool =
    Tool { name: "node", probe: &["node", "--version"], package: "nodejs" };

/// Installs packages for Node.
pub(crate) const NPM: Tool = Tool { name: "npm", probe: &["npm", "--version"], package: "npm" };

/// Python itself.
pub(crate) const PYTHON: Tool =
    Tool { name: "python3", probe: &["python3", "--version"], package: "python3" };

/// Python's own virtual environments, which Debian keeps in a package apart.
pub(crate) const PYTHON_VENV: Tool = Tool {
    name: "venv of Python",
    probe: &["python3", "-c", "import venv, ensurepip"],
    package: "python3-venv",
};

/// Records system calls, and makes them fail.
pub(crate) const STRACE: Tool =
    Tool { name: "strace", probe: &["strace", "-V"], package: "strace" };

/// Makes load.
pub(crate) const WRK: Tool =
    Tool { name: "wrk", probe: &["sh", "-c", "command -v wrk"], package: "wrk" };

/// Makes sure that `tool` is there.
pub(crate) fn require(tool: &Tool) -> Result<(), Failure> {
    if answers(tool.probe) {
        return Ok(());
    }
    if may_install() {
        install(tool)?;
    }
    if answers(tool.probe) { Ok(()) } else { Err(missing(tool)) }
}

/// Installs `tool` where we may and can; where not, this says so, and who asks does without.
pub(crate) fn provide(tool: &Tool) {
    if let Err(failure) = require(tool) {
        output::complain(&failure);
    }
}

fn missing(tool: &Tool) -> Failure {
    let Tool { name, package, .. } = tool;
    Failure::new(
        format!("{name} is not installed"),
        format!("install it and run this again (Debian: apt-get install {package})"),
    )
}

fn may_install() -> bool {
    is_root() && answers(&["apt-get", "--version"])
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

fn install(tool: &Tool) -> Result<(), Failure> {
    let hint = format!("install the package `{}` by hand", tool.package);
    let words = tool.package.split_ascii_whitespace();
    let words: Vec<&str> = ["install", "-y"].into_iter().chain(words).collect();
    for arguments in [&["update"][..], &words] {
        let mut command = Command::new("apt-get");
        command.args(arguments).env("DEBIAN_FRONTEND", "noninteractive");
        step::run("installing", &mut command, &hint)?;
    }
    Ok(())
}

fn answers(words: &[&str]) -> bool {
    let Some((program, arguments)) = words.split_first() else {
        return false;
    };
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn program_that_is_there_answers() {
        assert!(answers(&["cargo", "--version"]));
        assert!(!answers(&["no-such-program"]));
    }

    #[test]
    fn missing_tool_is_named_with_its_package() {
        let failure = missing(&PYTHON_VENV);
        assert_eq!(failure.error, "venv of Python is not installed");
        assert!(failure.hint.contains("apt-get install python3-venv"));
    }
}
