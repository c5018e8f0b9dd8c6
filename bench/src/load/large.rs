//! Objects of 1 GiB, one at a time: in, beside what the disk and MD5 allow, and out.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use md5::{Digest as _, Md5};

use super::limits::Limits;
use super::servers::Servers;
use crate::connection::Connection;
use crate::failure::Failure;
use crate::output::say;
use crate::place::Folder;
use crate::process::Process;
use crate::stream::{PIECE_BYTES, Stream};

const BYTES: usize = 1 << 30;
const PATH: &str = "/bench/1gib";
const ROUNDS: usize = 3;
const GET_OF_NGINX_MIN: f64 = 0.95;
/// Of MD5 and the disk at the same time: less than this is our own doing.
const PUT_OF_BOUND_MIN: f64 = 0.8;

/// A server, how to ask it, and how long it took so far.
struct Entrant<'s> {
    name: &'static str,
    process: &'s Process,
    connection: Connection,
    request: Vec<u8>,
    elapsed: Duration,
    cpu: Duration,
    rounds: u32,
}

pub(super) fn measure(folder: &Folder, limits: &mut Limits) -> Result<(), Failure> {
    let servers = Servers::start(folder)?;
    let (md5, expected) = md5_rate();
    let disk = disk_rate(&folder.join("disk")).map_err(Failure::while_doing("writing"))?;
    let both = both_rate(folder)?;
    say(&format!(
        "bounds of PUT: MD5 on one core {md5:.0} MB/s, disk {disk:.0} MB/s, both at the same time \
         {both:.0} MB/s before"
    ));
    say("");
    say("| row | server | MB/s | server CPU s/GiB |");
    say("|---|---|---:|---:|");
    let mut writers = entrants(&servers, "PUT")?;
    run(&mut writers, |entrant| entrant.put(&expected))?;
    let put = print("PUT 1 GiB", &writers);
    let mut readers = entrants(&servers, "GET")?;
    if let Some(nginx) = &servers.nginx {
        let file = folder.join("www/bench/1gib");
        write_file(&file).map_err(Failure::while_doing("writing a file for nginx"))?;
        let (connection, request) = (nginx.connect()?, nginx.plain_get(PATH));
        readers.push(Entrant::new("nginx", nginx.process(), connection, request));
    }
    // Once before it counts: hallpass sums what it has not summed for five minutes.
    for reader in &mut readers {
        reader.get().map_err(Failure::while_doing(reader.name))?;
    }
    run(&mut readers, |entrant| entrant.get())?;
    let get = print("GET 1 GiB", &readers);
    let again = both_rate(folder)?;
    say("");
    say(&format!("MD5 and the disk at the same time, after the transfers: {again:.0} MB/s"));
    let ratio = put / both.max(again);
    limits.at_least("PUT 1 GiB, of MD5 and the disk", ratio, PUT_OF_BOUND_MIN);
    if let Some(nginx) = readers.iter().find(|entrant| entrant.name == "nginx") {
        limits.at_least("GET 1 GiB, of nginx", get / nginx.rate(), GET_OF_NGINX_MIN);
    }
    Ok(())
}

fn entrants<'s>(servers: &'s Servers, method: &str) -> Result<Vec<Entrant<'s>>, Failure> {
    let length = (method == "PUT").then_some(BYTES);
    let ours = &servers.hallpass;
    let request = ours.signer().request(method, PATH, length)?;
    let mut entrants = vec![Entrant::new("hallpass", ours.process(), ours.connect()?, request)];
    for rival in &servers.rivals {
        let request = rival.signer().request(method, PATH, length)?;
        let (name, connection) = (rival.name(method), rival.connect()?);
        entrants.push(Entrant::new(name, rival.process(), connection, request));
    }
    Ok(entrants)
}

