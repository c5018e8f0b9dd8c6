//! What would policy say? Policies are asked about actions that nobody does.
//!
//! The same decision as for a real request, and which statements made it. Of what a condition
//! looked for and nobody gave, the keys are told.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html>

mod case;
mod position;
mod sources;
mod who;

use identity::limits::{PAGE_ITEMS_DEFAULT, PAGE_ITEMS_MAX};
use policy::{Key, Kind, Policy, Values};
use s3::xml::Writer;

use super::authorize::Permit;
use super::invalid;
use crate::account::Fault;
use crate::account::page::end;
use case::Case;
use sources::{Sources, input};
use who::Who;

/// The policies of a user, group or role, and more.
pub(super) fn principal(call: &Permit<'_>, xml: &mut Writer) -> Result<(), Fault> {
    let arn = call.required("PolicySourceArn")?;
    let mut sources = sources::of(call.account, arn)?;
    sources.add(call)?;
    let who = match call.get("CallerArn") {
        Some(arn) => Who::of_caller(call, arn)?,
        None => Who::of_source(call, arn),
    };
    simulate(call, xml, &sources, &who)
}

/// Policies that are nobody's.
pub(super) fn custom(call: &Permit<'_>, xml: &mut Writer) -> Result<(), Fault> {
    if call.parameters.list("PolicyInputList").is_empty() {
        return Err(invalid("The request must contain the parameter PolicyInputList."));
    }
    let mut sources = Sources::default();
    sources.add(call)?;
    let who = Who::of_context(call, &context(call)?)?;
    simulate(call, xml, &sources, &who)
}

fn simulate(
    call: &Permit<'_>,
    xml: &mut Writer,
    sources: &Sources,
    who: &Who,
) -> Result<(), Fault> {
    let actions = actions(call)?;
    let mut resources = call.parameters.list("ResourceArns");
    if resources.is_empty() {
        resources.push("*");
    }
    let resource_policy = resource_policy(call, &resources)?;
    let context = context(call)?;
    let case = Case {
        sources,
        who,
        resource_policy: resource_policy.as_ref(),
        resource_text: call.get("ResourcePolicy").unwrap_or_default(),
        context: &context,
    };
    let (skipped, max) = page(call)?;
    let asked = actions.iter().flat_map(|action| resources.iter().map(move |on| (*action, *on)));
    let mut rest = asked.skip(skipped);
    xml.element("EvaluationResults", |xml| {
        for (action, resource) in rest.by_ref().take(max) {
            xml.element("member", |xml| case.write(xml, action, resource));
        }
    });
    let marker = rest.next().map(|_| (skipped + max).to_string());
    end(xml, marker.as_deref());
    Ok(())
}

/// How many results come before the page that is asked for, and how many are on it.
fn page(call: &Permit<'_>) -> Result<(usize, usize), Fault> {
    let paging = call.paging()?;
    let max = paging.max_items.unwrap_or(PAGE_ITEMS_DEFAULT);
    let skipped = paging.marker.map_or(Some(0), |marker| marker.parse().ok());
    let skipped: Option<usize> = skipped.filter(|skipped| *skipped <= usize::MAX - PAGE_ITEMS_MAX);
    match skipped {
        Some(skipped) if (1..=PAGE_ITEMS_MAX).contains(&max) => Ok((skipped, max)),
        Some(_) => Err(invalid(format!("MaxItems must be between 1 and {PAGE_ITEMS_MAX}."))),
        None => Err(invalid("Marker is none that an answer gave.")),
    }
}

fn actions<'a>(call: &Permit<'a>) -> Result<Vec<&'a str>, Fault> {
    let actions = call.parameters.list("ActionNames");
    if actions.is_empty() {
        return Err(invalid("The request must contain the parameter ActionNames."));
    }
    let is_action = |text: &&str| {
        text.split_once(':').is_some_and(|(service, name)| !service.is_empty() && !name.is_empty())
    };
    match actions.iter().find(|action| !is_action(action)) {
        Some(wrong) => Err(no_input(format!("Invalid action name: {wrong}"))),
        None => Ok(actions),
    }
}

fn context(call: &Permit<'_>) -> Result<Values, Fault> {
    let names = call.parameters.fields("ContextEntries", ".ContextKeyName");
    let mut values = Values::new();
    for (name, number) in names.iter().zip(1..) {
        let key = Key::parse(name)
            .ok_or_else(|| no_input(format!("Invalid context key name: {name}")))?;
        let of_key = format!("ContextEntries.member.{number}.ContextKeyValues");
        for value in call.parameters.list(&of_key) {
            values.push(key.clone(), value);
        }
    }
    Ok(values)
}

/// The policy of the bucket that all resources are in.
fn resource_policy(call: &Permit<'_>, resources: &[&str]) -> Result<Option<Policy>, Fault> {
    let Some(text) = call.get("ResourcePolicy") else { return Ok(None) };
    let bucket_of = |arn: &str| {
        let name = arn.strip_prefix("arn:aws:s3:::")?.split('/').next()?.to_owned();
        (!name.is_empty() && name != "*").then_some(name)
    };
    let bucket = resources.first().and_then(|arn| bucket_of(arn));
    let is_one = resources.iter().all(|arn| bucket_of(arn) == bucket);
    let Some(bucket) = bucket.filter(|_| is_one) else {
        let message = "With a ResourcePolicy, all of ResourceArns must be in one bucket.";
        return Err(Fault::sender("InvalidInput", message));
    };
    let policy = Policy::parse(text, Kind::Resource { bucket: &bucket });
    policy.map(Some).map_err(|error| input("ResourcePolicy", &error))
}

/// The refusal of a value that cannot be simulated.
fn no_input(message: String) -> Fault {
    Fault::sender("InvalidInput", message)
}
