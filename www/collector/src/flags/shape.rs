//! The parts of a definition that are checked, by their types. What may be missing may also be null.

use serde::Deserialize;
use serde_json::{Map, Value};
use thiserror::Error;

#[derive(Deserialize)]
pub(super) struct Shape {
    pub(super) active: Option<bool>,
    pub(super) name: Option<String>,
    pub(super) ensure_experience_continuity: Option<bool>,
    pub(super) bucketing_identifier: Option<Bucketing>,
    pub(super) has_experiment: Option<bool>,
    pub(super) evaluation_contexts: Option<Vec<String>>,
    pub(super) early_access: Option<EarlyAccess>,
    pub(super) filters: Option<Filters>,
}

#[derive(Deserialize)]
pub(super) struct Filters {
    pub(super) groups: Option<Vec<Condition>>,
    pub(super) multivariate: Option<Multivariate>,
    pub(super) payloads: Option<Map<String, Value>>,
    pub(super) aggregation_group_type_index: Option<u8>,
    pub(super) early_exit: Option<bool>,
    pub(super) holdout: Option<Map<String, Value>>,
}

#[derive(Deserialize)]
pub(super) struct Condition {
    pub(super) properties: Option<Vec<Property>>,
    pub(super) rollout_percentage: Option<Percentage>,
    pub(super) variant: Option<String>,
    pub(super) aggregation_group_type_index: Option<u8>,
}

#[derive(Deserialize)]
pub(super) struct Property {
    pub(super) key: String,
    #[serde(rename = "type")]
    pub(super) kind: Option<Kind>,
    pub(super) operator: Option<Operator>,
    pub(super) value: Option<Value>,
}

#[derive(Deserialize)]
pub(super) struct Multivariate {
    pub(super) variants: Vec<Variant>,
}

#[derive(Deserialize)]
pub(super) struct Variant {
    pub(super) key: String,
    pub(super) rollout_percentage: Percentage,
}

/// A share of all, from 0 to 100.
#[derive(Clone, Copy, Deserialize)]
#[serde(try_from = "f64")]
pub(super) struct Percentage(pub(super) f64);

#[derive(Debug, Error)]
#[error("a percentage is between 0 and 100, and not {0}")]
pub(super) struct NoPercentage(f64);

#[derive(Deserialize)]
pub(super) struct EarlyAccess {
    pub(super) name: Option<String>,
    pub(super) description: Option<String>,
    pub(super) stage: Option<Stage>,
    pub(super) documentation_url: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Stage {
    Draft,
    Concept,
    Alpha,
    Beta,
    GeneralAvailability,
    Archived,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Bucketing {
    DistinctId,
    DeviceId,
    #[serde(rename = "")]
    Unsaid,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Kind {
    Person,
    Group,
    Cohort,
    Flag,
}

#[derive(Deserialize, PartialEq)]
#[serde(rename_all = "snake_case")]
pub(super) enum Operator {
    Exact,
    IsNot,
    IsSet,
    IsNotSet,
    Icontains,
    NotIcontains,
    StartsWith,
    NotStartsWith,
    EndsWith,
    NotEndsWith,
    Regex,
    NotRegex,
    Gt,
    Gte,
    Lt,
    Lte,
    IsDateBefore,
    IsDateAfter,
    SemverEq,
    SemverNeq,
    SemverGt,
    SemverGte,
    SemverLt,
    SemverLte,
    SemverTilde,
    SemverCaret,
    SemverWildcard,
    In,
    NotIn,
    FlagEvaluatesTo,
}

impl TryFrom<f64> for Percentage {
    type Error = NoPercentage;

    fn try_from(value: f64) -> Result<Self, NoPercentage> {
        if (0.0..=100.0).contains(&value) {
            Ok(Self(value))
        } else {
            Err(NoPercentage(value))
        }
    }
}