fn run(
    entrants: &mut [Entrant<'_>],
    exchange: impl Fn(&mut Entrant<'_>) -> io::Result<()>,
) -> Result<(), Failure> {
    for _ in 0..ROUNDS {
        for entrant in &mut *entrants {
            let (before, began) = (entrant.process.cpu()?, Instant::now());
            exchange(entrant).map_err(Failure::while_doing(entrant.name))?;
            entrant.elapsed += began.elapsed();
            entrant.cpu += (entrant.process.cpu()? - before).total();
            entrant.rounds += 1;
        }
    }
    Ok(())
}

impl<'s> Entrant<'s> {
    fn new(
        name: &'static str,
        process: &'s Process,
        connection: Connection,
        request: Vec<u8>,
    ) -> Self {
        let (elapsed, cpu, rounds) = Default::default();
        Self { name, process, connection, request, elapsed, cpu, rounds }
    }

    /// Megabytes a second, over all rounds.
    fn rate(&self) -> f64 {
        rate(self.elapsed) * f64::from(self.rounds)
    }

    fn put(&mut self, md5: &str) -> io::Result<()> {
        let (mut stream, mut piece) = (Stream::default(), vec![0; PIECE_BYTES]);
        self.connection.send(&self.request)?;
        for _ in 0..BYTES / PIECE_BYTES {
            stream.fill(&mut piece);
            self.connection.send(&piece)?;
        }
        let head = self.connection.read_head()?;
        self.connection.read_body(head.length, |_| ())?;
        let is_right = head.status == 200 && head.etag == md5;
        if is_right { Ok(()) } else { Err(io::Error::other(format!("{head:?}"))) }
    }

    fn get(&mut self) -> io::Result<()> {
        self.connection.send(&self.request)?;
        let head = self.connection.read_head()?;
        self.connection.read_body(head.length, |_| ())?;
        let is_right = head.status == 200 && usize::try_from(head.length) == Ok(BYTES);
        if is_right { Ok(()) } else { Err(io::Error::other(format!("{head:?}"))) }
    }
}

/// Prints the rows, and returns hallpass's rate.
fn print(what: &str, entrants: &[Entrant<'_>]) -> f64 {
    for entrant in entrants {
        let cpu = entrant.cpu.as_secs_f64() / f64::from(entrant.rounds);
        say(&format!("| {what} | {} | {:.0} | {cpu:.2} |", entrant.name, entrant.rate()));
    }
    entrants.first().map_or(0.0, Entrant::rate)
}

/// The rate of MD5, and the sum.
fn md5_rate() -> (f64, String) {
    let (mut stream, mut piece, mut md5) = (Stream::default(), vec![0; PIECE_BYTES], Md5::new());
    let mut elapsed = Duration::ZERO;
    for _ in 0..BYTES / PIECE_BYTES {
        stream.fill(&mut piece);
        let began = Instant::now();
        md5.update(&piece);
        elapsed += began.elapsed();
    }
    let sum: String = md5.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    (rate(elapsed), sum)
}

/// The rate of writing as many bytes to the disk, with one fdatasync at the end.
fn disk_rate(path: &Path) -> io::Result<f64> {
    let began = Instant::now();
    write_file(path)?;
    let rate = rate(began.elapsed());
    fs::remove_file(path)?;
    Ok(rate)
}

/// The rate of both, on one core each: what a PUT comes to when all else costs nothing.
fn both_rate(folder: &Folder) -> Result<f64, Failure> {
    let (path, began) = (folder.join("disk"), Instant::now());
    let written = thread::scope(|scope| {
        scope.spawn(md5_rate);
        write_file(&path)
    });
    let rate = rate(began.elapsed());
    let removed = written.and_then(|()| fs::remove_file(path));
    removed.map_err(Failure::while_doing("writing"))?;
    Ok(rate)
}

fn write_file(path: &Path) -> io::Result<()> {
    path.parent().map_or(Ok(()), fs::create_dir_all)?;
    let (mut stream, mut piece) = (Stream::default(), vec![0; PIECE_BYTES]);
    let mut file = File::create(path)?;
    for _ in 0..BYTES / PIECE_BYTES {
        stream.fill(&mut piece);
        file.write_all(&piece)?;
    }
    file.sync_data()
}

/// Megabytes a second.
fn rate(elapsed: Duration) -> f64 {
    f64::from(1_u32 << 30) / 1e6 / elapsed.as_secs_f64()
}
