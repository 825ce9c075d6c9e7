//! Evaluates feature flags from their definitions, the way that PostHog and its SDKs for servers do
//! (posthog-node 5.70.0).
//!
//! [`evaluate`] is a pure function of the definitions, of who is asked about and of the [`Circumstances`]: it reads no
//! clock and asks nobody. It is for hosts, and not part of the browser build.

mod bucket;
mod cohorts;
mod conditions;
mod dates;
mod definitions;
mod dependencies;
mod doubt;
mod evaluator;
mod exact;
mod hash;
mod javascript;
mod operators;
mod pattern;
mod semver;
mod unsupported;

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt;

use jiff::tz::TimeZone;
use serde_json::{Map, Value};

pub use self::definitions::{Definitions, DefinitionsError};
use self::doubt::Doubt;
use self::evaluator::Evaluator;
use crate::core::time::WallTime;

/// Whom a flag is evaluated for.
#[derive(Clone, Debug, Default)]
pub struct Subject {
    /// Of the person. It also counts as the person property `distinct_id`, unless there is one.
    pub distinct_id: String,
    /// What conditions on persons are compared with. A flag that goes by device looks for `$device_id` here.
    pub person_properties: Map<String, Value>,
    /// The groups that the person acts for: the key of the group under the group's type.
    pub groups: BTreeMap<String, String>,
    /// What conditions on groups are compared with, under the group's type. The group's key also counts as its
    /// property `$group_key`, unless there is one.
    pub group_properties: BTreeMap<String, Map<String, Value>>,
}

/// When and where a flag is evaluated.
#[derive(Clone, Debug)]
pub struct Circumstances {
    /// What relative dates count back from.
    pub now: WallTime,
    /// What a date and time without an offset is in.
    pub zone: TimeZone,
    /// Who asks.
    pub place: Place,
}

/// How much the one who evaluates can know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// An SDK that may not know all properties, cohorts and flags: what it cannot decide is [`Inconclusive`], and to
    /// be asked of a server.
    Local,
    /// The server itself, which knows everything that will ever be known. So it always has an answer:
    ///
    /// * a flag with experience continuity is evaluated like any other;
    /// * of a property that there is not, only the operators that say `not` are true, such as `is_not_set`;
    /// * what cannot be compared, because the property or the filter is no sense, is no match;
    /// * numbers are compared as they are spelled in JSON, and regular expressions may have all of Rust's syntax;
    /// * nobody is in a cohort that there is not;
    /// * a filter on another flag needs no `dependency_chain`, and is no match if there is no such flag;
    /// * a flag whose subject has no device, or whose groups are of an unknown type, is off.
    Server,
}

/// The value of a flag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// `false`.
    Off,
    /// `true`.
    On,
    /// The variant of that name.
    Variant(String),
}

/// A flag's value and how it came about.
#[derive(Clone, Debug, PartialEq)]
pub struct Evaluation {
    /// The value.
    pub answer: Answer,
    /// What is defined for that value: JSON text is parsed, other text is given as it is.
    pub payload: Option<Value>,
    /// Which condition decided, counted from 0.
    pub condition: Option<usize>,
    /// Why.
    pub reason: Reason,
}

/// Why a flag has its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// A condition matched.
    ConditionMatch,
    /// No condition matched.
    NoConditionMatch,
    /// The properties of a condition matched, but its rollout left the subject out.
    OutOfRollout,
    /// The flag is for groups of a type that the subject has none of.
    NoGroup,
    /// The flag is switched off.
    Disabled,
    /// The subject is held out of all experiments.
    Holdout,
}

impl Reason {
    /// The word for it in answers of PostHog's `/flags`.
    pub fn code(self) -> &'static str {
        match self {
            Self::ConditionMatch => "condition_match",
            Self::NoConditionMatch => "no_condition_match",
            Self::OutOfRollout => "out_of_rollout_bound",
            Self::NoGroup => "no_group_type",
            Self::Disabled => "flag_disabled",
            Self::Holdout => "holdout_condition_value",
        }
    }
}

/// Why a flag cannot be evaluated here. If there are several reasons, the first of this list is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Inconclusive {
    /// Who has seen a value keeps it, which only the server remembers.
    ExperienceContinuity,
    /// The definition has parts that are not known here, or are no sense.
    UnsupportedDefinition,
    /// It depends on a flag that is inconclusive.
    UnresolvedDependency,
    /// A property that it depends on is missing, or cannot be compared safely.
    MissingContext,
}

impl Inconclusive {
    /// The word for it in posthog-node.
    pub fn code(self) -> &'static str {
        match self {
            Self::ExperienceContinuity => "experience_continuity",
            Self::UnsupportedDefinition => "unsupported_definition",
            Self::UnresolvedDependency => "unresolved_dependency",
            Self::MissingContext => "missing_context",
        }
    }
}

impl fmt::Display for Inconclusive {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::ExperienceContinuity => {
                "the flag keeps its value for who has seen it: ask the server"
            }
            Self::UnsupportedDefinition => {
                "the flag's definition cannot be evaluated here: ask the server, or correct it"
            }
            Self::UnresolvedDependency => {
                "the flag depends on one that cannot be evaluated here: ask the server"
            }
            Self::MissingContext => {
                "a property that the flag depends on is missing: pass it, or ask the server"
            }
        })
    }
}

impl Error for Inconclusive {}

/// Evaluates the flag with this key; `None` if there is none. On a server it is never [`Inconclusive`].
///
/// Definitions may be of any form: what posthog-node throws at is [`Inconclusive::UnsupportedDefinition`] here.
pub fn evaluate(
    definitions: &Definitions,
    key: &str,
    subject: &Subject,
    circumstances: &Circumstances,
) -> Option<Result<Evaluation, Inconclusive>> {
    let flag = definitions.flag(key)?;
    let evaluator = Evaluator::new(definitions, subject, circumstances);
    let decided = evaluator.decide(flag).map_err(Doubt::reason);
    Some(decided.map(|decision| Evaluation {
        payload: payload(flag, &decision.answer),
        answer: decision.answer,
        condition: decision.condition,
        reason: decision.reason,
    }))
}

/// What comes with that answer. What JavaScript takes for false is nothing; so is what is `null` when it is parsed.
fn payload(flag: &Value, answer: &Answer) -> Option<Value> {
    let name = match answer {
        Answer::Off => return None,
        Answer::On => "true",
        Answer::Variant(variant) => variant,
    };
    let defined = flag["filters"].get("payloads")?.get(name);
    let payload = match defined.filter(|_| javascript::is_truthy(defined))? {
        Value::String(text) => {
            serde_json::from_str(text).unwrap_or_else(|_| Value::from(text.as_str()))
        }
        payload => payload.clone(),
    };
    (!payload.is_null()).then_some(payload)
}

#[cfg(all(test, not(target_os = "unknown")))]
mod tests;
