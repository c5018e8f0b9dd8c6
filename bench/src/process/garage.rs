//! Garage as one node without replicas, its metadata in LMDB: an S3 store in Rust that many run.
//!
//! <https://garagehq.deuxfleurs.fr/documentation/reference-manual/configuration/>

use std::fs::{self, File};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use super::{Process, Rival, free_address};
use crate::failure::Failure;
use crate::place::Folder;
use crate::signer::{ACCESS_KEY_ID, REGION, SECRET_ACCESS_KEY, Signer};

/// Tries to reach it while it starts, one every 100 ms.
const TRIES_MAX: u32 = 100;

/// Starts the garage at `program` on an empty store in `folder`.
pub(crate) fn start(program: &Path, folder: &Folder) -> Result<Rival, Failure> {
    let addresses = [free_address()?, free_address()?];
    let [address, _] = addresses;
    let settings = folder.join("garage.toml");
    fs::write(&settings, self::settings(folder, addresses))
        .map_err(Failure::while_doing("writing Garage's settings"))?;
    let log = folder.join("garage.log");
    let log = File::create(log).map_err(Failure::while_doing("creating Garage's log"))?;
    let mut command = Command::new(program);
    command.arg("-c").arg(&settings).arg("server").env("RUST_LOG", "garage=warn");
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
    let process = Process::start(&mut command)?;
    let desk = Desk { program: program.to_owned(), settings };
    desk.set_up()?;
    let (name, name_of_writer) = ("garage", "garage, no fsync");
    Ok(Rival { name, name_of_writer, process, address, signer: Signer::new(address) })
}

/// The command line that sets a node up.
struct Desk {
    program: PathBuf,
    settings: PathBuf,
}

impl Desk {
    fn set_up(&self) -> Result<(), Failure> {
        let id = self.wait_for_id()?;
        self.say(&["layout", "assign", "-z", "bench", "-c", "100G", &id])?;
        self.say(&["layout", "apply", "--version", "1"])?;
        self.say(&["key", "import", "--yes", "-n", "bench", ACCESS_KEY_ID, SECRET_ACCESS_KEY])?;
        self.say(&["bucket", "create", "bench"])?;
        self.say(&["bucket", "allow", "--read", "--write", "--key", ACCESS_KEY_ID, "bench"])?;
        Ok(())
    }

    /// The node's name, once it answers.
    fn wait_for_id(&self) -> Result<String, Failure> {
        for _ in 0..TRIES_MAX {
            if self.say(&["status"]).is_ok() {
                let id = self.say(&["node", "id", "--quiet"])?;
                return Ok(id.split('@').next().unwrap_or_default().trim().to_owned());
            }
            thread::sleep(Duration::from_millis(100));
        }
        Err(Failure::new("Garage did not start", "see `garage.log` in the folder of the run"))
    }

    fn say(&self, words: &[&str]) -> Result<String, Failure> {
        let mut command = Command::new(&self.program);
        command.arg("-c").arg(&self.settings).args(words).env("RUST_LOG", "garage=warn");
        let output = command.output().map_err(Failure::while_doing("running garage"))?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
        }
        let said = String::from_utf8_lossy(&output.stderr);
        Err(Failure::while_doing(&format!("garage {}", words.join(" ")))(said))
    }
}

fn settings(folder: &Folder, [s3, rpc]: [SocketAddr; 2]) -> String {
    let folder = folder.path().display();
    let secret = "8f".repeat(32);
    format!(
        "metadata_dir = \"{folder}/garage-metadata\"\n\
         data_dir = \"{folder}/garage-data\"\n\
         db_engine = \"lmdb\"\n\
         replication_factor = 1\n\
         rpc_bind_addr = \"{rpc}\"\n\
         rpc_public_addr = \"{rpc}\"\n\
         rpc_secret = \"{secret}\"\n\
         [s3_api]\n\
         s3_region = \"{REGION}\"\n\
         api_bind_addr = \"{s3}\"\n\
         root_domain = \".s3.garage.localhost\"\n"
    )
}
