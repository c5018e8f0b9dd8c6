//! How far a long command is: one line on stderr, where that is a terminal.

use std::io::{self, IsTerminal as _};

use indicatif::{ProgressBar, ProgressStyle};

/// A line that shows how much was done; it goes when it is dropped.
#[derive(Debug)]
pub(crate) struct Progress {
    bar: ProgressBar,
    links: u64,
}

impl Progress {
    /// For input of so many bytes, as far as that is known. Where the links themselves go to the
    /// terminal, they show how far it is.
    pub(crate) fn of_links(input_bytes: Option<u64>) -> Self {
        if io::stdout().is_terminal() {
            return Self { bar: ProgressBar::hidden(), links: 0 };
        }
        let (bar, template) = match input_bytes {
            Some(bytes) => (ProgressBar::new(bytes), "{wide_bar} {percent}% {msg}, {eta} left"),
            None => (ProgressBar::no_length(), "{spinner} {msg} in {elapsed}"),
        };
        let style = ProgressStyle::with_template(template);
        let style = style.unwrap_or_else(|_| ProgressStyle::default_bar());
        Self { bar: bar.with_style(style), links: 0 }
    }

    /// For work whose extent is known when it begins.
    pub(crate) fn of_work() -> Self {
        let style = ProgressStyle::with_template("{wide_bar} {percent}%, {eta} left");
        let style = style.unwrap_or_else(|_| ProgressStyle::default_bar());
        Self { bar: ProgressBar::new(0).with_style(style), links: 0 }
    }

    /// So much of so much is done.
    pub(crate) fn reach(&self, done: u64, of: u64) {
        self.bar.set_length(of);
        self.bar.set_position(done);
    }

    /// Prints something while the line is out of the way.
    pub(crate) fn aside<T>(&self, print: impl FnOnce() -> T) -> T {
        self.bar.suspend(print)
    }

    /// So many more bytes of input became so many more links.
    pub(crate) fn advance(&mut self, input_bytes: u64, links: u64) {
        self.links = self.links.saturating_add(links);
        self.bar.set_message(format!("{} links", self.links));
        self.bar.inc(input_bytes);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
