//! The servers of a contest, each with the same objects.

use std::fs;

use super::contest::Entrant;
use super::wrk::Requests;
use crate::failure::Failure;
use crate::output::say;
use crate::place::{self, Folder};
use crate::process::{Hallpass, Nginx, Rival, ceph, find_nginx, garage};
use crate::signer::Signer;
use crate::stream::Stream;

/// As many as there are cores on the machine of the figures: what nginx calls `auto`.
const WORKERS: usize = 2;

/// Hallpass and those of its rivals that are installed.
#[derive(Debug)]
pub(crate) struct Servers {
    pub(crate) hallpass: Hallpass,
    pub(crate) nginx: Option<Nginx>,
    /// Those that know S3.
    pub(crate) rivals: Vec<Rival>,
}

impl Servers {
    /// Starts all of them, empty.
    pub(crate) fn start(folder: &Folder) -> Result<Self, Failure> {
        let hallpass = Hallpass::start(folder, "store")?;
        let nginx = find_nginx().map(|program| Nginx::start(&program, folder, WORKERS));
        let mut servers = Self { hallpass, nginx: nginx.transpose()?, rivals: Vec::new() };
        if servers.nginx.is_none() {
            say("nginx is not installed, its rows are left out: apt-get install nginx-light");
        }
        if let Some(program) = place::garage() {
            servers.rivals.push(garage::start(&program, folder)?);
        } else {
            say("Garage is not installed, its rows are left out: `cargo xtask bench load` does it");
        }
        if ceph::is_there() {
            servers.rivals.push(ceph::start(folder)?);
        } else {
            say(
                "Ceph is not installed, its rows are left out: `cargo xtask bench load` as root of \
                 a Debian machine does it",
            );
        }
        Ok(servers)
    }

    /// Hallpass without rivals.
    pub(crate) fn alone(hallpass: Hallpass) -> Self {
        Self { hallpass, nginx: None, rivals: Vec::new() }
    }

    /// Requests of hallpass about the objects.
    pub(crate) fn requests(
        &self,
        method: &str,
        folder: &Folder,
        objects: Objects,
    ) -> Result<Requests, Failure> {
        requests(self.hallpass.signer(), "hallpass", method, folder, objects)
    }

    /// Puts `count` objects of `bytes` each, the same into all of them.
    pub(crate) fn fill(
        &self,
        folder: &Folder,
        objects: Objects,
        stream: &mut Stream,
    ) -> Result<(), Failure> {
        let mut ours = self.hallpass.connect()?;
        let theirs: Result<Vec<_>, _> = self.rivals.iter().map(Rival::connect).collect();
        let mut theirs = theirs?;
        for path in objects.paths() {
            let content = stream.take(objects.bytes);
            self.hallpass.signer().put(&mut ours, &path, &content)?;
            for (rival, connection) in self.rivals.iter().zip(&mut theirs) {
                rival.signer().put(connection, &path, &content)?;
            }
            let file = folder.join("www").join(path.trim_start_matches('/'));
            file.parent()
                .map_or(Ok(()), fs::create_dir_all)
                .and_then(|()| fs::write(&file, &content))
                .map_err(Failure::while_doing("writing a file for nginx"))?;
        }
        Ok(())
    }

    /// All of them with requests that read the objects.
    pub(crate) fn readers(
        &self,
        folder: &Folder,
        objects: Objects,
    ) -> Result<Vec<Entrant<'_>>, Failure> {
        let mut entrants = self.signed("GET", folder, objects)?;
        if let Some(nginx) = &self.nginx {
            let targets: Vec<String> = objects.paths().collect();
            let requests = Requests::write(folder, "nginx-get", "GET", &targets, 0)?;
            entrants.push(Entrant::new("nginx", nginx.process(), nginx.address(), requests));
        }
        Ok(entrants)
    }

    /// Those that know S3, with requests that write the objects.
    pub(crate) fn writers(
        &self,
        folder: &Folder,
        objects: Objects,
    ) -> Result<Vec<Entrant<'_>>, Failure> {
        self.signed("PUT", folder, objects)
    }

    fn signed(
        &self,
        method: &str,
        folder: &Folder,
        objects: Objects,
    ) -> Result<Vec<Entrant<'_>>, Failure> {
        let ours = &self.hallpass;
        let ours_requests = self.requests(method, folder, objects)?;
        let mut entrants =
            vec![Entrant::new("hallpass", ours.process(), ours.address(), ours_requests)];
        for rival in &self.rivals {
            let name = rival.name(method);
            let requests = requests(rival.signer(), name, method, folder, objects)?;
            entrants.push(Entrant::new(name, rival.process(), rival.address(), requests));
        }
        Ok(entrants)
    }
}

fn requests(
    signer: &Signer,
    name: &str,
    method: &str,
    folder: &Folder,
    objects: Objects,
) -> Result<Requests, Failure> {
    let body_bytes = if method == "PUT" { objects.bytes } else { 0 };
    let targets: Result<Vec<String>, Failure> =
        objects.paths().map(|path| signer.target(method, &path, &[])).collect();
    Requests::write(folder, &format!("{name}-{method}"), method, &targets?, body_bytes)
}

/// Objects with names of their own.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Objects {
    pub(crate) folder: &'static str,
    pub(crate) count: usize,
    pub(crate) bytes: usize,
}

impl Objects {
    fn paths(self) -> impl Iterator<Item = String> {
        (0..self.count).map(move |n| format!("/bench/{}/object-{n:06}.bin", self.folder))
    }
}
