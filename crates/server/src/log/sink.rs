//! Where the lines go: a thread of its own, and a bound on what waits for it.

use std::io::{self, BufWriter, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};

use crate::limits::{LOG_BUFFER_BYTES, LOG_FLUSH_TIME_MAX, LOG_GATHER_TIME, LOG_LINES_WAITING_MAX};

/// Where access log lines go. Writing happens on a thread of its own; lines that it cannot keep
/// up with are counted, and the count is logged.
#[derive(Clone, Debug)]
pub struct AccessLog {
    messages: SyncSender<Message>,
    left_out: Arc<AtomicU64>,
}

#[derive(Debug)]
enum Message {
    Line(String),
    /// Answered when everything before it is written.
    Flush(SyncSender<()>),
}

impl AccessLog {
    /// A log that writes to `writer`.
    ///
    /// # Errors
    /// When the machine has no thread for it.
    pub fn to(writer: impl Write + Send + 'static) -> io::Result<Self> {
        let (messages, waiting) = sync_channel(LOG_LINES_WAITING_MAX);
        let left_out = Arc::new(AtomicU64::new(0));
        let count = Arc::clone(&left_out);
        std::thread::Builder::new().name("access-log".into()).spawn(move || {
            write_lines(&waiting, BufWriter::with_capacity(LOG_BUFFER_BYTES, writer), &count)
        })?;
        Ok(Self { messages, left_out })
    }

    /// Returns when every line so far is written, or when the log is gone or hangs. May block.
    pub(crate) fn flush(&self) {
        let (answer, flushed) = sync_channel(1);
        if self.messages.try_send(Message::Flush(answer)).is_ok() {
            // An answer that never comes means that the log is gone, or that its reader hangs.
            let _: Result<(), RecvTimeoutError> = flushed.recv_timeout(LOG_FLUSH_TIME_MAX);
        }
    }

    pub(super) fn line(&self, line: String) {
        if self.messages.try_send(Message::Line(line)).is_err() {
            self.left_out.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// Writes what comes, and flushes when nothing more is waiting. Then it lets lines gather: to wake
/// this thread costs whoever answers a request more than all else that a line does. A log that
/// cannot be written is no reason to stop serving, and there is nobody to tell: its lines are
/// dropped from then on.
fn write_lines(messages: &Receiver<Message>, mut to: impl Write, left_out: &AtomicU64) {
    while let Ok(message) = messages.recv() {
        let mut result = write_message(message, &mut to);
        while let Ok(message) = messages.try_recv() {
            result = result.and(write_message(message, &mut to));
        }
        let missing = left_out.swap(0, Ordering::Relaxed);
        if missing > 0 {
            result = result.and_then(|()| writeln!(to, "# {missing} lines left out"));
        }
        if result.and_then(|()| to.flush()).is_err() {
            return;
        }
        std::thread::sleep(LOG_GATHER_TIME);
    }
}

fn write_message(message: Message, to: &mut impl Write) -> io::Result<()> {
    match message {
        Message::Line(line) => to.write_all(line.as_bytes()),
        Message::Flush(answer) => {
            to.flush()?;
            answer.send(()).map_err(io::Error::other)
        }
    }
}
