//! What is asked of the machine, and asked here alone: the time and the environment.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use signature::Timestamp;

/// Milliseconds since 1970.
#[expect(clippy::disallowed_methods, reason = "this is where the machine is asked")]
fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}

/// The time, in whole seconds.
pub(crate) fn now() -> Timestamp {
    Timestamp::from_seconds(now_ms() / 1000)
}

/// The clock of a client.
pub(crate) fn clock() -> client::Clock {
    Arc::new(now)
}

/// The clock of a server.
pub(crate) fn server_clock() -> server::Clock {
    Arc::new(now_ms)
}

/// An environment variable; one that is not text is none.
#[expect(clippy::disallowed_methods, reason = "this is where the machine is asked")]
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}
