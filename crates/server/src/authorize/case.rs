//! A request that is to be judged, and what policy is asked about it.

use std::sync::{Arc, OnceLock};

use policy::{Decision, Policies, Policy, Request};
use s3::operation::On;
use s3::{BucketName, Code, ObjectKey, Operation, Tags};
use store::VersionId;

use super::circumstances::Circumstances;
use super::denial;
use super::rulebook::Rulebook;
use crate::house::House;
use crate::origin::Origin;
use crate::read::Call;
use crate::refusal::Refusal;
use crate::verify::Caller;

/// A request with all that conditions may look at.
#[derive(Debug)]
pub(super) struct Case {
    pub(super) call: Call,
    pub(super) caller: Caller,
    pub(super) origin: Origin,
    pub(super) now_ms: u64,
    pub(super) house: Arc<House>,
    /// The rules of the bucket, as they were when the request came.
    pub(super) rules: Arc<Rulebook>,
    /// Those of the bucket that is copied from.
    pub(super) source_rules: Arc<Rulebook>,
    /// The tags of the object, once a condition has looked at them.
    pub(super) existing: Look,
    /// The tags of the object that is copied, likewise.
    pub(super) source_existing: Look,
}

/// The tags that an object had when a condition looked; none when there was no object.
#[derive(Debug, Default)]
pub(super) struct Look(OnceLock<Option<Tags>>);

impl Look {
    /// What was seen, if anybody looked.
    pub(super) fn seen(&self) -> Option<&Option<Tags>> {
        self.0.get()
    }

    /// Looks, once for all conditions of a request.
    pub(super) fn at(&self, look: impl FnOnce() -> Option<Tags>) -> Option<&Tags> {
        self.0.get_or_init(look).as_ref()
    }
}

/// One action that is asked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ask<'q> {
    pub(super) on: On,
    pub(super) action: &'q str,
    pub(super) document: Document<'q>,
    /// The tags of the object, where it was read already.
    pub(super) existing: Option<&'q Tags>,
}

