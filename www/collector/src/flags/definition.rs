//! What a flag is defined by: PostHog's format, with defaults for what is missing and a reason for what is refused.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};
use thiserror::Error;

use super::shape::{Condition, Filters, Operator, Shape};

/// The longest key that PostHog takes, in characters.
pub const MAX_KEY_LENGTH: usize = 400;

/// What is said about a flag by the database, and never by its definition.
const OF_THE_DATABASE: [&str; 5] = ["id", "token", "key", "version", "updated_at"];

/// Percentages such as 33.33, 33.33 and 33.34 may add up to a little more than 100.
const ROUNDING: f64 = 1e-6;

/// The definition of a flag, known to be one. Members that PostHog knows and the collector does not are kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Definition(Map<String, Value>);

/// Why a definition is refused.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum DefinitionError {
    /// Not JSON.
    #[error("the definition is not JSON: {0}")]
    Json(serde_json::Error),
    /// JSON, but not an object.
    #[error("the definition must be an object; {{}} is on for everybody")]
    Shape,
    /// A member of a wrong type or value.
    #[error("{path}: {source}")]
    Member {
        /// For instance `filters.groups[0].rollout_percentage`.
        path: String,
        /// What is wrong with it.
        source: serde_json::Error,
    },
    /// The key is empty or too long.
    #[error("the key of a flag has 1 to {MAX_KEY_LENGTH} characters")]
    Key,
    /// The definition says another key than the address.
    #[error("the definition has the key {0:?}, and its address another one")]
    OtherKey(String),
    /// Two variants share a key.
    #[error("filters.multivariate.variants: {0:?} is there twice")]
    TwiceTheVariant(String),
    /// The variants have more than all.
    #[error("filters.multivariate.variants: the percentages add up to {0}, which is more than 100")]
    TooManyPercent(f64),
    /// A condition or a payload is for a variant that the flag does not have.
    #[error("{path}: the flag has no variant {variant:?}")]
    NoSuchVariant {
        /// Where it is named.
        path: String,
        /// Its name.
        variant: String,
    },
    /// A property has nothing to be compared with.
    #[error("{0}.value is missing: only is_set and is_not_set go without")]
    NoValue(String),
}

impl Definition {
    /// Reads the definition of the flag with this key.
    pub fn read(key: &str, text: &[u8]) -> Result<Self, DefinitionError> {
        Self::from_value(
            key,
            serde_json::from_slice(text).map_err(DefinitionError::Json)?,
        )
    }

    /// The same from JSON that has been parsed.
    pub fn from_value(key: &str, value: Value) -> Result<Self, DefinitionError> {
        if key.is_empty() || key.chars().count() > MAX_KEY_LENGTH {
            return Err(DefinitionError::Key);
        }
        let Value::Object(mut members) = value else {
            return Err(DefinitionError::Shape);
        };
        if let Some(Value::String(other)) = members.get("key").filter(|other| *other != key) {
            return Err(DefinitionError::OtherKey(other.clone()));
        }
        members.retain(|name, _| !OF_THE_DATABASE.contains(&name.as_str()));
        let value = Value::Object(members);
        let shape: Shape =
            serde_path_to_error::deserialize(&value).map_err(|error| DefinitionError::Member {
                path: error.path().to_string(),
                source: error.into_inner(),
            })?;
        shape.filters.as_ref().map_or(Ok(()), Filters::check)?;
        Ok(Self::completed(value))
    }

    /// As it is stored and given back.
    pub fn members(&self) -> &Map<String, Value> {
        &self.0
    }

    fn completed(value: Value) -> Self {
        let defaults = json!({
            "active": true,
            "filters": {
                "groups": [{ "properties": [], "rollout_percentage": 100 }],
                "multivariate": null,
                "payloads": {},
            },
        });
        match (value, defaults) {
            (Value::Object(mut members), Value::Object(defaults)) => {
                complete(&mut members, defaults);
                Self(members)
            }
            _ => unreachable!("a definition has been found to be an object"),
        }
    }
}

/// Adds what is missing or null.
fn complete(members: &mut Map<String, Value>, defaults: Map<String, Value>) {
    for (name, default) in defaults {
        match (members.get_mut(&name), default) {
            (Some(Value::Object(inner)), Value::Object(defaults)) => complete(inner, defaults),
            (None | Some(Value::Null), default) => {
                members.insert(name, default);
            }
            _ => {}
        }
    }
}

impl Filters {
    fn check(&self) -> Result<(), DefinitionError> {
        let variants = self
            .multivariate
            .as_ref()
            .map_or(&[][..], |multivariate| &multivariate.variants);
        let mut names = BTreeSet::new();
        if let Some(twice) = variants.iter().find(|variant| !names.insert(&*variant.key)) {
            return Err(DefinitionError::TwiceTheVariant(twice.key.clone()));
        }
        let sum: f64 = variants
            .iter()
            .map(|variant| variant.rollout_percentage.0)
            .sum();
        if sum > 100.0 + ROUNDING {
            return Err(DefinitionError::TooManyPercent(sum));
        }
        for (index, condition) in self.groups.iter().flatten().enumerate() {
            condition.check(&format!("filters.groups[{index}]"), &names)?;
        }
        let is_payload_of =
            |name: &str| name == "true" || name.starts_with("holdout-") || names.contains(name);
        let mut payloads = self.payloads.iter().flat_map(Map::keys);
        match payloads.find(|name| !is_payload_of(name)) {
            Some(name) => Err(DefinitionError::NoSuchVariant {
                path: format!("filters.payloads.{name}"),
                variant: name.clone(),
            }),
            None => Ok(()),
        }
    }
}

