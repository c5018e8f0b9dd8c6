//! One row: a request that is sent again and again on its own connection.

use std::io;
use std::time::Instant;

use super::figures::{Figures, Samples};
use crate::connection::Connection;
use crate::failure::Failure;
use crate::process::Process;

/// A request, what must come back, and how long it took so far.
#[derive(Debug)]
pub(crate) struct Row<'s> {
    name: &'static str,
    server: &'s Process,
    connection: Connection,
    request: Vec<u8>,
    status: u16,
    expected: Option<Vec<u8>>,
    body: Vec<u8>,
    samples: Samples,
}

impl<'s> Row<'s> {
    /// A row that sends `request` to `server`.
    pub(crate) fn new(
        name: &'static str,
        server: &'s Process,
        connection: Connection,
        request: Vec<u8>,
    ) -> Self {
        Self {
            name,
            server,
            connection,
            request,
            status: 200,
            expected: None,
            body: Vec::new(),
            samples: Samples::default(),
        }
    }

    /// Says what each answer must be, down to the bytes of its body where they are known.
    pub(crate) fn expect(mut self, status: u16, body: Option<Vec<u8>>) -> Self {
        self.status = status;
        self.expected = body;
        self
    }

    /// Sends requests that do not count.
    pub(crate) fn warm_up(&mut self, requests: u32) -> Result<(), Failure> {
        self.run(requests)?;
        self.samples = Samples::default();
        Ok(())
    }

    /// Sends requests one after the other and times each.
    pub(crate) fn run(&mut self, requests: u32) -> Result<(), Failure> {
        let (cpu, began) = (self.server.cpu()?, Instant::now());
        for _ in 0..requests {
            self.ask().map_err(Failure::while_doing(self.name))?;
        }
        self.samples.elapsed += began.elapsed();
        self.samples.cpu += self.server.cpu()? - cpu;
        Ok(())
    }

    /// Sends one request. An answer that is not the expected one is an error: a fast refusal
    /// would make good figures.
    fn ask(&mut self) -> io::Result<()> {
        let began = Instant::now();
        let head = self.connection.exchange(&self.request, &mut self.body)?;
        self.samples.times.push(began.elapsed());
        if head.status != self.status {
            let said = String::from_utf8_lossy(&self.body);
            return Err(io::Error::other(format!("answer {}: {said}", head.status)));
        }
        if self.expected.as_ref().is_some_and(|expected| *expected != self.body) {
            return Err(io::Error::other("the body is not what was put"));
        }
        Ok(())
    }

    /// The name and the figures.
    pub(crate) fn finish(self) -> (&'static str, Figures) {
        (self.name, self.samples.figures())
    }
}
