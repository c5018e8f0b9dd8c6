//! Servers as processes of their own, always ended, and what the kernel says they used.

pub(crate) mod ceph;
pub(crate) mod garage;
mod hallpass;
mod nginx;
mod rival;
mod usage;

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::process::{Child, Command};

pub(crate) use hallpass::Hallpass;
pub(crate) use nginx::{Nginx, find as find_nginx};
pub(crate) use rival::Rival;
pub(crate) use usage::{Cpu, Memory, own_cpu};

use crate::failure::Failure;

/// A running program, and those that work for it; killed when this is dropped.
#[derive(Debug)]
pub(crate) struct Process {
    child: Child,
    behind: Vec<Self>,
}

impl Process {
    fn start(command: &mut Command) -> Result<Self, Failure> {
        let doing = format!("starting `{}`", command.get_program().to_string_lossy());
        let child = command.spawn().map_err(Failure::while_doing(&doing))?;
        Ok(Self { child, behind: Vec::new() })
    }

    /// The program with those that work for it and are not its children.
    fn with(mut self, behind: impl IntoIterator<Item = Self>) -> Self {
        self.behind.extend(behind);
        self
    }

    /// The number of the process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// The CPU time of all its threads so far, of its children and of those that work for it.
    pub(crate) fn cpu(&self) -> Result<Cpu, Failure> {
        let mut cpu = usage::cpu_of_family(self.id())?;
        for process in &self.behind {
            cpu += process.cpu()?;
        }
        Ok(cpu)
    }

    /// Waits for its end.
    fn wait(&mut self) {
        // The only error is that it has been waited for.
        let _: io::Result<std::process::ExitStatus> = self.child.wait();
    }

    fn is_over(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(Some(_)))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // The only error is that it has ended already, which is what is wanted.
        let _: io::Result<()> = self.child.kill();
        self.wait();
    }
}

/// An address that was free a moment ago, for servers that take no port 0.
fn free_address() -> Result<SocketAddr, Failure> {
    TcpListener::bind("127.0.0.1:0")
        .and_then(|listener| listener.local_addr())
        .map_err(Failure::while_doing("looking for a free port"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dropped_process_is_gone() {
        let process = Process::start(Command::new("sleep").arg("600")).unwrap();
        let id = process.id();
        assert!(process.cpu().is_ok());
        drop(process);
        assert!(usage::cpu_of_family(id).is_err());
    }

    #[test]
    fn dropped_process_takes_along_those_that_work_for_it() {
        let start = || Process::start(Command::new("sleep").arg("600")).unwrap();
        let (front, back) = (start(), start());
        let id = back.id();
        let process = front.with([back]);
        assert!(process.cpu().is_ok());
        drop(process);
        assert!(usage::cpu_of_family(id).is_err());
    }
}
