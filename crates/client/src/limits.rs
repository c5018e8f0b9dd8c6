//! The client's limits, each with its reason.

use std::time::Duration;

/// Longest wait for a connection: longer than any handshake across the world takes.
pub(crate) const CONNECT: Duration = Duration::from_secs(15);
/// Longest time in which nothing moves. The kernel holds up to 4 MiB of a body that was written,
/// and those must be able to leave on a line of 40 KiB/s.
pub(crate) const STALL: Duration = Duration::from_secs(120);
/// Longest wait for `100 Continue` before the body is sent unasked, as curl has it.
pub(crate) const CONTINUE: Duration = Duration::from_secs(1);
/// Bodies from this size on wait for `100 Continue`: a smaller one fits into the buffers on its
/// way, and a round trip would cost more than it saves.
pub(crate) const CONTINUE_BYTES_MIN: u64 = 1024 * 1024;
/// How often a request is sent before its failure counts.
pub(crate) const ATTEMPTS_MAX: u32 = 4;
/// Pause before the second attempt; it doubles with each one after.
pub(crate) const PAUSE: Duration = Duration::from_millis(200);
/// Most of an answer that is read: twice a page of 1000 of the longest keys, each of whose bytes
/// takes three when it is encoded.
pub(crate) const ANSWER_BYTES_MAX: usize = 8 * 1024 * 1024;

/// Bytes read from a file at a time.
pub(crate) const FRAME_BYTES: usize = 128 * 1024;
/// Frames that are read ahead of the network.
pub(crate) const FRAMES_AHEAD: usize = 4;

/// Files over this size are sent in parts, none but the last smaller than this: a part that
/// fails is sent again, not the file.
pub(crate) const PART_BYTES_MIN: u64 = 64 * 1024 * 1024;
/// Largest part of S3: 5 GiB.
pub(crate) const PART_BYTES_MAX: u64 = 5 * 1024 * 1024 * 1024;
