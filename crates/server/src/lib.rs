//! The S3 front door: read, verify, authorize, operate, respond, log.
//!
//! Floor 2. Each step takes the last step's evidence and returns its own (see `pipeline.rs`), so
//! that nothing happens to an object without a permit and no permit comes without a verdict on
//! the signature. [`House`] holds what requests share, [`Server`] brings them in.

#![forbid(unsafe_code)]

mod account;
mod authorize;
mod body;
mod house;
mod keys;
mod limits;
mod listen;
mod log;
mod operate;
mod origin;
mod pipeline;
mod read;
mod refusal;
mod respond;
mod verify;

pub use house::{Clock, House, Settings};
pub use listen::Server;
pub use listen::metadata::{InstanceRole, Metadata};
pub use log::AccessLog;
pub use policy::Network;
