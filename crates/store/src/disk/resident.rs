//! Whether bytes of a file are in the page cache: then no one who sends them waits for the disk.
//!
//! Linux 6.5 and later tell; where nobody does, none are.
//! <https://man7.org/linux/man-pages/man2/cachestat.2.html>

use std::fs::File;
use std::os::fd::AsRawFd as _;

/// The call's number, the same on all architectures that Rust's standard library is tested on.
const SYS_CACHESTAT: libc::c_long = 451;

#[repr(C)]
struct Range {
    offset: u64,
    length: u64,
}

/// Counts of pages.
#[repr(C)]
#[derive(Default)]
struct Counts {
    cached: u64,
    dirty: u64,
    under_writeback: u64,
    evicted: u64,
    recently_evicted: u64,
}

/// Whether so many bytes are.
pub(super) fn is_resident(file: &File, from: u64, length: usize) -> bool {
    let page = rustix::param::page_size() as u64;
    let to = from + length as u64;
    let pages = to.div_ceil(page) - from / page;
    count(file, &Range { offset: from, length: length as u64 }).is_some_and(|n| n >= pages)
}

/// How many of the pages that the range touches are in the cache.
#[expect(
    unsafe_code,
    reason = "the call reads one structure and fills the other, which are laid out as it says"
)]
fn count(file: &File, range: &Range) -> Option<u64> {
    let mut counts = Counts::default();
    let (range, counted) = (&raw const *range, &raw mut counts);
    let result = unsafe { libc::syscall(SYS_CACHESTAT, file.as_raw_fd(), range, counted, 0) };
    (result == 0).then_some(counts.cached)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    #[test]
    fn what_was_just_written_is_resident_and_what_is_not_there_is_not() {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&[1; 100_000]).unwrap();
        assert!(is_resident(&file, 0, 100_000));
        assert!(is_resident(&file, 5000, 95_000));
        assert!(is_resident(&file, 4095, 2));
        assert!(!is_resident(&file, 90_000, 100_000));
        assert!(!is_resident(&file, 0, 2 << 20));
    }
}
