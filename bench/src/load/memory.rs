//! What is resident: idle, and while a thousand connections are served.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use super::limits::Limits;
use super::servers::{Objects, Servers};
use super::wrk::{self, Requests};
use crate::failure::Failure;
use crate::place::Folder;
use crate::process::{Hallpass, Memory};
use crate::stream::Stream;

const CONNECTIONS: u32 = 1000;
const TIME: Duration = Duration::from_secs(8);
/// Time between two looks.
const PERIOD: Duration = Duration::from_millis(20);
const SMALL: Objects = Objects { folder: "small", count: 1000, bytes: 4096 };
const LARGE: Objects = Objects { folder: "large", count: 16, bytes: 16 * 1024 * 1024 };
const IDLE_MEGABYTES_MAX: f64 = 20.0;
const BUSY_MEGABYTES_MAX: f64 = 150.0;

pub(super) fn measure(folder: &Folder, limits: &mut Limits) -> Result<(), Failure> {
    let server = Hallpass::start(folder, "store")?;
    let idle = Memory::of(server.process().id())?.resident;
    limits.at_most("idle, resident MB", megabytes(idle), IDLE_MEGABYTES_MAX);
    let servers = Servers::alone(server);
    servers.fill(folder, LARGE, &mut Stream::default())?;
    for (what, method, objects) in [
        ("putting 4 KiB", "PUT", SMALL),
        ("getting 4 KiB", "GET", SMALL),
        ("getting 16 MiB", "GET", LARGE),
        ("putting 16 MiB", "PUT", LARGE),
    ] {
        let most = most_during(&servers, &servers.requests(method, folder, objects)?)?;
        let what = format!("{CONNECTIONS} connections {what}, own MB");
        limits.at_most(&what, megabytes(most), BUSY_MEGABYTES_MAX);
    }
    Ok(())
}

/// The most that was the server's own while the requests were served.
fn most_during(servers: &Servers, requests: &Requests) -> Result<u64, Failure> {
    let (server, is_over) = (&servers.hallpass, AtomicBool::new(false));
    thread::scope(|scope| {
        let watch = scope.spawn(|| {
            let mut most = 0;
            while !is_over.load(Ordering::Relaxed) {
                most = most.max(Memory::of(server.process().id())?.anonymous);
                thread::sleep(PERIOD);
            }
            Ok(most)
        });
        let turn = wrk::run_to_the_end(server.address(), requests, CONNECTIONS, TIME);
        is_over.store(true, Ordering::Relaxed);
        let most = watch.join().map_err(|_| Failure::new("the watch has died", "run it again"))?;
        turn.and(most)
    })
}

fn megabytes(bytes: u64) -> f64 {
    Duration::from_micros(bytes).as_secs_f64()
}
