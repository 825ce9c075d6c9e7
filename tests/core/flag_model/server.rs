//! The server: what it says of flags follows from what it is asked, so that each value tells for whom it was computed.

use hoglet::core::Client;
use serde_json::{Map, Value as Json, json};

/// What becomes of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    Good,
    /// One flag could not be evaluated.
    Partial,
    /// The quota is used up.
    Limited,
    Status(u16),
    /// The connection breaks.
    Broken,
    /// Nothing ever comes.
    Never,
    Html,
    Truncated,
    /// The first version of the format.
    Old,
}

/// What the server goes by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Question {
    pub(super) visitor: String,
    /// The properties of person and groups.
    context: Json,
    /// The definitions by which it is answered.
    version: u64,
}

impl Question {
    /// What a request asks.
    pub(super) fn read(body: &Json, version: u64) -> Self {
        let visitor = body["distinct_id"].as_str().unwrap();
        let [person, groups, group_properties] =
            ["person_properties", "groups", "group_properties"].map(|key| &body[key]);
        Self::new(visitor, person, groups, group_properties, version)
    }

    /// What a client is to ask.
    pub(super) fn of(client: &Client, version: u64) -> Self {
        let property = |key| {
            let text = client.properties().get(key).unwrap_or("null");
            serde_json::from_str(text).unwrap()
        };
        Self::new(
            &client.distinct_id(),
            &property("$stored_person_properties"),
            &property("$groups"),
            &property("$stored_group_properties"),
            version,
        )
    }

    fn new(
        visitor: &str,
        person: &Json,
        groups: &Json,
        group_properties: &Json,
        version: u64,
    ) -> Self {
        let object = |value: &Json| value.as_object().cloned().unwrap_or_default();
        let mut person = object(person);
        person.retain(|key, _| !key.starts_with("$initial_") && !key.starts_with("$lib"));
        Self {
            visitor: visitor.to_owned(),
            context: json!([person, object(groups), object(group_properties)]),
            version,
        }
    }

    /// The value of each flag.
    pub(super) fn values(&self) -> Map<String, Json> {
        let version = self.version;
        let mut values = Map::new();
        values.insert("who".to_owned(), json!(format!("for {}", self.visitor)));
        values.insert("shaky".to_owned(), json!(format!("for {}", self.visitor)));
        values.insert("what".to_owned(), json!(self.context.to_string()));
        values.insert("version".to_owned(), json!(format!("version {version}")));
        values.insert("even".to_owned(), json!(version.is_multiple_of(2)));
        if version.is_multiple_of(3) {
            values.insert("passing".to_owned(), json!(true));
        }
        values
    }

    /// The status and the text of an answer; `number` is no other's.
    pub(super) fn answer(&self, answer: Answer, number: u64) -> (u16, String) {
        let mut flags = Map::new();
        for (key, value) in self.values() {
            let fails = answer == Answer::Partial && key == "shaky";
            let detail = match &value {
                _ if fails => json!({"key": key, "enabled": false, "failed": true}),
                Json::String(_) => json!({
                    "key": key, "enabled": true, "variant": value,
                    "metadata": {"id": 1, "version": self.version, "payload": value.to_string()},
                }),
                value => json!({"key": key, "enabled": value, "variant": null}),
            };
            flags.insert(key, detail);
        }
        let text = json!({
            "flags": flags,
            "errorsWhileComputingFlags": answer == Answer::Partial,
            "quotaLimited": if answer == Answer::Limited { json!(["feature_flags"]) } else { json!(null) },
            "requestId": format!("request {number}"),
            "evaluatedAt": number,
        })
        .to_string();
        match answer {
            Answer::Good | Answer::Partial | Answer::Limited => (200, text),
            Answer::Status(status) => (status, String::new()),
            Answer::Broken | Answer::Never => (0, String::new()),
            Answer::Html => (200, "<html></html>".to_owned()),
            Answer::Truncated => (200, text[..text.len() / 2].to_owned()),
            Answer::Old => (200, r#"{"featureFlags":{"who":"for nobody"}}"#.to_owned()),
        }
    }
}
