//! nginx with one worker, serving one file without asking who wants it: what the machine can do.
//!
//! <https://nginx.org/en/docs/http/ngx_http_core_module.html>

use std::fs;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use super::Process;
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

/// A running nginx. `/quiet/4kib` is served without, `/logged/4kib` with a line in a log.
#[derive(Debug)]
pub(crate) struct Nginx {
    process: Process,
    address: SocketAddr,
}

impl Nginx {
    /// Starts the nginx at `program` on files of `content` in `folder`.
    pub(crate) fn start(program: &Path, folder: &Folder, content: &[u8]) -> Result<Self, Failure> {
        let address = free_address().map_err(Failure::while_doing("looking for a free port"))?;
        write_files(folder, address, content).map_err(Failure::while_doing("preparing nginx"))?;
        let mut command = Command::new(program);
        command
            .arg("-e")
            .arg(folder.join("nginx-error.log"))
            .arg("-c")
            .arg(folder.join("nginx.conf"))
            .stdin(Stdio::null());
        let process = Process::start(&mut command)?;
        let mut nginx = Self { process, address };
        nginx.wait_until_it_listens()?;
        Ok(nginx)
    }

    /// The process, which is master and worker in one.
    pub(crate) fn process(&self) -> &Process {
        &self.process
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

/// An address that was free a moment ago: nginx takes no port 0.
fn free_address() -> io::Result<SocketAddr> {
    TcpListener::bind("127.0.0.1:0")?.local_addr()
}

fn write_files(folder: &Folder, address: SocketAddr, content: &[u8]) -> io::Result<()> {
    for place in ["quiet", "logged"] {
        let place = folder.join("www").join(place);
        fs::create_dir_all(&place)?;
        fs::write(place.join("4kib"), content)?;
    }
    let settings = settings(&folder.path().to_string_lossy(), address);
    fs::write(folder.join("nginx.conf"), settings)
}

fn settings(folder: &str, address: SocketAddr) -> String {
    let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .iter()
        .map(|kind| format!("    {kind}_temp_path \"{folder}/nginx-{kind}\";\n"))
        .collect();
    format!(
        "daemon off;\n\
         # One worker, and no master beside it that would outlive a kill.\n\
         master_process off;\n\
         pid \"{folder}/nginx.pid\";\n\
         events {{ worker_connections 64; }}\n\
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
        let text = settings("/some where", ([127, 0, 0, 1], 8080).into());
        assert!(text.contains("listen 127.0.0.1:8080;"), "{text}");
        assert!(text.contains("root \"/some where/www\";"), "{text}");
        assert!(text.contains("    scgi_temp_path \"/some where/nginx-scgi\";"), "{text}");
    }
}
