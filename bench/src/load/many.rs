//! Many objects: what a page of a listing costs, how long a start takes, what stays in memory.

use std::thread;
use std::time::{Duration, Instant};

use super::contest::{self, Entrant};
use super::fill::{self, OBJECTS_OF_PREFIX};
use super::limits::Limits;
use super::wrk::{self, Requests};
use crate::failure::Failure;
use crate::output::say;
use crate::place::Folder;
use crate::process::{Hallpass, Memory};

/// Numbers of objects.
const FEW: usize = 10_000;
const MANY: usize = 1_000_000;
const VERY_MANY: usize = 10_000_000;

/// CPU of the server for a page, in microseconds, and how it may differ between the sizes.
const PAGE_CPU_MAX: f64 = 1000.0;
const PAGE_GROWTH_MAX: f64 = 1.5;
const START_MAX: Duration = Duration::from_millis(500);
const RESIDENT_MEGABYTES_MAX: f64 = 150.0;
/// Connections of those who list.
const CONNECTIONS: u32 = 4;
/// Pages that are asked for in turn.
const PAGES: usize = 50;
/// How long objects are put before the server is killed.
const PUT_TIME: Duration = Duration::from_secs(2);

pub(super) fn measure(folder: &Folder, limits: &mut Limits) -> Result<(), Failure> {
    measure_sizes(folder, &[FEW, MANY], limits)
}

pub(super) fn measure_very_many(folder: &Folder, limits: &mut Limits) -> Result<(), Failure> {
    measure_sizes(folder, &[FEW, MANY, VERY_MANY], limits)
}

fn measure_sizes(folder: &Folder, sizes: &[usize], limits: &mut Limits) -> Result<(), Failure> {
    let mut pages: [Vec<f64>; 2] = Default::default();
    for &objects in sizes {
        let name = format!("store-{objects}");
        fill::fill(folder, &name, objects)?;
        let server = start(folder, &name, &format!("{objects} objects"), limits)?;
        contest::print_head();
        for (listing, costs) in [Listing::Keys, Listing::Prefixes].into_iter().zip(&mut pages) {
            costs.push(page(folder, &server, listing, objects)?);
        }
        hold_memory(&server, objects, limits)?;
        kill_under_load(folder, server)?;
        start(folder, &name, &format!("{objects} objects, killed while it wrote"), limits)?;
    }
    for (listing, costs) in [Listing::Keys, Listing::Prefixes].into_iter().zip(&pages) {
        let what = listing.name();
        let (most, least) =
            costs.iter().fold((0.0_f64, f64::MAX), |(a, b), &c| (a.max(c), b.min(c)));
        limits.at_most(&format!("{what}, CPU us"), most, PAGE_CPU_MAX);
        limits.at_most(&format!("{what}, most to least"), most / least, PAGE_GROWTH_MAX);
    }
    Ok(())
}

/// Starts the server, which was killed the last time, and holds the time that it took.
fn start(
    folder: &Folder,
    name: &str,
    what: &str,
    limits: &mut Limits,
) -> Result<Hallpass, Failure> {
    let began = Instant::now();
    let server = Hallpass::start_again(folder, name)?;
    let took = began.elapsed().as_secs_f64();
    limits.at_most(&format!("start, {what}, seconds"), took, START_MAX.as_secs_f64());
    Ok(server)
}

#[derive(Clone, Copy)]
enum Listing {
    Keys,
    Prefixes,
}

impl Listing {
    fn name(self) -> &'static str {
        match self {
            Self::Keys => "page of 1000 keys",
            Self::Prefixes => "page of 1000 prefixes",
        }
    }
}

/// The CPU of the server for one page of 1000 entries, in microseconds.
fn page(
    folder: &Folder,
    server: &Hallpass,
    listing: Listing,
    objects: usize,
) -> Result<f64, Failure> {
    // The last page begins where as many entries follow as all have.
    let last = objects - 1000 * OBJECTS_OF_PREFIX - 1;
    let targets: Result<Vec<String>, Failure> = (0..PAGES)
        .map(|page| {
            let after = fill::key(last / PAGES * page);
            let mut query = vec![("list-type", Some("2")), ("start-after", Some(after.as_str()))];
            if matches!(listing, Listing::Prefixes) {
                query.extend([("delimiter", Some("/")), ("prefix", Some("customers/"))]);
            }
            server.signer().target("GET", "/bench", &query)
        })
        .collect();
    let requests = Requests::write(folder, "list", "GET", &targets?, 0)?;
    let entrant = Entrant::new("hallpass", server.process(), server.address(), requests);
    let what = format!("{} of {objects}", listing.name());
    let row = contest::run(&what, &mut [entrant], CONNECTIONS)?;
    Ok(row.0.first().map_or(f64::MAX, |figures| figures.cpu_microseconds))
}

fn hold_memory(server: &Hallpass, objects: usize, limits: &mut Limits) -> Result<(), Failure> {
    let anonymous = Memory::of(server.process().id())?.anonymous;
    let megabytes = Duration::from_micros(anonymous).as_secs_f64();
    limits.at_most(&format!("{objects} objects, own MB"), megabytes, RESIDENT_MEGABYTES_MAX);
    Ok(())
}

/// Kills the server while objects are put into it.
fn kill_under_load(folder: &Folder, server: Hallpass) -> Result<(), Failure> {
    let targets: Result<Vec<String>, Failure> = (0..1000)
        .map(|n| server.signer().target("PUT", &format!("/bench/late-{n}"), &[]))
        .collect();
    let requests = Requests::write(folder, "late", "PUT", &targets?, 4096)?;
    let address = server.address();
    thread::scope(|scope| {
        let load = scope.spawn(|| wrk::run(address, &requests, 64, 2 * PUT_TIME));
        thread::sleep(PUT_TIME);
        drop(server);
        match load.join() {
            Ok(Err(_)) => Ok(()),
            Ok(Ok(_)) | Err(_) => Err(Failure::new("the server was not killed", "run it again")),
        }
    })?;
    say("");
    Ok(())
}
