//! The instance that the metadata service tells of: its role, and credentials of that.
//!
//! <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/iam-roles-for-amazon-ec2.html>

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use identity::{ACCOUNT_ID, Account, AssumedRole, SessionCredentials};
use s3::hex;
use sha2::{Digest as _, Sha256};
use signature::Timestamp;

/// After so long there are new credentials. Those of before live for five hours more, and software
/// asks again in their last minutes.
const RENEWED_AFTER_SECONDS: u64 = 3600;

/// An instance with a role.
pub(super) struct Instance {
    account: Arc<Account>,
    /// The name of its role.
    pub(super) role: String,
    /// Where it is.
    pub(super) region: String,
    /// `i-` and 17 digits, the same for the same role.
    pub(super) id: String,
    /// What was made last, and when.
    held: Mutex<Option<(Timestamp, SessionCredentials)>>,
}

/// Credentials, since when they are there, and the role's ARN.
pub(super) struct Issued {
    pub(super) credentials: SessionCredentials,
    pub(super) since: Timestamp,
}

impl Instance {
    pub(super) fn new(account: Arc<Account>, role: String, region: String) -> Self {
        let digits = hex::encode(&Sha256::digest(role.as_bytes()));
        let id = format!("i-{}", digits.get(..17).unwrap_or_default());
        Self { account, role, region, id, held: Mutex::new(None) }
    }

    /// The ARN of the instance's profile, which stands for its role alone.
    pub(super) fn profile_arn(&self) -> String {
        format!("arn:aws:iam::{ACCOUNT_ID}:instance-profile/{}", self.role)
    }

    /// The id of the instance's profile: that of the role, as a profile's.
    pub(super) fn profile_id(&self) -> Option<String> {
        let role = self.account.roles().get(&self.role).ok()?;
        role.id.strip_prefix("AROA").map(|rest| format!("AIPA{rest}"))
    }

    /// The credentials of the role, new ones every hour, and at once where those of before are of
    /// no use any more.
    ///
    /// # Errors
    /// Why the instance cannot have the role.
    pub(super) fn credentials(&self, now: Timestamp) -> Result<Issued, String> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((since, credentials)) = held.as_ref().filter(|held| self.is_fresh(held, now)) {
            return Ok(Issued { credentials: credentials.clone(), since: *since });
        }
        *held = None;
        let role = self.account.roles().get(&self.role).map_err(|e| e.to_string())?;
        let made = self.account.sessions().of_instance(&role.arn, &self.id, now);
        let AssumedRole { credentials, .. } = made.map_err(|e| e.to_string())?;
        *held = Some((now, credentials.clone()));
        Ok(Issued { credentials, since: now })
    }

    fn is_fresh(&self, held: &(Timestamp, SessionCredentials), now: Timestamp) -> bool {
        let (since, credentials) = held;
        let age = now.seconds().checked_sub(since.seconds());
        let token = credentials.session_token.as_bytes();
        age.is_some_and(|age| age < RENEWED_AFTER_SECONDS)
            && self.account.resolve(&credentials.access_key_id, Some(token), now).is_ok()
    }
}

impl fmt::Debug for Instance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Instance").field("role", &self.role).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use identity::{MasterKeys, NewRole};
    use signature::Credentials;

    fn now() -> Timestamp {
        Timestamp::from_seconds(1_700_000_000)
    }
    const TRUST: &str = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow",
        "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}}"#;

    fn instance() -> Instance {
        let keys = MasterKeys::parse(&format!("{}=", "A".repeat(43))).unwrap();
        let root = Credentials::new("AKIAROOT", "secret", None);
        let account = Account::open(Arc::new(ledger::Memory::new()), keys, root).unwrap();
        Instance::new(Arc::new(account), "app".into(), "eu-west-1".into())
    }

    fn make_role(instance: &Instance) {
        let role = NewRole { name: "app", trust: TRUST, ..NewRole::default() };
        instance.account.roles().create(role, now()).unwrap();
    }

    fn access_key_id(instance: &Instance, seconds: u64) -> String {
        instance.credentials(now().plus(seconds)).unwrap().credentials.access_key_id
    }

    #[test]
    fn credentials_are_renewed_every_hour_and_live_for_six() {
        let instance = instance();
        make_role(&instance);
        let first = instance.credentials(now()).unwrap();
        assert_eq!(first.credentials.expires_at, now().plus(6 * 3600));
        assert_eq!(access_key_id(&instance, 3599), first.credentials.access_key_id);
        assert_ne!(access_key_id(&instance, 3600), first.credentials.access_key_id);
    }

    #[test]
    fn credentials_of_a_role_that_was_made_anew_are_new() {
        let instance = instance();
        make_role(&instance);
        let first = access_key_id(&instance, 0);
        instance.account.roles().delete("app").unwrap();
        assert!(instance.credentials(now()).is_err());
        make_role(&instance);
        assert_ne!(access_key_id(&instance, 1), first);
    }

    #[test]
    fn role_that_does_not_trust_instances_has_no_credentials() {
        let instance = instance();
        let trust = TRUST.replace("ec2.", "lambda.");
        let role = NewRole { name: "app", trust: &trust, ..NewRole::default() };
        instance.account.roles().create(role, now()).unwrap();
        assert!(instance.credentials(now()).is_err());
    }
}
