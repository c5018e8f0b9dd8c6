//! `hallpass serve`: the embedded store behind its front door, until a signal.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use identity::Account;
use server::{AccessLog, InstanceRole, Metadata, Network, Settings};
use signature::Legacy;

use crate::embedded::Embedded;
use crate::failure::{Exit, Failure};
use crate::lifetime::Lifetime;
use crate::signals::{self, Signals};
use crate::upkeep::Upkeep;
use crate::uses::Uses;
use crate::{machine, output};

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
    #[command(flatten)]
    metadata: MetadataArguments,
}

/// The arguments of the metadata service.
#[derive(Debug, clap::Args)]
struct MetadataArguments {
    /// Hand out credentials of a role as EC2 does, on this address: software on this machine finds
    /// them with AWS_EC2_METADATA_SERVICE_ENDPOINT
    #[arg(long, value_name = "ADDR:PORT", requires = "metadata_role")]
    metadata: Option<SocketAddr>,
    /// The role, which has to trust ec2.amazonaws.com
    #[arg(long, value_name = "NAME", requires = "metadata")]
    metadata_role: Option<String>,
    /// Hand them out to other machines, too
    #[arg(long, requires = "metadata")]
    metadata_open: bool,
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
        let uses = Uses::start(Arc::clone(&embedded.account)).map_err(cannot_serve)?;
        let metadata = self.metadata(&embedded.account).await?;
        let log = AccessLog::to(io::stderr()).map_err(cannot_serve)?;
        let server = embedded.listen(self.listen, self.settings(), log).await?;
        if let Some(file) = new_credentials {
            output::note(&format!("the root user's access key is in `{}`", file.display()));
        }
        let address = server.local_addr().map_err(cannot_serve)?;
        output::print(&format!("listening on http://{address}"))?;
        let metadata = metadata.map(|metadata| tokio::spawn(metadata.serve()));
        server.serve(signals.first()).await;
        if let Some(metadata) = metadata {
            metadata.abort();
        }
        drop((upkeep, uses));
        Ok(())
    }

    /// The metadata service, when one is asked for; its address is told.
    async fn metadata(&self, account: &Arc<Account>) -> Result<Option<Metadata>, Failure> {
        let MetadataArguments { metadata: Some(address), metadata_role: Some(role), metadata_open } =
            &self.metadata
        else {
            return Ok(None);
        };
        let role = InstanceRole {
            name: role.clone(),
            region: self.region.clone(),
            is_open: *metadata_open,
        };
        let clock = machine::server_clock();
        let metadata = Metadata::bind(*address, Arc::clone(account), role, clock).await;
        let metadata = metadata.map_err(|e| Failure {
            error: format!("cannot serve metadata on `{address}`: {e}"),
            hint: "choose another address with --metadata; one that other machines reach needs \
                   --metadata-open"
                .into(),
            exit: Exit::Failed,
        })?;
        let address = metadata.local_addr().map_err(cannot_serve)?;
        output::note(&format!("metadata on http://{address}"));
        Ok(Some(metadata))
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
