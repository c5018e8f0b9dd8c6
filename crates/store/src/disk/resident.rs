//! Whether bytes of a file are in the page cache: then no one who sends them waits for the disk.
//!
//! <https://man7.org/linux/man-pages/man2/mincore.2.html>

use std::fs::File;
use std::os::fd::AsRawFd as _;
use std::ptr;

/// Pages that a block touches, of 4096 bytes; none are smaller.
const PAGES_MAX: usize = 257;

/// Whether so many bytes, a block at most, are. A system that does not tell has none.
pub(super) fn is_resident(file: &File, from: u64, length: usize) -> bool {
    let page = rustix::param::page_size();
    let Ok(within) = usize::try_from(from % page as u64) else { return false };
    let Ok(from) = i64::try_from(from - within as u64) else { return false };
    let length = length + within;
    let mut pages = [0_u8; PAGES_MAX];
    let Some(pages) = pages.get_mut(..length.div_ceil(page)) else { return false };
    look(file, from, length, pages) && pages.iter().all(|page| page & 1 == 1)
}

/// Maps the range, with no right to touch it, asks about its pages, and unmaps it.
#[expect(
    unsafe_code,
    reason = "the mapping is new, nothing is read through it, and it is gone at the end; `pages` \
              has a byte for each page"
)]
fn look(file: &File, from: i64, length: usize, pages: &mut [u8]) -> bool {
    unsafe {
        let (protection, flags) = (libc::PROT_NONE, libc::MAP_SHARED);
        let mapped = libc::mmap(ptr::null_mut(), length, protection, flags, file.as_raw_fd(), from);
        if mapped == libc::MAP_FAILED {
            return false;
        }
        let looked = libc::mincore(mapped, length, pages.as_mut_ptr());
        libc::munmap(mapped, length);
        looked == 0
    }
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
        assert!(!is_resident(&file, 90_000, 100_000));
        assert!(!is_resident(&file, 0, 2 << 20));
    }
}
