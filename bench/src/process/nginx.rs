//! nginx, serving files without asking who wants them: what the machine can do.
//!
//! <https://nginx.org/en/docs/http/ngx_http_core_module.html>

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use super::{Process, free_address};
use crate::connection::Connection;
use crate::failure::Failure;
use crate::place::Folder;

/// Tries to reach nginx while it starts, one every 10 ms.
const TRIES_MAX: u32 = 500;

/// Where nginx is, when it is installed; Debian keeps it where only root looks.
pub(crate) fn find() -> Option<PathBuf> {
    let places = ["nginx", "/usr/sbin/nginx"];
    let answers = |place: &&str| Command::new(place).arg("-v").stderr(Stdio::null()).status();
    let found = places.iter().find(|place| answers(place).is_ok_and(|status| status.success()));
    found.map(PathBuf::from)
}

/// A running nginx that serves the folder `www`; what is below `/logged/` with a line in a log.
#[derive(Debug)]
pub(crate) struct Nginx {
    process: Process,
    address: SocketAddr,
    program: PathBuf,
    settings: PathBuf,
}

impl Nginx {
    /// Starts the nginx at `program` on what lies in `www` of `folder`. A single worker is its own
    /// master.
    pub(crate) fn start(program: &Path, folder: &Folder, workers: usize) -> Result<Self, Failure> {
        let address = free_address()?;
        let path = folder.join("nginx.conf");
        let settings = settings(&folder.path().to_string_lossy(), address, workers);
        fs::write(&path, settings).map_err(Failure::while_doing("preparing nginx"))?;
        let mut command = Command::new(program);
        command.arg("-e").arg(folder.join("nginx-error.log")).arg("-c").arg(&path);
        let process = Process::start(command.stdin(Stdio::null()))?;
        let mut nginx = Self { process, address, program: program.to_owned(), settings: path };
        nginx.wait_until_it_listens()?;
        Ok(nginx)
    }

    /// The process: the master.
    pub(crate) fn process(&self) -> &Process {
        &self.process
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Opens a connection to it.
    pub(crate) fn connect(&self) -> Result<Connection, Failure> {
        Connection::open(self.address).map_err(Failure::while_doing("connecting to nginx"))
    }

    /// A whole request.
    pub(crate) fn plain_get(&self, path: &str) -> Vec<u8> {
        format!("GET {path} HTTP/1.1\r\nHost: {}\r\n\r\n", self.address).into()
    }

    /// nginx does not say when it is ready, so it is asked until it answers.
    fn wait_until_it_listens(&mut self) -> Result<(), Failure> {
        for _ in 0..TRIES_MAX {
            if Connection::open(self.address).is_ok() {
                return Ok(());
            }
            if self.process.is_over() {
                break;
            }
            thread::sleep(Duration::from_millis(10));
        }
        Err(Failure::new(
            "nginx did not start",
            "see what it wrote to stderr; apt-get remove nginx-light measures without it",
        ))
    }
}

/// Workers outlive a master that is killed, so it is asked first.
impl Drop for Nginx {
    fn drop(&mut self) {
        let mut stop = Command::new(&self.program);
        stop.args(["-s", "stop", "-c"]).arg(&self.settings).stderr(Stdio::null());
        if stop.status().is_ok_and(|status| status.success()) {
            self.process.wait();
        }
    }
}

fn settings(folder: &str, address: SocketAddr, workers: usize) -> String {
    let master = if workers == 1 { "off" } else { "on" };
    let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .iter()
        .map(|kind| format!("    {kind}_temp_path \"{folder}/nginx-{kind}\";\n"))
        .collect();
    format!(
        "daemon off;\n\
         master_process {master};\n\
         worker_processes {workers};\n\
         pid \"{folder}/nginx.pid\";\n\
         events {{ worker_connections 4096; }}\n\
         http {{\n\
         {temporary}\
         \x20   access_log off;\n\
         \x20   sendfile on;\n\
         \x20   keepalive_requests 1000000000;\n\
         \x20   keepalive_timeout 600;\n\
         \x20   server {{\n\
         \x20       listen {address};\n\
         \x20       root \"{folder}/www\";\n\
         \x20       location /logged/ {{ access_log \"{folder}/nginx-access.log\"; }}\n\
         \x20   }}\n\
         }}\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_name_the_address_and_stay_in_the_folder() {
        let text = settings("/some where", ([127, 0, 0, 1], 8080).into(), 2);
        assert!(text.contains("listen 127.0.0.1:8080;"), "{text}");
        assert!(text.contains("worker_processes 2;"), "{text}");
        assert!(text.contains("root \"/some where/www\";"), "{text}");
        assert!(text.contains("    scgi_temp_path \"/some where/nginx-scgi\";"), "{text}");
    }
}
