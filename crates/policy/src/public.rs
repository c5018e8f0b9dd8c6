//! What S3 calls public, and the four switches that keep it out.
//!
//! A policy is taken for public until it is seen to be none: it lets in only fixed principals, or
//! everybody under a condition on a fixed value of a key that names where the request comes from.
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html>

use crate::condition::{Condition, Network, Operands, Quantifier};
use crate::pattern::{ArnPattern, Pattern};
use crate::principal::{Grantee, Principals};
use crate::{Effect, Policy, Statement};

/// The four switches; those of the account and of the bucket together where both have some.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "AWS's four switches, independent of each other")]
pub struct PublicAccessBlock {
    /// Public ACLs are refused when they are sent.
    pub block_public_acls: bool,
    /// Public ACLs that are there count for nothing.
    pub ignore_public_acls: bool,
    /// Public policies are refused when they are sent.
    pub block_public_policy: bool,
    /// A bucket with a public policy is open to its own account and to services alone.
    pub restrict_public_buckets: bool,
}

impl PublicAccessBlock {
    /// All four on, as for every new bucket.
    pub const ALL: Self = Self {
        block_public_acls: true,
        ignore_public_acls: true,
        block_public_policy: true,
        restrict_public_buckets: true,
    };

    /// What holds where both hold.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            block_public_acls: self.block_public_acls || other.block_public_acls,
            ignore_public_acls: self.ignore_public_acls || other.ignore_public_acls,
            block_public_policy: self.block_public_policy || other.block_public_policy,
            restrict_public_buckets: self.restrict_public_buckets || other.restrict_public_buckets,
        }
    }

    /// Whether `policy` may not be put on a bucket.
    #[must_use]
    pub fn refuses(self, policy: &Policy) -> bool {
        self.block_public_policy && policy.is_public()
    }
}

/// Keys whose fixed value says where a request comes from.
const KEYS: &[&str] = &[
    "aws:PrincipalAccount",
    "aws:PrincipalArn",
    "aws:PrincipalOrgID",
    "aws:PrincipalOrgPaths",
    "aws:SourceAccount",
    "aws:SourceArn",
    "aws:SourceIp",
    "aws:SourceOwner",
    "aws:SourceVpc",
    "aws:SourceVpce",
    "aws:VpcSourceIp",
    "aws:userid",
    "s3:DataAccessPointAccount",
    "s3:DataAccessPointArn",
];

/// Whether a statement lets in the public.
pub(crate) fn is_public(statement: &Statement) -> bool {
    let is_for_all = match &statement.principals {
        Principals::Attached => false,
        Principals::These(grantees) => grantees.contains(&Grantee::Everyone),
        Principals::Others(_) => true,
    };
    statement.effect == Effect::Allow && is_for_all && !statement.conditions.iter().any(keeps_out)
}

/// Whether a condition holds only for a fixed somebody. One that holds for an absent key does not.
fn keeps_out(condition: &Condition) -> bool {
    let operator = condition.operator;
    let name = condition.key.name();
    if operator.is_negated
        || operator.if_exists
        || operator.quantifier == Quantifier::All
        || !KEYS.contains(&name)
    {
        return false;
    }
    match &condition.operands {
        Operands::Texts(_, patterns) => patterns.iter().all(|pattern| is_fixed(name, pattern)),
        Operands::Arns(patterns) => {
            let is_fixed = |arn: &ArnPattern| arn.is_fixed(name == "s3:DataAccessPointArn");
            patterns.iter().all(is_fixed)
        }
        Operands::Networks(networks) => networks.iter().copied().all(is_small),
        Operands::Numbers(..)
        | Operands::Moments(..)
        | Operands::Binaries(_)
        | Operands::Absence(_) => false,
    }
}

fn is_fixed(name: &str, pattern: &Pattern) -> bool {
    match (name, pattern.fixed()) {
        ("aws:SourceIp", text) => text.and_then(Network::parse).is_some_and(is_small),
        // The name of an access point may be any while its account is fixed.
        ("s3:DataAccessPointArn", None) => {
            let account = pattern.prefix().and_then(|prefix| prefix.split(':').nth(4));
            let is_whole = pattern.prefix().is_some_and(|prefix| prefix.split(':').count() > 5);
            is_whole && account.is_some_and(|account| !account.is_empty())
        }
        (_, text) => text.is_some(),
    }
}

fn is_small(network: Network) -> bool {
    !network.is_broad()
}
