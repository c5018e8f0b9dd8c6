//! The commands: one file each, and the list of them.

mod presign;
mod serve;
mod share;

use clap::{Parser, Subcommand};

use crate::failure::Failure;

/// Temporary ways to private S3 objects: links you can hand out, check and take back
#[derive(Debug, Parser)]
#[command(name = "hallpass", version)]
pub(crate) struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// One command.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Put a file where only a link leads, and print the link
    Share(share::Share),
    /// Print a presigned URL, made offline
    Presign(presign::Presign),
    /// Serve a private S3 store from a folder
    Serve(serve::Serve),
}

impl Command {
    /// Does it.
    pub(crate) fn run(&self) -> Result<(), Failure> {
        match self {
            Self::Share(share) => share.run(),
            Self::Presign(presign) => presign.run(),
            Self::Serve(serve) => serve.run(),
        }
    }
}
