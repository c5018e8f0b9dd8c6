//! The actions of IAM.
//!
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_Operations.html>

use identity::Account;
use signature::Timestamp;

use super::{Asker, Document, Fault, Parameters};

/// Does what an action asks, if the policies of whoever asks allow it.
pub(crate) fn answer(
    _account: &Account,
    _asker: &Asker,
    action: &str,
    _parameters: &Parameters,
    _now: Timestamp,
) -> Result<Document, Fault> {
    Err(Fault::no_such_action(action))
}
