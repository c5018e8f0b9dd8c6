//! What the server holds when nothing happens: after the start, and with many connections open.

use crate::connection::Connection;
use crate::failure::Failure;
use crate::memory::peak::megabytes;
use crate::output::say;
use crate::place::Folder;
use crate::process::{Hallpass, Memory};

const CONNECTIONS: u32 = 1000;

/// Prints the memory of a fresh server, and with connections that asked once and stay.
pub(super) fn measure(folder: &Folder) -> Result<(), Failure> {
    let server = Hallpass::start(folder, "idle")?;
    let id = server.process().id();
    say("");
    say("| idle | VmRSS | RssAnon | RssFile |");
    say("|---|---:|---:|---:|");
    print("after the start", Memory::of(id)?);
    let request = server.plain_get("/-/health");
    let open = (0..CONNECTIONS).map(|_| open(&server, &request));
    let open = open.collect::<Result<Vec<Connection>, Failure>>()?;
    print(&format!("{} idle connections", open.len()), Memory::of(id)?);
    say("");
    Ok(())
}

/// A connection that has had an answer and waits for the next request.
fn open(server: &Hallpass, request: &[u8]) -> Result<Connection, Failure> {
    let mut connection = server.connect()?;
    let head = connection.exchange(request, &mut Vec::new());
    match head.map_err(Failure::while_doing("asking on an idle connection"))?.status {
        200 => Ok(connection),
        status => Err(Failure::while_doing("asking for health")(format!("answer {status}"))),
    }
}

fn print(when: &str, memory: Memory) {
    let [resident, anonymous, file] =
        [memory.resident, memory.anonymous, memory.file].map(megabytes);
    say(&format!("| {when} | {resident} | {anonymous} | {file} |"));
}
