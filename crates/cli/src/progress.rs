//! How far a long command is: one line on stderr, where that is a terminal.

use std::io::{self, IsTerminal as _};

use indicatif::{ProgressBar, ProgressStyle};

/// A line that shows how many links were made; it goes when it is dropped.
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
