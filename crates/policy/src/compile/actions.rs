//! Actions: `service:name` with wildcards in the name, or `*`.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html>

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::object::{fault_at, texts};
use super::place::Place;
use crate::catalog::{ACTIONS, On};
use crate::json::Value;
use crate::pattern::{Case, Pattern, Reading, Wildcards};
use crate::{Fault, Kind, PolicyError};

/// Actions have no variables.
const READING: Reading = Reading { wildcards: Wildcards::Meant, variables: false };

pub(super) fn read(
    value: &Value,
    place: &Place<'_>,
    kind: Kind<'_>,
) -> Result<Box<[Pattern]>, PolicyError> {
    let texts = texts(value, place)?;
    let patterns = texts.into_iter().map(|(text, index)| {
        demand_action(text, kind)
            .and_then(|()| READING.pattern(text))
            .map_err(|reason| fault_at(place, index, reason))
    });
    patterns.collect()
}

fn demand_action(text: &str, kind: Kind<'_>) -> Result<(), Fault> {
    let is_of = |bytes: &str, more: &[u8]| {
        !bytes.is_empty() && bytes.bytes().all(|b| b.is_ascii_alphanumeric() || more.contains(&b))
    };
    let parts = text.split_once(':');
    let is_action = text == "*"
        || parts.is_some_and(|(service, name)| is_of(service, b"-") && is_of(name, b"*?-_."));
    match kind {
        Kind::Resource { .. } if !is_known(text) => Err(Fault::Action),
        Kind::Trust if !parts.is_some_and(|(service, _)| service.eq_ignore_ascii_case("sts")) => {
            Err(Fault::TrustAction)
        }
        Kind::Identity | Kind::Boundary | Kind::Session | Kind::Resource { .. } | Kind::Trust => {
            if is_action {
                Ok(())
            } else {
                Err(Fault::Vendor)
            }
        }
    }
}

/// Whether S3 has an action of this name.
fn is_known(text: &str) -> bool {
    let pattern = READING.pattern(text).ok();
    pattern.is_some_and(|pattern| {
        ACTIONS.iter().any(|(name, _)| pattern.matches_plainly(name, Case::AsciiIgnored))
    })
}

/// Whether every action can be done to one of the resources, buckets or objects; no resources
/// stand for both.
pub(super) fn apply(actions: &[Pattern], resources: &[&str], bucket: &str) -> bool {
    let kinds: Vec<On> = resources.iter().flat_map(|text| kinds(text, bucket)).collect();
    let is_met = |on: On| kinds.is_empty() || kinds.contains(&on);
    actions.iter().all(|pattern| {
        let mut known =
            ACTIONS.iter().filter(|(name, _)| pattern.matches_plainly(name, Case::AsciiIgnored));
        known.any(|&(_, on)| is_met(on))
    })
}

/// What a resource of a bucket policy can be: the bucket itself, objects, or either.
fn kinds(text: &str, bucket: &str) -> impl Iterator<Item = On> {
    let path = text.split(':').nth(5).unwrap_or("");
    let rest = path.strip_prefix(bucket).unwrap_or(path);
    let has_bucket = rest.is_empty() || rest.starts_with('*');
    let has_objects = rest.starts_with('/') || rest.starts_with('*');
    [(has_bucket, On::Bucket), (has_objects, On::Object)]
        .into_iter()
        .filter_map(|(is_so, on)| is_so.then_some(on))
}