impl Condition {
    fn check(&self, path: &str, variants: &BTreeSet<&str>) -> Result<(), DefinitionError> {
        if let Some(variant) = &self.variant
            && !variants.contains(&**variant)
        {
            return Err(DefinitionError::NoSuchVariant {
                path: format!("{path}.variant"),
                variant: variant.clone(),
            });
        }
        for (index, property) in self.properties.iter().flatten().enumerate() {
            let is_complete = property.value.is_some()
                || matches!(
                    property.operator,
                    Some(Operator::IsSet | Operator::IsNotSet)
                );
            if !is_complete {
                return Err(DefinitionError::NoValue(format!(
                    "{path}.properties[{index}]"
                )));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(value: &Value) -> Result<Value, String> {
        Definition::from_value("flag", value.clone())
            .map(|definition| Value::Object(definition.0))
            .map_err(|error| error.to_string())
    }

    #[test]
    fn nothing_said_is_on_for_everybody() {
        let on = json!({
            "active": true,
            "filters": {
                "groups": [{ "properties": [], "rollout_percentage": 100 }],
                "multivariate": null,
                "payloads": {},
            },
        });
        assert_eq!(read(&json!({})), Ok(on.clone()));
        assert_eq!(read(&json!({ "filters": { "groups": null } })), Ok(on));
        let never = json!({ "filters": { "groups": [] } });
        assert_eq!(read(&never).unwrap()["filters"]["groups"], json!([]));
    }

    #[test]
    fn what_is_not_known_is_kept_and_what_the_database_says_is_not() {
        let given = json!({ "id": 7, "version": 3, "key": "flag", "token": "t", "updated_at": "", "tags": ["a"] });
        let kept = read(&given).unwrap();
        assert_eq!(kept["tags"], json!(["a"]));
        for name in OF_THE_DATABASE {
            assert_eq!(kept.get(name), None);
        }
    }

    #[test]
    fn thirds_add_up_to_a_hundred() {
        let variants = [("a", 33.33), ("b", 33.33), ("c", 33.34)]
            .map(|(key, percentage)| json!({ "key": key, "rollout_percentage": percentage }));
        read(&json!({ "filters": { "multivariate": { "variants": variants } } })).unwrap();
    }

    #[test]
    fn what_is_wrong_is_told() {
        let condition = |condition: Value| json!({ "filters": { "groups": [condition] } });
        let variants =
            |variants: Value| json!({ "filters": { "multivariate": { "variants": variants } } });
        for (definition, told) in [
            (json!([]), "must be an object"),
            (json!({ "active": 1 }), "active: invalid type"),
            (json!({ "key": "other" }), "has the key \"other\""),
            (
                condition(json!({ "rollout_percentage": 120 })),
                "filters.groups[0].rollout_percentage: a percentage is between 0 and 100, and not 120",
            ),
            (
                condition(json!({ "rollout_percentage": -1 })),
                "between 0 and 100",
            ),
            (
                condition(
                    json!({ "properties": [{ "key": "a", "operator": "like", "value": 1 }] }),
                ),
                "filters.groups[0].properties[0].operator: unknown variant `like`, expected one of `exact`",
            ),
            (
                condition(json!({ "properties": [{ "key": "a", "type": "planet", "value": 1 }] })),
                "properties[0].type: unknown variant `planet`",
            ),
            (
                condition(json!({ "properties": [{ "key": "a", "operator": "gt" }] })),
                "filters.groups[0].properties[0].value is missing",
            ),
            (
                condition(json!({ "variant": "b" })),
                "filters.groups[0].variant: the flag has no variant \"b\"",
            ),
            (
                json!({ "filters": { "payloads": { "b": "1" } } }),
                "filters.payloads.b: the flag has no variant \"b\"",
            ),
            (
                variants(json!([
                    { "key": "a", "rollout_percentage": 60 },
                    { "key": "b", "rollout_percentage": 50 },
                ])),
                "add up to 110",
            ),
            (
                variants(json!([
                    { "key": "a", "rollout_percentage": 1 },
                    { "key": "a", "rollout_percentage": 1 },
                ])),
                "\"a\" is there twice",
            ),
            (
                json!({ "early_access": { "stage": "gamma" } }),
                "early_access.stage: unknown variant `gamma`",
            ),
        ] {
            let error = read(&definition).unwrap_err();
            assert!(error.contains(told), "{definition}: {error}");
        }
        let error = Definition::read("flag", b"{\"active\":").unwrap_err();
        assert!(error.to_string().contains("not JSON"), "{error}");
        assert!(Definition::from_value("", json!({})).is_err());
    }
}
