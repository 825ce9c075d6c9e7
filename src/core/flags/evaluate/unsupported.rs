//! Which definitions an SDK can never evaluate, whoever is asked about.

use std::collections::BTreeSet;

use serde_json::Value;

use super::doubt::Doubt;
use super::evaluator::{Evaluator, given, list};
use super::{Inconclusive, javascript, operators};

impl Evaluator<'_> {
    /// Why the flag's definition can never be evaluated here, if that is so.
    pub(super) fn unsupported(&self, flag: &Value) -> Option<Inconclusive> {
        if javascript::is_truthy(flag.get("ensure_experience_continuity")) {
            return Some(Inconclusive::ExperienceContinuity);
        }
        let group = given(&flag["filters"], "aggregation_group_type_index");
        let is_unknown = group.is_some_and(|index| self.definitions.group_type(index).is_none());
        let has_unsupported = || self.has_unsupported(flag).unwrap_or_default();
        (is_unknown || has_unsupported()).then_some(Inconclusive::UnsupportedDefinition)
    }

    fn has_unsupported(&self, flag: &Value) -> Result<bool, Doubt> {
        let mut seen = BTreeSet::new();
        for condition in list(&flag["filters"], "groups")? {
            for filter in list(condition, "properties")? {
                if self.is_unsupported(filter, &mut seen)? {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// `seen` has the ids of cohorts that have been looked into.
    fn is_unsupported(&self, filter: &Value, seen: &mut BTreeSet<String>) -> Result<bool, Doubt> {
        match filter.get("type").and_then(Value::as_str) {
            Some("flag") => {
                let chain = filter.get("dependency_chain").and_then(Value::as_array);
                let is_known = |key: &Value| self.definitions.has(&javascript::text(Some(key)));
                Ok(!chain.is_some_and(|keys| !keys.is_empty() && keys.iter().all(is_known)))
            }
            Some("cohort") => {
                let id = javascript::text(filter.get("value"));
                match self.definitions.cohorts.get(&id) {
                    None => Ok(true),
                    Some(cohort) if seen.insert(id) => self.has_unsupported_value(cohort, seen),
                    Some(_) => Ok(false),
                }
            }
            _ => Ok(operators::check(filter, self.circumstances).is_err()),
        }
    }

    fn has_unsupported_value(
        &self,
        group: &Value,
        seen: &mut BTreeSet<String>,
    ) -> Result<bool, Doubt> {
        for value in list(group, "values")? {
            let is_unsupported = if value.get("values").is_some() {
                self.has_unsupported_value(value, seen)?
            } else {
                self.is_unsupported(value, seen)?
            };
            if is_unsupported {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
