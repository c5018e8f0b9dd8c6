//! Ceph's RGW over a cluster of one node without replicas, made from nothing: a monitor, an OSD
//! whose BlueStore is a sparse file, and the gateway. There is no manager: it counts and balances,
//! and no request passes through it.
//!
//! <https://docs.ceph.com/en/pacific/install/manual-deployment/>

mod settings;

use std::fs::{self, File};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use super::{Process, Rival, free_address};
use crate::connection::Connection;
use crate::failure::Failure;
use crate::place::Folder;
use crate::signer::{ACCESS_KEY_ID, SECRET_ACCESS_KEY, Signer};

/// Tries to reach the gateway while it starts, one every 100 ms.
const TRIES_MAX: u32 = 600;
/// Seconds for one command of set-up, which waits for daemons that may have died: making a user
/// waits for the OSD to start and for four pools.
const COMMAND_SECONDS_MAX: &str = "120";
const PROGRAMS: [&str; 5] = ["ceph-mon", "ceph-osd", "radosgw", "radosgw-admin", "ceph"];

/// Whether all that is needed is installed.
pub(crate) fn is_there() -> bool {
    PROGRAMS.iter().all(|program| {
        let mut command = Command::new(program);
        command.arg("--version").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    })
}

/// Starts a cluster in `folder`, and the gateway with an empty bucket.
pub(crate) fn start(folder: &Folder) -> Result<Rival, Failure> {
    let node = Node { folder: folder.join("ceph") };
    let monitor_address = free_address()?;
    node.write_settings(monitor_address)?;
    let monitor = node.start_monitor(monitor_address)?;
    let osd = node.start_osd()?;
    let keys = ["--access-key", ACCESS_KEY_ID, "--secret-key", SECRET_ACCESS_KEY];
    let user = ["user", "create", "--uid", "bench", "--display-name", "bench"];
    node.run("radosgw-admin", &[&user[..], &keys].concat())?;
    let (address, gateway) = node.start_gateway()?;
    let rival = Rival {
        name: "ceph rgw",
        name_of_writer: "ceph rgw, fsync",
        process: gateway.with([monitor, osd]),
        address,
        signer: Signer::new(address),
    };
    rival.signer().put(&mut rival.connect()?, "/bench", b"")?;
    Ok(rival)
}

/// The one node and its folder.
struct Node {
    folder: PathBuf,
}

impl Node {
    fn write_settings(&self, monitor: SocketAddr) -> Result<(), Failure> {
        let text = settings::settings(&self.folder.to_string_lossy(), monitor);
        ["mon", "osd", "rgw"]
            .iter()
            .try_for_each(|name| fs::create_dir_all(self.folder.join(name)))
            .and_then(|()| fs::write(self.folder.join("ceph.conf"), text))
            .and_then(|()| fs::write(self.folder.join("keyring"), settings::keyring()))
            .map_err(Failure::while_doing("writing Ceph's settings"))
    }

    fn start_monitor(&self, address: SocketAddr) -> Result<Process, Failure> {
        let (map, keyring) = (self.folder.join("monmap"), self.folder.join("keyring"));
        let (map, keyring) = (map.to_string_lossy(), keyring.to_string_lossy());
        let address = settings::monitor_address(address);
        let add = ["--create", "--fsid", settings::CLUSTER, "--addv", "a", &address, &map];
        self.run("monmaptool", &add)?;
        self.run("ceph-mon", &["-i", "a", "--mkfs", "--monmap", &map, "--keyring", &keyring])?;
        self.start("ceph-mon", &["-i", "a"])
    }

    fn start_osd(&self) -> Result<Process, Failure> {
        self.run("ceph", &["osd", "new", settings::OSD])?;
        self.run("ceph-osd", &["-i", "0", "--mkfs", "--osd-uuid", settings::OSD])?;
        self.start("ceph-osd", &["-i", "0"])
    }

    fn start_gateway(&self) -> Result<(SocketAddr, Process), Failure> {
        let address = free_address()?;
        let front = settings::front(address);
        let mut process =
            self.start("radosgw", &["-n", "client.admin", "--rgw_frontends", &front])?;
        for _ in 0..TRIES_MAX {
            if Connection::open(address).is_ok() {
                return Ok((address, process));
            }
            if process.is_over() {
                break;
            }
            thread::sleep(Duration::from_millis(100));
        }
        // The complaint is an addition: without it the failure still says what happened.
        let complaint = fs::read_to_string(self.folder.join("radosgw.out")).unwrap_or_default();
        Err(Failure::new(
            format!("radosgw did not start: {}", complaint.trim_end()),
            "apt-get remove radosgw measures without it",
        ))
    }

    /// Starts a daemon that stays our child.
    fn start(&self, program: &str, words: &[&str]) -> Result<Process, Failure> {
        let said = File::create(self.folder.join(format!("{program}.out")))
            .map_err(Failure::while_doing("creating a log of Ceph"))?;
        let mut command = Command::new(program);
        command.arg("-c").arg(self.folder.join("ceph.conf")).arg("-f").args(words);
        Process::start(command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(said))
    }

    /// Runs a program to its end.
    fn run(&self, program: &str, words: &[&str]) -> Result<(), Failure> {
        let mut command = Command::new("timeout");
        command.args([COMMAND_SECONDS_MAX, program, "-c"]).arg(self.folder.join("ceph.conf"));
        let output = command.args(words).stdin(Stdio::null()).output();
        let output = output.map_err(Failure::while_doing("running `timeout`"))?;
        if output.status.success() {
            return Ok(());
        }
        let said = String::from_utf8_lossy(&output.stderr);
        let said = format!("{}: {}", output.status, said.trim_end());
        Err(Failure::while_doing(&format!("{program} {}", words.join(" ")))(said))
    }
}
