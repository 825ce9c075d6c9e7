//! What apps ask of a client, each in a task of its own. What may capture an event answers it.

use hoglet::core::config::Value;
use hoglet::core::event::Capture;
use hoglet::core::{Bootstrap, Client};
use serde_json::Value as Json;

use crate::page::Page;

impl Page {
    /// Captures an event and answers it.
    pub(crate) fn captured(&mut self, name: &str) -> Json {
        self.captured_with(name, "").unwrap()
    }

    pub(crate) fn captured_with(&mut self, name: &str, properties: &str) -> Option<Json> {
        let capture = Capture {
            name,
            properties,
            ..Capture::default()
        };
        self.event(|client, now| client.capture(now, &capture))
    }

    /// Captures an event and answers its uuid.
    pub(crate) fn capture(&mut self, name: &str) -> Option<String> {
        self.capture_with(name, "")
    }

    pub(crate) fn capture_with(&mut self, name: &str, properties: &str) -> Option<String> {
        let event = self.captured_with(name, properties)?;
        Some(event["uuid"].as_str().unwrap().to_owned())
    }

    pub(crate) fn identify(&mut self, id: &str) -> Option<Json> {
        self.identify_with(id, "", "")
    }

    pub(crate) fn identify_with(&mut self, id: &str, set: &str, set_once: &str) -> Option<Json> {
        self.event(|client, now| client.identify(now, id, set, set_once))
    }

    pub(crate) fn alias(&mut self, alias: &str, original: &str) -> Option<Json> {
        self.event(|client, now| client.alias(now, alias, original))
    }

    pub(crate) fn group(&mut self, kind: &str, key: &str, set: &str) -> Option<Json> {
        self.event(|client, now| client.group(now, kind, key, set))
    }

    pub(crate) fn set_person(&mut self, set: &str, set_once: &str) -> Option<Json> {
        self.event(|client, now| client.set_person_properties(now, set, set_once))
    }

    pub(crate) fn register(&mut self, properties: &str) {
        self.task(|client, _| client.register(properties, None));
    }

    /// Forgets the person, but not the device.
    pub(crate) fn reset(&mut self) {
        self.task(|client, now| client.reset(now, false, "", &Bootstrap::default()));
    }

    pub(crate) fn reset_with_device(&mut self) {
        self.task(|client, now| client.reset(now, true, "", &Bootstrap::default()));
    }

    pub(crate) fn opt_in(&mut self) -> Option<Json> {
        self.event(|client, now| client.opt_in(now, "$opt_in", ""))
    }

    pub(crate) fn opt_out(&mut self) {
        self.task(Client::opt_out);
    }

    pub(crate) fn clear_consent(&mut self) {
        self.task(Client::clear_consent);
    }

    pub(crate) fn set(&mut self, key: &str, value: Value<'_>) {
        self.task(|client, _| client.set_config(key, value))
            .unwrap();
    }

    pub(crate) fn distinct_id(&mut self) -> String {
        self.task(|client, _| client.distinct_id())
    }

    pub(crate) fn session_id(&mut self) -> String {
        self.task(Client::session_id)
    }

    /// A stored property of the visitor, as JSON; null if there is none.
    pub(crate) fn property(&mut self, key: &str) -> Json {
        let value = self.task(|client, _| client.properties().get(key).map(str::to_owned));
        value.map_or(Json::Null, |value| serde_json::from_str(&value).unwrap())
    }
}
