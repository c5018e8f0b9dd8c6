//! `hallpass share`: from a file to a link.
//!
//! With `--to` the file goes into a bucket and the link outlives the command. Without, it goes
//! into the embedded store, through its own front door, and the link works while it is served.

use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use client::{Client, Config, Link, Presigner, SignatureVersion, Target, Verb};
use s3::{BucketName, ObjectKey};
use server::{AccessLog, Settings};
use signature::{EXPIRES_SECONDS_MAX, PresignError};
use tokio::sync::oneshot;

use crate::configuration::Configuration;
use crate::embedded::Embedded;
use crate::embedded::uses::Uses;
use crate::failure::{Exit, Failure};
use crate::lifetime::Lifetime;
use crate::location::Folder;
use crate::signals::{self, Signals};
use crate::{address, machine, output, session};

/// The bucket of shared files in the embedded store.
const HERE: &str = "s3://share/";

/// The arguments of the command.
#[derive(Debug, clap::Args)]
pub(crate) struct Share {
    /// The file
    path: PathBuf,
    /// How long the link works: 90s, 15m, 12h, 7d, or seconds
    #[arg(long, value_name = "TIME", default_value = "1h", value_parser = Lifetime::parse)]
    expires: Lifetime,
    /// Upload there instead of serving from here
    #[arg(long, value_name = "S3_URL", value_parser = Folder::parse)]
    to: Option<Folder>,
    /// The folder of the store to serve from
    #[arg(long, value_name = "DIR", default_value = "hallpass-data", conflicts_with = "to")]
    data: PathBuf,
    /// The address to serve on; port 0 is any free one
    #[arg(long, value_name = "ADDR:PORT", default_value = "127.0.0.1:0", conflicts_with = "to")]
    listen: SocketAddr,
    #[command(flatten)]
    configuration: Configuration,
}

/// A file, and the object that it becomes.
struct Shared<'a> {
    path: &'a Path,
    bucket: BucketName,
    key: ObjectKey,
    expires: Lifetime,
}

impl Share {
    pub(crate) fn run(&self) -> Result<(), Failure> {
        let name = file_name(&self.path)?;
        if self.expires.seconds() > u64::from(EXPIRES_SECONDS_MAX) {
            return Err(PresignError::ExpiresTooLong.into());
        }
        match &self.to {
            Some(folder) => {
                let config = self.configuration.load()?;
                let shared = self.shared(folder, &name)?;
                signals::run(|signals| async move { shared.upload(config, &signals).await })
            }
            None if self.configuration.is_empty() => {
                let folder = Folder::parse(HERE).map_err(Failure::usage)?;
                let shared = self.shared(&folder, &name)?;
                signals::run(|signals| async move { self.serve(&shared, &signals).await })
            }
            None => Err(Failure::usage("--profile, --region and --endpoint-url need --to".into())),
        }
    }

    fn shared(&self, folder: &Folder, name: &str) -> Result<Shared<'_>, Failure> {
        Ok(Shared {
            path: &self.path,
            bucket: folder.bucket.clone(),
            key: folder.key(name)?,
            expires: self.expires,
        })
    }

    async fn serve(&self, shared: &Shared<'_>, signals: &Signals) -> Result<(), Failure> {
        let embedded = Embedded::open(&self.data)?;
        let credentials = embedded.credentials.clone();
        // Because: this user wants a link and its end; who wants a log runs `hallpass serve`.
        let log = AccessLog::to(io::sink()).map_err(cannot_serve)?;
        let uses = Uses::start(Arc::clone(&embedded.account)).map_err(cannot_serve)?;
        let server = embedded.listen(self.listen, Settings::default(), log).await?;
        let bound = server.local_addr().map_err(cannot_serve)?;
        let (stop, stopped) = oneshot::channel::<()>();
        let serving = tokio::spawn(server.serve(async { drop(stopped.await) }));
        let inside = address::config(address::inside(bound), credentials.clone());
        let outside = address::config(address::outside(bound), credentials);
        let done = shared.publish(inside?, &outside?, signals).await;
        drop(stop);
        serving.await.map_err(|e| cannot_serve(e.into()))?;
        drop(uses);
        done
    }
}

impl Shared<'_> {
    /// Uploads to a service and prints the link.
    async fn upload(&self, config: Config, signals: &Signals) -> Result<(), Failure> {
        let client = Client::new(config, machine::clock())?;
        self.send(&client, signals).await?;
        let until = self.announce(client.config())?;
        // Because: where a command ends, others read its stdout, and want the link alone.
        output::note(&until);
        Ok(())
    }

    /// Uploads to the server of this process, prints the link, and waits.
    async fn publish(
        &self,
        inside: Config,
        outside: &Config,
        signals: &Signals,
    ) -> Result<(), Failure> {
        let client = Client::new(inside, machine::clock())?;
        client.create_bucket(&self.bucket).await?;
        self.send(&client, signals).await?;
        let until = self.announce(outside)?;
        output::print(&until)?;
        output::note("press Ctrl-C to stop serving");
        signals.first().await;
        Ok(())
    }

    async fn send(&self, client: &Client, signals: &Signals) -> Result<(), Failure> {
        let stop = signals.first();
        let upload = client.upload(&self.bucket, &self.key, self.path, stop);
        upload.await?;
        Ok(())
    }

    /// Prints the link, signed now that it works, and returns until when it does.
    fn announce(&self, config: &Config) -> Result<String, Failure> {
        let now = machine::now();
        let link = Link {
            verb: Verb::Get,
            expires_seconds: self.expires.seconds(),
            version: SignatureVersion::V4,
            query: &[],
            headers: &[],
        };
        let target = Target::object(config, &self.bucket, &self.key)?;
        output::print(Presigner::new(config, link, now)?.presign(&target)?.as_str())?;
        let end = now.plus(self.expires.seconds());
        let until = || format!("works until {} ({})", output::readable(end), self.expires);
        Ok(session::limit(config, now, end).unwrap_or_else(until))
    }
}

/// The name of a file that is there.
fn file_name(path: &Path) -> Result<String, Failure> {
    let failure = |why: &str| Failure {
        error: format!("cannot share `{}`: {why}", path.display()),
        hint: "name one file that is there; a folder can be shared as an archive of it".into(),
        exit: Exit::Failed,
    };
    let metadata = path.metadata().map_err(|e| failure(&e.to_string()))?;
    if !metadata.is_file() {
        return Err(failure("not a file"));
    }
    let name = path.file_name().ok_or_else(|| failure("it has no name"))?;
    Ok(name.to_string_lossy().into_owned())
}

fn cannot_serve(error: io::Error) -> Failure {
    Failure {
        error: format!("cannot serve: {error}"),
        hint: "the machine is short of something; see `ulimit -a`".into(),
        exit: Exit::Failed,
    }
}
