//! `latency`: what a presigned GET of 4 KiB costs on one kept-alive connection, one at a time.
//!
//! Rows take turns in rounds, so that whatever else the machine does hits all of them alike. The
//! limit is on what verifying, authorizing, finding and sending 4 KiB add to the floor, the same
//! server's `/-/health`, which pays for HTTP, the wake-ups and a line in the access log too.

mod figures;
mod row;
mod table;

use std::fs;
use std::time::Duration;

use crate::failure::Failure;
use crate::machine::{self, Watch};
use crate::output::say;
use crate::place::Folder;
use crate::process::{Hallpass, Nginx, Process, find_nginx, own_cpu};
use crate::stream::Stream;
use figures::Figures;
use row::Row;

const OBJECT_BYTES: usize = 4096;
const WARM_UP_REQUESTS: u32 = 3000;
const ROUNDS: u32 = 10;
const ROUND_REQUESTS: u32 = 5000;
/// What a presigned GET may add to the floor.
const ADDED_MAX: Duration = Duration::from_millis(1);

/// Measures all rows and prints them; fails when the limit is missed.
pub(crate) fn measure() -> Result<(), Failure> {
    machine::describe()?;
    let folder = Folder::create()?;
    let content = Stream::default().take(OBJECT_BYTES);
    let hallpass = Hallpass::start(&folder, "store")?;
    hallpass.put("/bench/4kib", &content)?;
    let nginx = start_nginx(&folder, &content)?;
    let mut rows = hallpass_rows(&hallpass, &content)?;
    if let Some(nginx) = &nginx {
        rows.extend(nginx_rows(nginx, &content)?);
    }
    let watch = Watch::start()?;
    let processes = [Some(hallpass.process()), nginx.as_ref().map(Nginx::process)];
    let before = user_time(&processes)?;
    run(&mut rows)?;
    watch.report(user_time(&processes)?.saturating_sub(before))?;
    report(rows)
}

fn start_nginx(folder: &Folder, content: &[u8]) -> Result<Option<Nginx>, Failure> {
    let Some(program) = find_nginx() else {
        say("nginx is not installed, its rows are left out; to have them: apt-get install \
             nginx-light");
        return Ok(None);
    };
    for place in ["quiet", "logged"] {
        let place = folder.join("www").join(place);
        fs::create_dir_all(&place)
            .and_then(|()| fs::write(place.join("4kib"), content))
            .map_err(Failure::while_doing("preparing nginx"))?;
    }
    Nginx::start(&program, folder, 1).map(Some)
}

fn hallpass_rows<'s>(server: &'s Hallpass, content: &[u8]) -> Result<Vec<Row<'s>>, Failure> {
    let row = |name, request, status, body| -> Result<Row<'s>, Failure> {
        Ok(Row::new(name, server.process(), server.connect()?, request).expect(status, body))
    };
    let object = server.presigned("GET", "/bench/4kib", None)?;
    let missing = server.presigned("GET", "/bench/missing", None)?;
    Ok(vec![
        row("a  GET /-/health", server.plain_get("/-/health"), 200, None)?,
        row("b  presigned GET, 4 KiB", object, 200, Some(content.to_vec()))?,
        row("c  presigned GET, missing", missing, 404, None)?,
    ])
}

fn nginx_rows<'s>(server: &'s Nginx, content: &[u8]) -> Result<Vec<Row<'s>>, Failure> {
    let row = |name, path| -> Result<Row<'s>, Failure> {
        let request = server.plain_get(path);
        let row = Row::new(name, server.process(), server.connect()?, request);
        Ok(row.expect(200, Some(content.to_vec())))
    };
    Ok(vec![
        row("d  nginx, 4 KiB, no log", "/quiet/4kib")?,
        row("e  nginx, 4 KiB, logged", "/logged/4kib")?,
    ])
}

/// User time of this process and the servers.
fn user_time(servers: &[Option<&Process>]) -> Result<Duration, Failure> {
    let mut all = own_cpu()?;
    for server in servers.iter().flatten() {
        all += server.cpu()?;
    }
    Ok(all.user)
}

fn run(rows: &mut [Row<'_>]) -> Result<(), Failure> {
    for row in &mut *rows {
        row.warm_up(WARM_UP_REQUESTS)?;
    }
    for _ in 0..ROUNDS {
        for row in &mut *rows {
            row.run(ROUND_REQUESTS)?;
        }
    }
    Ok(())
}

fn report(rows: Vec<Row<'_>>) -> Result<(), Failure> {
    let rows: Vec<(&str, Figures)> = rows.into_iter().map(Row::finish).collect();
    table::print(&rows);
    match rows.as_slice() {
        [(_, floor), (_, object), ..] => hold(&object.minus(floor)),
        _ => Ok(()),
    }
}

/// Holds what a presigned GET adds, at the 99th percentile too, to the limit.
fn hold(added: &figures::Difference) -> Result<(), Failure> {
    let limit = ADDED_MAX.as_secs_f64() * 1e6;
    if added.p50 < limit && added.p99 < limit {
        say("limit held: a presigned GET adds less than 1 ms at the median and at p99");
        return Ok(());
    }
    Err(Failure::new(
        format!("a presigned GET adds {:.0} us at the median, {:.0} at p99", added.p50, added.p99),
        "the limit is 1 ms; repeat on a quiet machine before looking for the cause",
    ))
}
