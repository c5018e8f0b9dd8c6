//! Compiles a policy: what the grammar asks for is asked for, and what AWS refuses is refused,
//! with the place.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>

mod actions;
mod conditions;
mod object;
mod place;
mod principals;
mod resources;
mod statement;

use alloc::boxed::Box;
use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;

use crate::json::{self, Value};
use crate::{Fault, Kind, Policy, PolicyError, Statement, public};
use object::Object;
use place::Place;
use statement::Rules;

const FIELDS: &[&str] = &["Version", "Id", "Statement"];

/// Compiles a policy.
pub(crate) fn compile(text: &str, kind: Kind<'_>) -> Result<Policy, PolicyError> {
    let root = Place::root();
    if text.len() > kind.bytes_max() {
        return Err(root.fault(Fault::TooLong(kind.bytes_max())));
    }
    let document = json::read(text).map_err(|_| root.fault(Fault::Json))?;
    let Value::Object(members) = &document else {
        return Err(root.fault(Fault::Json));
    };
    let document = Object::read(members, root, FIELDS)?;
    let variables = has_variables(&document)?;
    let id = document.text("Id")?.map(Box::from);
    let (value, place) = document.require("Statement")?;
    let rules = Rules { kind, variables };
    let statements: Vec<Statement> = match value {
        Value::List(values) if values.is_empty() => return Err(place.fault(Fault::Empty)),
        Value::List(values) => values
            .iter()
            .enumerate()
            .map(|(index, value)| rules.statement(value, place.index(index)))
            .collect::<Result<_, _>>()?,
        Value::Object(_) => Vec::from([rules.statement(value, place)?]),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) => {
            return Err(place.fault(Fault::Type("a list of statements")));
        }
    };
    demand_unique(&statements, place)?;
    let is_public = statements.iter().any(public::is_public);
    Ok(Policy { id, statements: statements.into(), is_public })
}

/// Whether the version has policy variables. Without a version it is the older one.
fn has_variables(document: &Object<'_>) -> Result<bool, PolicyError> {
    match document.get("Version") {
        None => Ok(false),
        Some((Value::Text(version), _)) if version == "2012-10-17" => Ok(true),
        Some((Value::Text(version), _)) if version == "2008-10-17" => Ok(false),
        Some((_, place)) => Err(place.fault(Fault::Version)),
    }
}

fn demand_unique(statements: &[Statement], place: Place<'_>) -> Result<(), PolicyError> {
    let mut sids = BTreeSet::new();
    for (index, statement) in statements.iter().enumerate() {
        if let Some(sid) = statement.sid()
            && !sids.insert(sid)
        {
            let at = place.index(index);
            return Err(at.field("Sid").fault(Fault::SidRepeated(String::from(sid))));
        }
    }
    Ok(())
}
