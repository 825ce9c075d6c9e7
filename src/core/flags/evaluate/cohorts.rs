//! Cohorts: groups of filters that have a name.

use serde_json::Value;

use super::bucket::Bucket;
use super::doubt::{Doubt, Doubts};
use super::evaluator::Evaluator;
use super::{Inconclusive, javascript};

/// Only a server can tell who is in the cohort.
const UNKNOWN: Doubt = Doubt::Server(Inconclusive::UnsupportedDefinition);

impl<'a> Evaluator<'a> {
    /// Whether the subject is in the cohort that the filter names, or is not if that is what it wants.
    ///
    /// A cohort that is not known here is one whose members have been listed. On a server nobody is in it.
    pub(super) fn try_cohort(&self, filter: &Value, bucket: &Bucket<'a>) -> Result<bool, Doubt> {
        let id = javascript::text(filter.get("value"));
        let is_in = match self.definitions.cohorts.get(&id) {
            Some(cohort) => self.once(&self.members, (id, bucket.group_type), || {
                self.try_group(cohort, bucket)
            })?,
            None if self.is_server() => false,
            None => return Err(UNKNOWN),
        };
        let wants_in = filter.get("operator").and_then(Value::as_str) != Some("not_in");
        Ok(is_in == wants_in)
    }

    /// Whether all filters of the group match, or any, as its type says. Doubt matters only if nothing else decides.
    fn try_group(&self, group: &Value, bucket: &Bucket<'a>) -> Result<bool, Doubt> {
        if is_empty(group) {
            return Ok(true);
        }
        let wants_all = match group.get("type").and_then(Value::as_str) {
            Some("AND" | "property") => true,
            Some("OR") => false,
            _ => return Err(UNKNOWN),
        };
        let values = match group.get("values") {
            Some(Value::Array(values)) => values.as_slice(),
            values if javascript::is_truthy(values) => return Err(Doubt::Malformed),
            _ => &[],
        };
        // The first tells of what kind all are.
        let are_groups = values
            .first()
            .is_some_and(|first| first.get("values").is_some());
        let mut doubts = Doubts::default();
        for value in values {
            let found = if are_groups {
                self.try_group(value, bucket)
            } else {
                let is_negated = javascript::is_truthy(value.get("negation"));
                self.try_property(value, bucket)
                    .map(|is_match| is_match != is_negated)
            };
            match found {
                Ok(is_match) if is_match != wants_all => return Ok(is_match),
                Ok(_) => {}
                Err(Doubt::Open { reason, by_pattern }) => doubts.note(reason, by_pattern),
                Err(doubt) => return Err(doubt),
            }
        }
        doubts.settle()?;
        Ok(wants_all)
    }
}

/// Whether there is nothing in it, as JavaScript sees it.
fn is_empty(group: &Value) -> bool {
    match group {
        Value::Object(members) => members.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::String(text) => text.is_empty(),
        Value::Null | Value::Bool(_) | Value::Number(_) => true,
    }
}
