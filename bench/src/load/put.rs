//! Durable PUTs of 4 KiB: what many writers get who share the disk's fsyncs.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::Path;
use std::time::{Duration, Instant};

use super::contest::{self, Entrant};
use super::limits::Limits;
use super::servers::{Objects, Servers};
use crate::failure::Failure;
use crate::output::say;
use crate::place::Folder;

const SMALL: Objects = Objects { folder: "written", count: 16384, bytes: 4096 };
const OF_GARAGE_MIN: f64 = 6.0;
/// Time for which the disk is measured.
const SYNC_TIME: Duration = Duration::from_secs(2);

/// Syncs when the log is brought into the tree: the pages, then the root.
const SYNCS_OF_TREE: u64 = 2;

pub(super) fn measure(folder: &Folder, limits: &mut Limits) -> Result<(), Failure> {
    let servers = Servers::start(folder)?;
    let mut writers = servers.writers(folder, SMALL)?;
    for connections in [16, 64] {
        contest::print_head();
        let row = contest::run("PUT 4 KiB", &mut writers, connections)?;
        say("");
        print_syncs(folder, &writers, connections)?;
        if let Some(ratio) = row.ratio_to("garage") {
            let what = format!("PUT 4 KiB, {connections} connections, of Garage");
            limits.at_least(&what, ratio, OF_GARAGE_MIN);
        }
    }
    Ok(())
}

/// Prints what one more turn of hallpass's syncs to the disk, beside what the disk can do.
fn print_syncs(folder: &Folder, writers: &[Entrant<'_>], connections: u32) -> Result<(), Failure> {
    let Some(hallpass) = writers.first() else {
        return Ok(());
    };
    let bound = syncs_per_second(folder).map_err(Failure::while_doing("measuring the disk"))?;
    let reading = || {
        let syncs = syncs_so_far(&folder.join("store/index"));
        syncs.map_err(Failure::while_doing("reading the index"))
    };
    let before = reading()?;
    let turn = hallpass.turn(connections)?;
    let syncs = f64::from(u32::try_from(reading()? - before).unwrap_or(u32::MAX));
    let per_second = syncs / turn.elapsed.as_secs_f64();
    let objects = turn.requests / syncs;
    say(&format!(
        "hallpass: {per_second:.0} fsyncs per second, {objects:.1} objects per fsync; the disk \
         alone: {bound:.0} fdatasyncs of 4 KiB per second"
    ));
    Ok(())
}

/// How many fdatasyncs the disk does in a second, one after the other, each of a block that is
/// written anew in a file of full size.
fn syncs_per_second(folder: &Folder) -> io::Result<f64> {
    let path = folder.join("disk");
    let file = File::create(&path)?;
    let block = [0x5a; 4096];
    let blocks = 256_u64;
    for at in 0..blocks {
        file.write_all_at(&block, at * 4096)?;
    }
    file.sync_all()?;
    let (began, mut syncs) = (Instant::now(), 0_u32);
    while began.elapsed() < SYNC_TIME {
        file.write_all_at(&block, u64::from(syncs) % blocks * 4096)?;
        file.sync_data()?;
        syncs += 1;
    }
    let per_second = f64::from(syncs) / began.elapsed().as_secs_f64();
    fs::remove_file(path)?;
    Ok(per_second)
}

/// How often the index was synced: once for each batch of the log, and when it was brought into the
/// tree.
fn syncs_so_far(index: &Path) -> io::Result<u64> {
    let batches = last_batch(&index.join("log.0"))?.max(last_batch(&index.join("log.1"))?);
    Ok(batches + tree_commits(&index.join("data.mdb"))? * SYNCS_OF_TREE)
}

/// The number of the last batch in a file of the log, `docs/disk-format.md`: the length of the
/// changes, the number, 16 bytes of the run, the changes and their sum, in whole blocks.
fn last_batch(path: &Path) -> io::Result<u64> {
    let log = fs::read(path)?;
    let (mut at, mut last) = (0, 0);
    while let Some(head) = log.get(at..at + 12) {
        let (length, number) = head.split_at(4);
        let length = u32::from_be_bytes(length.try_into().map_err(io::Error::other)?);
        let number = u64::from_be_bytes(number.try_into().map_err(io::Error::other)?);
        if last > 0 && number != last + 1 {
            break;
        }
        last = number;
        let bytes = 4 + 8 + 16 + usize::try_from(length).map_err(io::Error::other)? + 4;
        at += bytes.next_multiple_of(4096);
    }
    Ok(last)
}

/// The number of commits of the tree, as LMDB's two roots have it: a page header of 16 bytes, then
/// 128 of the root before the number of its transaction. Two roots, two pages of 4096 bytes.
/// <http://www.lmdb.tech/doc/group__internal.html>, `MDB_meta`
#[expect(clippy::host_endian_bytes, reason = "LMDB writes its file as the machine has numbers")]
fn tree_commits(index: &Path) -> io::Result<u64> {
    let file = File::open(index)?;
    let mut newest = 0;
    for page in [0, 4096] {
        let mut number = [0; 8];
        file.read_exact_at(&mut number, page + 16 + 128)?;
        newest = newest.max(u64::from_ne_bytes(number));
    }
    Ok(newest)
}
