//! `memory`: what the server holds in memory, idle and while the largest object passes through.
//!
//! Beside each transfer stands what bounds it: the disk, and MD5, which S3 asks for as the ETag
//! of an object put in one piece and which one core computes. The object is checked on its way
//! back, by length and CRC-64/NVME.

mod assembled;
mod bounds;
mod idle;
mod peak;
mod transfer;

use crate::failure::Failure;
use crate::machine::{self, Watch};
use crate::output::say;
use crate::place::Folder;
use crate::process::{Hallpass, own_cpu};
use peak::Transfer;

/// The largest object of one PUT, as in S3.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/upload-objects.html>
const OBJECT_BYTES: usize = 5 * 1024 * 1024 * 1024;
/// The object, as much again to measure the disk with, and some room.
const FREE_BYTES_MIN: u64 = 12_000_000_000;
/// What the server may hold while any object passes through.
const RESIDENT_BYTES_MAX: u64 = 100_000_000;

/// Measures and prints; fails when the limit is missed.
pub(crate) fn measure() -> Result<(), Failure> {
    machine::describe()?;
    let folder = Folder::create()?;
    check_room(&folder)?;
    idle::measure(&folder)?;
    let sums = bounds::measure_cpu();
    bounds::measure_disk(&folder, "before")?;
    let hallpass = Hallpass::start(&folder, "transfers")?;
    let watch = Watch::start()?;
    let before = own_cpu()?.user + hallpass.process().cpu()?.user;
    let put = transfer::put(&hallpass, &sums)?;
    let get = transfer::get(&hallpass, &sums)?;
    let assembled = assembled::make(&hallpass)?;
    let get_all = transfer::get_of(&hallpass, assembled, assembled::bytes())?;
    let after = own_cpu()?.user + hallpass.process().cpu()?.user;
    bounds::measure_disk(&folder, "after")?;
    say("");
    say("server CPU in s/GiB, memory at its peak");
    say("");
    say("| transfer | MB/s | user CPU | system CPU | VmRSS | RssAnon | RssFile | VmHWM |");
    say("|---|---:|---:|---:|---:|---:|---:|---:|");
    put.print("PUT 5 GiB", OBJECT_BYTES as u64);
    get.print("GET 5 GiB", OBJECT_BYTES as u64);
    get_all.print("GET 100 GiB", assembled::bytes());
    say("");
    watch.report(after.saturating_sub(before))?;
    hold(&[put, get, get_all])
}

fn check_room(folder: &Folder) -> Result<(), Failure> {
    let (free, least) = (machine::free_bytes(folder)?, FREE_BYTES_MIN / 1_000_000_000);
    let path = folder.path().display();
    say(&format!("takes up to {least} GB under {path}; free: {} GB", free / 1_000_000_000));
    if free >= FREE_BYTES_MIN {
        return Ok(());
    }
    Err(Failure::new(
        format!("less than {least} GB are free under `{path}`"),
        "make room, or set CARGO_TARGET_DIR to a folder on another disk",
    ))
}

fn hold(transfers: &[Transfer]) -> Result<(), Failure> {
    let peaks = transfers.iter().map(|transfer| transfer.peak.resident_max);
    let most = peaks.max().unwrap_or_default();
    if most < RESIDENT_BYTES_MAX {
        say("limit held: less than 100 MB resident, the index file's pages included");
        return Ok(());
    }
    Err(Failure::new(
        format!("the server held {} in memory", peak::megabytes(most)),
        "the limit is 100 MB; RssAnon and RssFile above say of what kind",
    ))
}
