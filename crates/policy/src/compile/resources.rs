//! Resources: ARNs with wildcards and variables, or `*`.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html>

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use super::object::{fault_at, texts};
use super::place::Place;
use super::statement::Rules;
use crate::json::Value;
use crate::pattern::{Pattern, Reading, Wildcards};
use crate::{Fault, Kind, PolicyError};

/// The resources as they are spelled, and compiled.
pub(super) fn read<'v>(
    value: &'v Value,
    place: &Place<'_>,
    rules: Rules<'_>,
) -> Result<(Vec<&'v str>, Box<[Pattern]>), PolicyError> {
    let texts = texts(value, place)?;
    let reading = Reading { wildcards: Wildcards::Meant, variables: rules.variables };
    let patterns = texts.iter().map(|&(text, index)| {
        demand_resource(text, rules)
            .and_then(|()| reading.pattern(text))
            .map_err(|reason| fault_at(place, index, reason))
    });
    let patterns = patterns.collect::<Result<_, _>>()?;
    Ok((texts.into_iter().map(|(text, _)| text).collect(), patterns))
}

fn demand_resource(text: &str, rules: Rules<'_>) -> Result<(), Fault> {
    if let Kind::Resource { bucket } = rules.kind {
        return if is_within(text, bucket) { Ok(()) } else { Err(Fault::Resource) };
    }
    let colons = text.matches(':').count();
    let is_arn = text.starts_with("arn:") && (colons >= 5 || text.ends_with('*'));
    if text != "*" && !is_arn {
        return Err(Fault::ResourceFormat(String::from(text)));
    }
    // Variables stand only in what the service names, behind the fifth colon.
    let front: usize = text.split(':').take(5).map(str::len).sum();
    let early = text.find("${").is_some_and(|at| at < front.saturating_add(5));
    if rules.variables && early { Err(Fault::VariablePlace) } else { Ok(()) }
}

/// Whether a resource is the bucket, or objects in it, or both with a `*` behind the name.
fn is_within(text: &str, bucket: &str) -> bool {
    let path = text.strip_prefix("arn:aws:s3:::");
    let rest = path.and_then(|path| path.strip_prefix(bucket));
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '*']))
}
