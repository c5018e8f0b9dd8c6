//! `hallpass serve`: the embedded store behind its front door, until a signal.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use server::{AccessLog, Network, Settings};
use signature::Legacy;

use crate::embedded::Embedded;
use crate::failure::{Exit, Failure};
use crate::lifetime::Lifetime;
use crate::output;
use crate::signals::{self, Signals};
use crate::upkeep::Upkeep;

/// The arguments of the command.
#[derive(Debug, clap::Args)]
pub(crate) struct Serve {
    /// The folder that keeps everything; made when it is absent
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// The address to listen on; port 0 is any free one
    #[arg(long, value_name = "ADDR:PORT")]
    listen: SocketAddr,
    /// The region that signatures must name
    #[arg(long, default_value = client::REGION_DEFAULT)]
    region: String,
    /// Accept the legacy SigV2, in URLs, headers and forms
    #[arg(long)]
    allow_sigv2: bool,
    /// A host name of this server, beside localhost: BUCKET.NAME is then a bucket
    #[arg(long, value_name = "NAME")]
    domain: Vec<String>,
    /// A proxy in front of this server: an address or a network. It has to set X-Forwarded-For and
    /// X-Forwarded-Proto, and what it says there of clients is believed
    #[arg(long, value_name = "CIDR", value_parser = network)]
    trusted_proxy: Vec<Network>,
    /// How often to check that everything in the store fits together; what is wrong goes to stderr
    #[arg(long, value_name = "TIME", default_value = "1d", value_parser = Lifetime::parse)]
    check_every: Lifetime,
}

impl Serve {
    pub(crate) fn run(&self) -> Result<(), Failure> {
        signals::run(|signals| self.serve(signals))
    }

    async fn serve(&self, signals: Signals) -> Result<(), Failure> {
        let embedded = Embedded::open(&self.data)?;
        let new_credentials = embedded.new_credentials.clone();
        let every = Duration::from_secs(self.check_every.seconds());
        let upkeep = Upkeep::start(embedded.inspection(), every).map_err(cannot_serve)?;
        let log = AccessLog::to(io::stderr()).map_err(cannot_serve)?;
        let server = embedded.listen(self.listen, self.settings(), log).await?;
        if let Some(file) = new_credentials {
            output::note(&format!("the root user's access key is in `{}`", file.display()));
        }
        let address = server.local_addr().map_err(cannot_serve)?;
        output::print(&format!("listening on http://{address}"))?;
        server.serve(signals.first()).await;
        drop(upkeep);
        Ok(())
    }

    fn settings(&self) -> Settings {
        let mut settings = Settings {
            region: self.region.clone(),
            legacy: if self.allow_sigv2 { Legacy::Accept } else { Legacy::Refuse },
            trusted_proxies: self.trusted_proxy.clone(),
            ..Settings::default()
        };
        settings.domains.extend(self.domain.iter().cloned());
        settings
    }
}

fn network(text: &str) -> Result<Network, &'static str> {
    Network::parse(text).ok_or("not an address or a network such as 10.0.0.0/8")
}

fn cannot_serve(error: io::Error) -> Failure {
    Failure {
        error: format!("cannot serve: {error}"),
        hint: "the machine is short of something; see its limits with `ulimit -a`".into(),
        exit: Exit::Failed,
    }
}
