//! Presigned GETs of small objects, many keys and URLs, beside nginx with the same files and no
//! authentication.

use super::contest::{self, Row};
use super::limits::Limits;
use super::servers::{Objects, Servers};
use crate::failure::Failure;
use crate::place::Folder;
use crate::stream::Stream;

const SMALL: Objects = Objects { folder: "small", count: 2048, bytes: 4096 };
const MIDDLE: Objects = Objects { folder: "middle", count: 64, bytes: 1024 * 1024 };

/// Of nginx's requests per second, and of Garage's; CPU of the server for one request.
const SMALL_OF_NGINX_MIN: f64 = 0.7;
const SMALL_OF_GARAGE_MIN: f64 = 15.0;
const SMALL_CPU_MAX: f64 = 20.0;
const MIDDLE_OF_NGINX_MIN: f64 = 0.9;

pub(super) fn measure(folder: &Folder, limits: &mut Limits) -> Result<(), Failure> {
    let servers = Servers::start(folder)?;
    let mut stream = Stream::default();
    servers.fill(folder, SMALL, &mut stream)?;
    servers.fill(folder, MIDDLE, &mut stream)?;
    contest::print_head();
    let mut rows = Vec::new();
    let mut small = servers.readers(folder, SMALL)?;
    for connections in [16, 64] {
        rows.push((connections, contest::run("GET 4 KiB", &mut small, connections)?));
    }
    let middle = contest::run("GET 1 MiB", &mut servers.readers(folder, MIDDLE)?, 16)?;
    for (connections, row) in &rows {
        hold_small(*connections, row, limits);
    }
    if let Some(ratio) = middle.ratio_to("nginx") {
        limits.at_least("GET 1 MiB, of nginx", ratio, MIDDLE_OF_NGINX_MIN);
    }
    Ok(())
}

fn hold_small(connections: u32, row: &Row, limits: &mut Limits) {
    let what = format!("GET 4 KiB, {connections} connections");
    if let Some(ratio) = row.ratio_to("nginx") {
        limits.at_least(&format!("{what}, of nginx"), ratio, SMALL_OF_NGINX_MIN);
    }
    if let Some(ratio) = row.ratio_to("garage") {
        limits.at_least(&format!("{what}, of Garage"), ratio, SMALL_OF_GARAGE_MIN);
    }
    if let Some(figures) = row.0.first() {
        limits.at_most(&format!("{what}, CPU us"), figures.cpu_microseconds, SMALL_CPU_MAX);
    }
}
