//! What no server can beat on this machine: the disk, MD5 on one core; and the bench's own speed.

use std::fs::{self, File};
use std::io::{self, Write};
use std::time::{Duration, Instant};

use crc_fast::{CrcAlgorithm, Digest as Crc};
use md5::{Digest as _, Md5};

use super::OBJECT_BYTES;
use super::peak::{per_gib, rate};
use crate::failure::Failure;
use crate::output::say;
use crate::place::Folder;
use crate::process::own_cpu;
use crate::stream::{PIECE_BYTES, Stream};

/// Bytes that are written over and over to measure the disk.
const BLOCK_BYTES: usize = 64 * 1024 * 1024;

/// The sums of the object.
#[derive(Debug)]
pub(super) struct Sums {
    /// In hexadecimal, as the ETag has it.
    pub(super) md5: String,
    pub(super) crc64: u64,
}

/// Makes the object once, prints how fast each step was alone, and returns the object's sums.
pub(super) fn measure_cpu() -> Sums {
    let (mut stream, mut piece) = (Stream::default(), vec![0; PIECE_BYTES]);
    let (mut md5, mut crc) = (Md5::new(), Crc::new(CrcAlgorithm::Crc64Nvme));
    let mut times = [Duration::ZERO; 3];
    for _ in 0..OBJECT_BYTES / PIECE_BYTES {
        let [filling, hashing, summing] = &mut times;
        add(filling, || stream.fill(&mut piece));
        add(hashing, || md5.update(&piece));
        add(summing, || crc.update(&piece));
    }
    let [fill, hash, sum] = times.map(|time| rate(OBJECT_BYTES as u64, time));
    say(&format!("bound: MD5 on one core {hash:.0} MB/s"));
    say(&format!("bench itself: makes bytes at {fill:.0} MB/s, sums them at {sum:.0} MB/s"));
    let md5 = md5.finalize();
    Sums { md5: md5.iter().map(|byte| format!("{byte:02x}")).collect(), crc64: crc.finalize() }
}

fn add(time: &mut Duration, work: impl FnOnce()) {
    let began = Instant::now();
    work();
    *time += began.elapsed();
}

/// Prints how fast the disk takes as many bytes as the object has, with one fdatasync at the end,
/// and what that alone costs the kernel.
pub(super) fn measure_disk(folder: &Folder, when: &str) -> Result<(), Failure> {
    let block = Stream::default().take(BLOCK_BYTES);
    let path = folder.join("disk");
    let (cpu, began) = (own_cpu()?.system, Instant::now());
    let written = File::create(&path).and_then(|file| write(file, &block));
    let (elapsed, cpu) = (began.elapsed(), own_cpu()?.system.saturating_sub(cpu));
    written
        .and_then(|()| fs::remove_file(&path))
        .map_err(Failure::while_doing("measuring the disk"))?;
    let (rate, cpu) = (rate(OBJECT_BYTES as u64, elapsed), per_gib(OBJECT_BYTES as u64, cpu));
    say(&format!(
        "bound: disk {when} the transfers, sequential write and fdatasync {rate:.0} MB/s, \
         system CPU {cpu:.2} s/GiB"
    ));
    Ok(())
}

fn write(mut file: File, block: &[u8]) -> io::Result<()> {
    for _ in 0..OBJECT_BYTES / BLOCK_BYTES {
        for piece in block.chunks(PIECE_BYTES) {
            file.write_all(piece)?;
        }
    }
    file.sync_data()
}
