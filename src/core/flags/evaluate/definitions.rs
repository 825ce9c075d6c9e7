//! What flags are defined by.

use std::collections::BTreeSet;
use std::error::Error;
use std::fmt;

use serde_json::{Map, Value};

use super::evaluator::given;

/// The flags of a project, as PostHog's `/flags/definitions` gives them.
#[derive(Clone, Debug, Default)]
pub struct Definitions {
    flags: Map<String, Value>,
    /// The keys of flags that are not for these contexts.
    left_out: BTreeSet<String>,
    /// The types of groups, under their indexes.
    pub(super) group_types: Map<String, Value>,
    /// Groups of filters, under the ids of the cohorts.
    pub(super) cohorts: Map<String, Value>,
    /// Whether `exact` compares texts where version 1 of the rules compares truth.
    pub(super) compares_strictly: bool,
}

/// Why definitions cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DefinitionsError {
    /// The text is not JSON; with what the parser says.
    NotJson(String),
    /// The JSON is not an object with a list `flags`.
    NoFlags,
    /// The flag at this place of the list, counted from 0, is not an object with a text `key`.
    NoKey(usize),
}

impl Definitions {
    /// Reads the JSON object `{"flags":[…],"group_type_mapping":{…},"cohorts":{…},"property_matching_version":n}`, of
    /// which only `flags` must be there.
    pub fn read(json: &str) -> Result<Self, DefinitionsError> {
        let value = serde_json::from_str(json)
            .map_err(|error| DefinitionsError::NotJson(error.to_string()))?;
        Self::from_value(value)
    }

    /// The same from JSON that has been parsed. Other members of the object are left alone, and of flags with the same
    /// key the last counts.
    pub fn from_value(mut value: Value) -> Result<Self, DefinitionsError> {
        let mut take = |name| value.get_mut(name).map(Value::take);
        let Some(Value::Array(list)) = take("flags") else {
            return Err(DefinitionsError::NoFlags);
        };
        let mut members = |name| match take(name) {
            Some(Value::Object(members)) => members,
            _ => Map::new(),
        };
        let mut definitions = Self {
            group_types: members("group_type_mapping"),
            cohorts: members("cohorts"),
            ..Self::default()
        };
        let version = take("property_matching_version");
        definitions.compares_strictly = version.and_then(|version| version.as_f64()) == Some(2.0);
        for (index, flag) in list.into_iter().enumerate() {
            let key = flag.get("key").and_then(Value::as_str);
            let key = key.ok_or(DefinitionsError::NoKey(index))?.to_owned();
            definitions.flags.insert(key, flag);
        }
        Ok(definitions)
    }

    /// Leaves out the flags that are for other contexts than these. Those that are for no context in particular stay,
    /// and all do if no contexts are named. To others that depend on them, flags that are left out are off.
    #[must_use]
    pub fn in_contexts(mut self, contexts: &[impl AsRef<str>]) -> Self {
        if contexts.is_empty() {
            return self;
        }
        let left_out = &mut self.left_out;
        self.flags.retain(|key, flag| {
            let is_named = |tag: &Value| contexts.iter().any(|name| tag == name.as_ref());
            // Older servers call them tags.
            let tags =
                given(flag, "evaluation_contexts").or_else(|| given(flag, "evaluation_tags"));
            let tags = tags
                .and_then(Value::as_array)
                .filter(|tags| !tags.is_empty());
            let stays = tags.is_none_or(|tags| tags.iter().any(is_named));
            if !stays {
                left_out.insert(key.clone());
            }
            stays
        });
        self
    }

    /// The keys of all flags, in the order of the definitions.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.flags.keys().map(String::as_str)
    }

    pub(super) fn flag(&self, key: &str) -> Option<&Value> {
        self.flags.get(key)
    }

    /// Whether there is a flag with this key, left out or not.
    pub(super) fn has(&self, key: &str) -> bool {
        self.flags.contains_key(key) || self.left_out.contains(key)
    }
}

impl DefinitionsError {
    /// A word that stays the same when the message changes.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotJson(_) => "not_json",
            Self::NoFlags => "no_flags",
            Self::NoKey(_) => "no_key",
        }
    }
}

impl fmt::Display for DefinitionsError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotJson(message) => write!(
                formatter,
                "the flag definitions are not JSON ({message}): check that they come from /flags/definitions"
            ),
            Self::NoFlags => formatter.write_str(
                "the flag definitions have no list `flags`: pass an object such as {\"flags\": []}",
            ),
            Self::NoKey(index) => write!(
                formatter,
                "flag number {} of the definitions has no text `key`: name it or leave it out",
                index + 1
            ),
        }
    }
}

impl Error for DefinitionsError {}
