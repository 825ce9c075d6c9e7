//! Decides flags.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use serde_json::Value;

use super::doubt::Doubt;
use super::operators::Rules;
use super::{Answer, Circumstances, Definitions, Inconclusive, Place, Reason, Subject};
use super::{hash, javascript};

/// How deep flags and cohorts may be within each other.
const MAX_DEPTH: usize = 64;

/// What has been found out, so that nothing is asked twice.
pub(super) type Found<K, T> = RefCell<BTreeMap<K, Result<T, Doubt>>>;

/// One call, with what it has found out so far.
pub(super) struct Evaluator<'a> {
    pub(super) definitions: &'a Definitions,
    pub(super) subject: &'a Subject,
    pub(super) circumstances: &'a Circumstances,
    /// The answers of flags that others depend on.
    pub(super) answers: Found<String, Answer>,
    /// Who is in a cohort: the group of this type, or the person.
    pub(super) members: Found<(String, Option<&'a str>), bool>,
    depth: Cell<usize>,
}

/// What a flag has come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Decision {
    pub(super) answer: Answer,
    pub(super) condition: Option<usize>,
    pub(super) reason: Reason,
}

impl Decision {
    /// Off, not because of one of the conditions.
    pub(super) fn off(reason: Reason) -> Self {
        Self {
            answer: Answer::Off,
            condition: None,
            reason,
        }
    }
}

impl<'a> Evaluator<'a> {
    pub(super) fn new(
        definitions: &'a Definitions,
        subject: &'a Subject,
        circumstances: &'a Circumstances,
    ) -> Self {
        Self {
            definitions,
            subject,
            circumstances,
            answers: Found::default(),
            members: Found::default(),
            depth: Cell::new(0),
        }
    }

    pub(super) fn is_server(&self) -> bool {
        self.circumstances.place == Place::Server
    }

    pub(super) fn rules(&self) -> Rules<'a> {
        Rules {
            circumstances: self.circumstances,
            is_strict: self.definitions.compares_strictly,
        }
    }

    /// Decides the flag. On a server, what cannot be decided is off.
    pub(super) fn decide(&self, flag: &Value) -> Result<Decision, Doubt> {
        match self.try_to_decide(flag) {
            Err(_) if self.is_server() => Ok(Decision::off(Reason::NoConditionMatch)),
            decided => decided,
        }
    }

    /// Finds something out, once a call.
    ///
    /// It is in doubt while it is being found out: so what is within itself comes to an end.
    pub(super) fn once<K: Clone + Ord, T: Clone>(
        &self,
        found: &Found<K, T>,
        key: K,
        find: impl FnOnce() -> Result<T, Doubt>,
    ) -> Result<T, Doubt> {
        if let Some(known) = found.borrow().get(&key) {
            return known.clone();
        }
        found
            .borrow_mut()
            .insert(key.clone(), Err(Doubt::UNSUPPORTED));
        let depth = self.depth.get();
        let result = if depth < MAX_DEPTH {
            self.depth.set(depth + 1);
            let result = find();
            self.depth.set(depth);
            result
        } else {
            Err(Doubt::UNSUPPORTED)
        };
        found.borrow_mut().insert(key, result.clone());
        result
    }

    fn try_to_decide(&self, flag: &Value) -> Result<Decision, Doubt> {
        if !javascript::is_truthy(flag.get("active")) {
            return Ok(Decision::off(Reason::Disabled));
        }
        let is_continuous = javascript::is_truthy(flag.get("ensure_experience_continuity"));
        if is_continuous && !self.is_server() {
            return Err(Doubt::open(Inconclusive::ExperienceContinuity));
        }
        let filters = &flag["filters"];
        let bucket = match given(filters, "aggregation_group_type_index") {
            Some(index) => {
                let group_type = self
                    .definitions
                    .group_type(index)
                    .ok_or(Doubt::UNSUPPORTED)?;
                match self.subject.group(group_type) {
                    Some(bucket) => bucket,
                    None => return Ok(Decision::off(Reason::NoGroup)),
                }
            }
            None => self.subject.person(flag).map_err(|missing| {
                let reason = self.unsupported(flag);
                reason.map_or(missing, Doubt::open)
            })?,
        };
        if let Some(held) = hash::holdout(filters.get("holdout"), &bucket.id) {
            return Ok(Decision {
                answer: Answer::Variant(held),
                condition: None,
                reason: Reason::Holdout,
            });
        }
        self.walk_conditions(flag, &bucket)
    }
}

/// A member that is there and not `null`.
pub(super) fn given<'v>(value: &'v Value, name: &str) -> Option<&'v Value> {
    value.get(name).filter(|value| !value.is_null())
}

/// A list, or none where there is something that JavaScript takes for false.
pub(super) fn list<'v>(value: &'v Value, name: &str) -> Result<&'v [Value], Doubt> {
    match value.get(name) {
        Some(Value::Array(items)) => Ok(items),
        value if javascript::is_truthy(value) => Err(Doubt::Malformed),
        _ => Ok(&[]),
    }
}