/// What the body of a request says that policy may look at.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Document<'q> {
    /// Nothing.
    Nothing,
    /// It was not read yet; this is set when somebody would look.
    Unread(&'q OnceLock<()>),
    /// The tags that are put.
    Tags(&'q Tags),
    /// Where the bucket shall be.
    Location(Option<&'q str>),
    /// One of the objects that are deleted.
    Named(Named<'q>),
}

/// One of the objects that are deleted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Named<'q> {
    pub(crate) key: &'q ObjectKey,
    pub(crate) version: Option<VersionId>,
    pub(crate) etag: Option<&'q str>,
}

impl Case {
    /// Asks for one action: refused with the reason that the caller may know, and the operator's.
    pub(super) fn demand(&self, ask: &Ask<'_>) -> Result<(), Refusal> {
        let resource = self.resource(ask);
        let circumstances = Circumstances { case: self, ask };
        let request = self.request(ask, &resource, &circumstances);
        let rules = self.rules(ask.on);
        let resource = rules.map_or(Ok(None), Rulebook::policy).map_err(denial::unreadable)?;
        let block = rules.map(|rules| rules.block).unwrap_or_default();
        let permissions = self.caller.permissions();
        let policies = Policies { resource, block, ..permissions.policies() };
        match policy::decide(&request, &policies) {
            Decision::Allow(_) => Ok(()),
            Decision::Deny(reason) => Err(denial::refusal(&request, reason)),
        }
    }

    /// Whether `policy`, were it the bucket's, would deny the caller this action on it.
    pub(super) fn would_be_denied(&self, policy: &Policy, action: &str) -> bool {
        let ask = Ask { on: On::Bucket, action, document: Document::Nothing, existing: None };
        let resource = self.resource(&ask);
        let circumstances = Circumstances { case: self, ask: &ask };
        let request = self.request(&ask, &resource, &circumstances);
        let permissions = self.caller.permissions();
        let policies = Policies { resource: Some(policy), ..permissions.policies() };
        let decision = policy::decide(&request, &policies);
        matches!(decision, Decision::Deny(policy::Reason::ExplicitDeny(_)))
    }

    /// The refusal of a policy that would let the public in.
    pub(super) fn public_policy_blocked(&self) -> Refusal {
        let action = "s3:PutBucketPolicy";
        let ask = Ask { on: On::Bucket, action, document: Document::Nothing, existing: None };
        let resource = self.resource(&ask);
        let circumstances = Circumstances { case: self, ask: &ask };
        denial::of_public_policy(&self.request(&ask, &resource, &circumstances))
    }

    /// Refuses who cannot be judged, for the policy cannot be read. The root user can always put
    /// another one.
    pub(super) fn check_rules(&self) -> Result<(), Refusal> {
        let is_mending = matches!(
            self.call.row.operation,
            Operation::GetBucketPolicy | Operation::PutBucketPolicy | Operation::DeleteBucketPolicy
        );
        if is_mending && matches!(self.caller.principal(), policy::Principal::Root { .. }) {
            return Ok(());
        }
        for rules in [&self.rules, &self.source_rules] {
            rules.policy().map_err(denial::unreadable)?;
        }
        Ok(())
    }

    fn request<'r>(
        &'r self,
        ask: &Ask<'r>,
        resource: &'r str,
        circumstances: &'r Circumstances<'_>,
    ) -> Request<'r> {
        Request {
            principal: self.caller.principal(),
            action: self.action(ask),
            resource,
            owner: identity::ACCOUNT_ID,
            context: circumstances,
        }
    }

    /// The rules of the bucket that is asked about. A bucket that is to be made has none yet.
    fn rules(&self, on: On) -> Option<&Rulebook> {
        match on {
            On::Service => None,
            On::Bucket if self.call.row.operation == Operation::CreateBucket => None,
            On::Bucket | On::Object | On::Named => Some(&self.rules),
            On::Source | On::SourceBucket => Some(&self.source_rules),
        }
    }

    /// The action, which is another one for a version of what is copied.
    pub(super) fn action<'q>(&self, ask: &Ask<'q>) -> &'q str {
        let of_version = self.call.source.as_ref().is_some_and(|source| source.version.is_some());
        match ask.action {
            "s3:GetObject" if ask.on == On::Source && of_version => "s3:GetObjectVersion",
            "s3:GetObjectTagging" if ask.on == On::Source && of_version => {
                "s3:GetObjectVersionTagging"
            }
            action => action,
        }
    }

    fn resource(&self, ask: &Ask<'_>) -> String {
        let call = &self.call;
        let bucket = call.bucket.as_ref().map_or("*", BucketName::as_str);
        let key = match ask.document {
            Document::Named(named) => named.key.as_str(),
            Document::Nothing | Document::Unread(_) | Document::Tags(_) | Document::Location(_) => {
                call.key.as_ref().map_or("", ObjectKey::as_str)
            }
        };
        match (ask.on, &call.source) {
            (On::Service, _) => "arn:aws:s3:::*".to_owned(),
            (On::Source, Some(source)) => format!("arn:aws:s3:::{}/{}", source.bucket, source.key),
            (On::SourceBucket, Some(source)) => format!("arn:aws:s3:::{}", source.bucket),
            (On::Bucket, _) | (On::SourceBucket, None) => format!("arn:aws:s3:::{bucket}"),
            (On::Object | On::Named, _) | (On::Source, None) => {
                format!("arn:aws:s3:::{bucket}/{key}")
            }
        }
    }

    /// What is known of the tags of the object that is asked about.
    pub(super) fn look(&self, on: On) -> Option<&Look> {
        match on {
            On::Object => Some(&self.existing),
            On::Source => Some(&self.source_existing),
            On::Service | On::Bucket | On::SourceBucket | On::Named => None,
        }
    }

    /// Looks a bucket's rules up.
    pub(super) fn rulebook(
        house: &House,
        bucket: Option<&BucketName>,
    ) -> Result<Arc<Rulebook>, Refusal> {
        let Some(bucket) = bucket else {
            return Ok(Arc::default());
        };
        house.rulebooks.of(&house.store, bucket).map_err(|error| {
            Refusal::new(Code::InternalError)
                .because(format!("the rules of the bucket cannot be read: {error}"))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::authorize::{Presented, permit};
    use crate::read;
    use identity::{Account, MasterKeys};
    use policy::{Context as _, Key, Kind};
    use store::{Configuration, Store};

    fn account() -> Arc<Account> {
        let keys = MasterKeys::parse(&format!("{}=", "A".repeat(43))).unwrap();
        let root = signature::Credentials::new("AKIA", "secret", None);
        Arc::new(Account::open(Arc::new(ledger::Memory::new()), keys, root).unwrap())
    }

    fn house() -> (tempfile::TempDir, Arc<House>) {
        let dir = tempfile::tempdir().unwrap();
        let house = House::new(
            Store::open(dir.path()).unwrap(),
            account(),
            crate::Settings::default(),
            Arc::new(|| 0),
            crate::AccessLog::to(std::io::sink()).unwrap(),
        );
        (dir, Arc::new(house.unwrap()))
    }

    fn presented(method: &str, target: &str) -> Presented {
        let request = http::Request::builder().method(method).uri(target).header("host", "h");
        let received = read::request(request.body(()).unwrap().into_parts().0, &[]).unwrap();
        let caller = Caller::Anonymous;
        let call = received.call(&caller).unwrap();
        let peer = std::net::Ipv4Addr::LOCALHOST.into();
        let origin = Origin::of(peer, &http::HeaderMap::new(), &[]);
        Presented { call, caller, origin, now_ms: 0 }
    }

    fn case(house: &Arc<House>, method: &str, target: &str) -> Case {
        let Presented { call, caller, origin, now_ms } = presented(method, target);
        Case {
            call,
            caller,
            origin,
            now_ms,
            house: Arc::clone(house),
            rules: Arc::default(),
            source_rules: Arc::default(),
            existing: Look::default(),
            source_existing: Look::default(),
        }
    }

    #[test]
    fn nobody_is_judged_by_a_policy_that_cannot_be_read() {
        let (_dir, house) = house();
        let bucket = BucketName::parse("bucket").unwrap();
        house.store.create_bucket(&bucket, 0).wait().unwrap();
        let put =
            house.store.configure(&bucket, Configuration::Policy, Some(b"no policy".to_vec()));
        put.wait().unwrap();
        for (method, target) in [("GET", "/bucket/key"), ("DELETE", "/bucket?policy")] {
            let refusal = permit(presented(method, target), &house).unwrap_err();
            assert_eq!(refusal.code(), Code::InternalError);
            assert!(refusal.why().unwrap().contains("cannot be read"), "{refusal:?}");
        }
    }

    #[test]
    fn a_policy_that_denies_its_author_to_mend_it_is_known() {
        let (_dir, house) = house();
        let case = case(&house, "PUT", "/bucket?policy");
        let policy = |effect, action| {
            let text = format!(
                r#"{{"Statement": {{"Effect": "{effect}", "Principal": "*", "Action": "{action}",
                     "Resource": "arn:aws:s3:::bucket"}}}}"#
            );
            Policy::parse(&text, Kind::Resource { bucket: "bucket" }).unwrap()
        };
        let is_denied = |policy: Policy| case.would_be_denied(&policy, "s3:PutBucketPolicy");
        assert!(is_denied(policy("Deny", "s3:*")));
        assert!(!is_denied(policy("Deny", "s3:GetBucketPolicy")));
        assert!(!is_denied(policy("Allow", "s3:*")));
    }

    #[test]
    fn the_location_of_a_new_bucket_is_what_its_document_says() {
        let (_dir, house) = house();
        let case = case(&house, "PUT", "/bucket");
        let asked = OnceLock::new();
        let values = |document| {
            let action = "s3:CreateBucket";
            let ask = Ask { on: On::Bucket, action, document, existing: None };
            let key = Key::parse("s3:locationconstraint").unwrap();
            let mut values = Vec::new();
            let circumstances = Circumstances { case: &case, ask: &ask };
            circumstances.values(&key, &mut |value| values.push(value.to_owned()));
            values
        };
        assert_eq!(values(Document::Location(Some("eu-west-1"))), ["eu-west-1"]);
        assert!(values(Document::Location(None)).is_empty());
        assert!(values(Document::Unread(&asked)).is_empty() && asked.get().is_some());
    }
}
