//! Who asks in the cases, from `askers.json`.

use std::collections::BTreeMap;
use std::fs;

use policy::Principal;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(tag = "type")]
pub(crate) enum Asker {
    Anonymous,
    Root { account: String, arn: String },
    User { account: String, arn: String, name: String, id: String },
    Session { account: String, behind: String, arn: String, id: String },
    FederatedUser { account: String, behind: String, arn: String, id: String },
    Federated { name: String },
    Service { name: String },
}

#[derive(Deserialize)]
struct Askers {
    principals: BTreeMap<String, Asker>,
}

pub(crate) fn read() -> BTreeMap<String, Asker> {
    let text = fs::read_to_string(super::folder().join("askers.json")).unwrap();
    serde_json::from_str::<Askers>(&text).unwrap().principals
}

impl Asker {
    pub(crate) fn principal(&self) -> Principal<'_> {
        match self {
            Self::Anonymous => Principal::Anonymous,
            Self::Root { account, arn } => Principal::Root { account, arn },
            Self::User { account, arn, name, id } => Principal::User { account, arn, name, id },
            Self::Session { account, behind: role_arn, arn, id } => {
                Principal::Session { account, role_arn, arn, id }
            }
            Self::FederatedUser { account, behind: user_arn, arn, id } => {
                Principal::FederatedUser { account, user_arn, arn, id }
            }
            Self::Federated { name: provider } => Principal::Federated { provider },
            Self::Service { name } => Principal::Service { name },
        }
    }
}
