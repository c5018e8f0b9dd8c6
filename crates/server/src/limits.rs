//! Every bound of the front door, with its reason.

use std::time::Duration;

/// Headers of a request, together.
pub(crate) const HEADERS_BYTES_MAX: usize = 64 * 1024;
/// Largest request head that is buffered, about; S3 allows 8 KiB of headers, URLs with session
/// tokens and long keys come on top. Also bounds what one connection reads ahead of a body.
pub(crate) const HEAD_BYTES_MAX: usize = 128 * 1024;
/// Query parameters in a URL; a presigned one has six, SDKs add a dozen at most.
pub(crate) const PARAMETERS_MAX: usize = 1000;
/// Headers that are kept with an object beside its metadata: 8 KiB, as S3 allows a request.
pub(crate) const KEPT_BYTES_MAX: usize = 8 * 1024;
/// Largest form of a request to IAM or STS: a policy of 64 KB, all of it escaped, and a web
/// identity token. It is read before anybody is known.
pub(crate) const FORM_BYTES_MAX: usize = 256 * 1024;
/// Pause before the next connection is accepted when the machine has no file descriptor left.
pub(crate) const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
/// Connections served at once; more wait in the listen queue.
pub(crate) const CONNECTIONS_MAX: usize = 4096;
/// Connections to the metadata service served at once: those of the programs of one machine.
pub(crate) const METADATA_CONNECTIONS_MAX: usize = 256;
/// How long one of them lives; software keeps none for longer than its two or three questions.
pub(crate) const METADATA_TIME_MAX: Duration = Duration::from_secs(60);
/// Time for a client to send a whole request head, and then the fields of a form.
pub(crate) const HEAD_TIME_MAX: Duration = Duration::from_secs(30);
/// Time in which a body must bring its next bytes, either way.
pub(crate) const BODY_IDLE_MAX: Duration = Duration::from_secs(60);
/// Time that requests under way have to finish once the server is told to stop.
pub(crate) const DRAIN_TIME_MAX: Duration = Duration::from_secs(30);
/// Body of a refused request that is read and thrown away, so that the client gets to read the
/// refusal instead of a reset connection.
pub(crate) const DISCARD_BYTES_MAX: u64 = 16 * 1024 * 1024;
/// Time for that.
pub(crate) const DISCARD_TIME_MAX: Duration = Duration::from_secs(10);
/// Largest XML document in a request: 10,000 parts of under 200 bytes.
pub(crate) const DOCUMENT_BYTES_MAX: usize = 2 * 1024 * 1024;
/// Largest object in one PUT or copy, and largest part: 5 GiB, as in S3.
pub(crate) const CONTENT_BYTES_MAX: u64 = 5 * 1024 * 1024 * 1024;
/// User metadata of one object, names and values: 2 KiB, as in S3.
pub(crate) const METADATA_BYTES_MAX: usize = 2 * 1024;
/// Bytes handed to the disk, or read from it, at a time. Two of them bound what a transfer holds.
pub(crate) const PIECE_BYTES: usize = 256 * 1024;
/// What all bodies under way may have in hand together, twice over: one piece leaves or is written
/// while the next one is read or arrives.
pub(crate) const PIECES_BYTES_MAX: usize = 32 * 1024 * 1024;
/// The least that a body has in hand, however many there are.
pub(crate) const PIECE_BYTES_MIN: usize = 16 * 1024;
/// Pieces that are kept for the next body.
pub(crate) const PIECES_KEPT_MAX: usize = 16;
/// Entries on one page of a listing, as in S3.
pub(crate) const PAGE_ENTRIES_MAX: usize = 1000;
/// Time in which the access log must have been written when the server ends.
pub(crate) const LOG_FLUSH_TIME_MAX: Duration = Duration::from_secs(5);
/// Access log lines that wait for the disk; more are counted and left out.
pub(crate) const LOG_LINES_WAITING_MAX: usize = 16 * 1024;
/// Access log lines that are written at once, a hundred or so.
pub(crate) const LOG_BUFFER_BYTES: usize = 64 * 1024;
/// Time in which access log lines gather after some were written, so that the next are written at
/// once.
pub(crate) const LOG_GATHER_TIME: Duration = Duration::from_millis(10);
/// Buckets whose rules are kept in memory; those without a policy take a hundred bytes or two.
pub(crate) const KEPT_RULEBOOKS_MAX: usize = 16 * 1024;
/// Text of all policies that are kept, which compiled take a few times as much: four hundred of the
/// longest there are.
pub(crate) const KEPT_POLICY_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Secrets whose signing keys are kept, about 2 KiB each.
pub(crate) const KEPT_SECRETS_MAX: usize = 1024;
/// Days that a secret's signing keys are kept for: presigned URLs live for seven, begun on any, and
/// clocks go wrong.
pub(crate) const KEPT_DAYS_MAX: usize = 9;
