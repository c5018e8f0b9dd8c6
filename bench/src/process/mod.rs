//! Servers as processes of their own, always ended, and what the kernel says they used.

mod garage;
mod hallpass;
mod nginx;
mod usage;

use std::io;
use std::process::{Child, Command};

pub(crate) use garage::Garage;
pub(crate) use hallpass::Hallpass;
pub(crate) use nginx::{Nginx, find as find_nginx};
pub(crate) use usage::{Cpu, Memory, own_cpu};

use crate::failure::Failure;

/// A running program; killed when this is dropped.
#[derive(Debug)]
pub(crate) struct Process(Child);

impl Process {
    fn start(command: &mut Command) -> Result<Self, Failure> {
        let doing = format!("starting `{}`", command.get_program().to_string_lossy());
        let child = command.spawn().map_err(Failure::while_doing(&doing))?;
        Ok(Self(child))
    }

    /// The number of the process.
    pub(crate) fn id(&self) -> u32 {
        self.0.id()
    }

    /// The CPU time of all its threads so far, and of those of its children.
    pub(crate) fn cpu(&self) -> Result<Cpu, Failure> {
        usage::cpu_of_family(self.id())
    }

    /// Waits for its end.
    fn wait(&mut self) {
        // The only error is that it has been waited for.
        let _: io::Result<std::process::ExitStatus> = self.0.wait();
    }

    fn is_over(&mut self) -> bool {
        matches!(self.0.try_wait(), Ok(Some(_)))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // The only error is that it has ended already, which is what is wanted.
        let _: io::Result<()> = self.0.kill();
        self.wait();
    }
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
}
