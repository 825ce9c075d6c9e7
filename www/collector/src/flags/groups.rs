//! The groups that people act for, from the `$groupidentify` events in order of arrival, as PostHog does it.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::rows::EventRow;

/// The groups of one project.
#[derive(Clone, Debug, Default)]
pub struct GroupTable {
    /// In order of first appearance: definitions name a type by its place.
    types: Vec<String>,
    /// By type and key.
    properties: HashMap<(String, String), Map<String, Value>>,
}

#[derive(Deserialize)]
struct GroupIdentify {
    #[serde(rename = "$group_type")]
    kind: String,
    #[serde(rename = "$group_key")]
    key: String,
    #[serde(rename = "$group_set", default)]
    set: Map<String, Value>,
}

impl GroupTable {
    /// Takes the next event into account.
    pub fn apply(&mut self, event: &EventRow) {
        if event.event != "$groupidentify" {
            return;
        }
        // One that does not say which group it is about says nothing.
        if let Ok(group) = serde_json::from_str::<GroupIdentify>(event.properties.get()) {
            self.meet(&group.kind);
            self.properties
                .entry((group.kind, group.key))
                .or_default()
                .extend(group.set);
        }
    }

    /// Gives a type its place, if it has none yet.
    pub fn meet(&mut self, kind: &str) {
        if !self.types.iter().any(|known| known == kind) {
            self.types.push(kind.to_owned());
        }
    }

    /// The types by their places, as definitions have them.
    pub fn mapping(&self) -> Map<String, Value> {
        let places = self.types.iter().enumerate();
        places
            .map(|(place, kind)| (place.to_string(), kind.as_str().into()))
            .collect()
    }

    /// What is known of a group.
    pub fn properties(&self, kind: &str, key: &str) -> Map<String, Value> {
        let group = (kind.to_owned(), key.to_owned());
        self.properties.get(&group).cloned().unwrap_or_default()
    }
}
