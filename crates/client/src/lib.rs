//! Talks to any S3: presigned URLs, uploads, listings, the AWS configuration.
//!
//! Floor 2: speaks HTTP. Time and environment are arguments and nothing is global: a [`Config`]
//! says where S3 is and who asks; a [`Presigner`] needs no more than that, and a [`Client`] sends.

#![forbid(unsafe_code)]

mod answer;
mod body;
mod bucket;
mod client;
mod config;
mod endpoint;
mod error;
mod limits;
mod list;
mod piece;
mod presign;
mod query;
mod target;
mod transport;
mod upload;

pub use client::{Client, Clock};
pub use config::{
    AddressingStyle, Config, ConfigFault, CredentialsSource, Explicit, Lookup, REGION_DEFAULT,
    Service,
};
pub use endpoint::{Endpoint, EndpointFault, Scheme};
pub use error::{Error, ErrorKind};
pub use list::{Entry, Listing, Page, Pages};
pub use presign::{Link, Presigner, SignatureVersion, Verb};
pub use target::{Objects, Target, TargetFault};
pub use upload::Uploaded;
