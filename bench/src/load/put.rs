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

/// Syncs of one commit: the pages, then the root.
const SYNCS_OF_COMMIT: f64 = 2.0;

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
    let index = folder.join("store/index/data.mdb");
    let reading = || commits(&index).map_err(Failure::while_doing("reading the index's roots"));
    let before = reading()?;
    let turn = hallpass.turn(connections)?;
    let commits = reading()? - before;
    let per_second = commits * SYNCS_OF_COMMIT / turn.elapsed.as_secs_f64();
    let objects = turn.requests / commits / SYNCS_OF_COMMIT;
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

/// The number of commits so far, as LMDB's two roots have it: a page header of 16 bytes, then 128
/// of the root before the number of its transaction. Two roots, two pages of 4096 bytes.
/// <http://www.lmdb.tech/doc/group__internal.html>, `MDB_meta`
#[expect(clippy::host_endian_bytes, reason = "LMDB writes its file as the machine has numbers")]
fn commits(index: &Path) -> io::Result<f64> {
    let file = File::open(index)?;
    let mut newest = 0;
    for page in [0, 4096] {
        let mut number = [0; 8];
        file.read_exact_at(&mut number, page + 16 + 128)?;
        newest = newest.max(u64::from_ne_bytes(number));
    }
    Ok(u32::try_from(newest).map_err(io::Error::other)?.into())
}
