//! An event as text: its own members, and the properties that it shares with its neighbours.

use std::rc::Rc;

use super::id::{IdSource, is_uuid};
use super::json;
use super::properties::Properties;
use super::text;
use super::time::WallTime;

/// The largest event that is taken, in bytes of its JSON. PostHog refuses an event of 1,000,000 bytes; the rest is
/// room for what its ingestion adds.
pub const MAX_EVENT_BYTES: usize = 900_000;

/// How every event's JSON begins.
const UUID_START: &str = "{\"uuid\":\"";

/// What an app gives with an event.
#[derive(Clone, Debug, Default)]
pub struct Capture<'a> {
    /// The event's name.
    pub name: &'a str,
    /// The app's properties: a JSON object, or empty.
    pub properties: &'a str,
    /// When it happened, as ISO 8601; empty for now.
    pub timestamp: &'a str,
    /// The event's id, if it has one already; what is no uuid is replaced.
    pub uuid: &'a str,
    /// Properties to set on the person: a JSON object, or empty.
    pub set: &'a str,
    /// Properties to set on the person unless they are set: a JSON object, or empty.
    pub set_once: &'a str,
    /// Whether the event goes at once instead of waiting for company.
    pub send_instantly: bool,
}

/// Why an event was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CaptureError {
    /// The event has no name; PostHog's ingestion would refuse every event sent along with it.
    EmptyName,
    /// The event is larger than [`MAX_EVENT_BYTES`].
    TooLarge,
}

impl CaptureError {
    /// A name for the error that stays the same from version to version.
    pub fn code(self) -> &'static str {
        match self {
            Self::EmptyName => "empty_event_name",
            Self::TooLarge => "event_too_large",
        }
    }

    /// What went wrong and what to do.
    pub fn message(self) -> &'static str {
        match self {
            Self::EmptyName => {
                "an event without a name was not captured: pass its name as the first argument"
            }
            Self::TooLarge => {
                "an event of more than 900,000 bytes was not captured: send less with it"
            }
        }
    }
}

/// An event that waits to be sent. Events captured on one page hold its properties in common.
#[derive(Clone, Debug)]
pub struct Record {
    /// The event up to and with its own properties, the object of properties still open.
    own: String,
    shared: Rc<str>,
}

impl Record {
    /// The event's id.
    pub fn uuid(&self) -> &str {
        text::slice(&self.own, UUID_START.len(), UUID_START.len() + 36)
    }

    /// The length of the event's JSON, in bytes.
    pub fn bytes(&self) -> usize {
        self.own.len() + 1 + self.shared.len() + 2
    }

    /// Appends the event's JSON.
    pub fn push_json(&self, out: &mut String) {
        out.push_str(&self.own);
        if !self.shared.is_empty() {
            json::push_separator(out);
            out.push_str(&self.shared);
        }
        out.push_str("}}");
    }
}

/// The properties that every event has until something about page or visitor changes.
#[derive(Debug)]
pub struct SharedProperties {
    /// Those that the app's own properties may replace.
    replaceable: Properties,
    /// Those that it may not: they say whose event it is and where it belongs.
    fixed: Properties,
    text: Rc<str>,
}

impl SharedProperties {
    /// Joins the two kinds; a replaceable property that is fixed too is left out.
    pub fn new(mut replaceable: Properties, fixed: Properties) -> Self {
        for (key, _) in fixed.iter() {
            replaceable.remove(key);
        }
        let text = render(&replaceable, &fixed);
        Self {
            replaceable,
            fixed,
            text,
        }
    }

    /// Makes an event's record.
    ///
    /// # Errors
    ///
    /// [`CaptureError`], where PostHog's ingestion would refuse the event.
    pub fn record(
        &self,
        capture: &Capture<'_>,
        now: WallTime,
        ids: &mut IdSource,
    ) -> Result<Record, CaptureError> {
        if capture.name.is_empty() {
            return Err(CaptureError::EmptyName);
        }
        let own_properties = json::object_body(capture.properties).unwrap_or_default();
        let overlap = self.overlap(own_properties, capture.properties);
        let mut own = String::with_capacity(own_properties.len() + 200);
        own.push_str(UUID_START);
        if is_uuid(capture.uuid) {
            own.push_str(capture.uuid);
        } else {
            own.push_str(&ids.uuid(now));
        }
        own.push_str("\",\"event\":");
        json::push_string(&mut own, capture.name);
        own.push_str(",\"timestamp\":\"");
        if capture.timestamp.is_empty() {
            now.push_iso(&mut own);
        } else {
            own.push_str(capture.timestamp);
        }
        json::push_byte(&mut own, b'"');
        for (key, value) in [("$set", capture.set), ("$set_once", capture.set_once)] {
            if !value.is_empty() {
                json::push_member(&mut own, key, value);
            }
        }
        own.push_str(",\"properties\":{");
        own.push_str("\"$insert_id\":\"");
        ids.push_insert_id(&mut own);
        own.push_str("\",\"$time\":");
        now.push_seconds(&mut own);
        if overlap.fixed {
            for member in json::members(capture.properties) {
                if !self.is_fixed(&member.key()) {
                    json::push_member(&mut own, &member.key(), member.value);
                }
            }
        } else if !own_properties.is_empty() {
            json::push_separator(&mut own);
            own.push_str(own_properties);
        }
        if !capture.timestamp.is_empty() {
            own.push_str(
                ",\"$event_time_override_provided\":true,\"$event_time_override_system_time\":\"",
            );
            now.push_iso(&mut own);
            json::push_byte(&mut own, b'"');
        }
        let shared = overlap.shared.unwrap_or_else(|| self.text.clone());
        let record = Record { own, shared };
        if record.bytes() > MAX_EVENT_BYTES {
            return Err(CaptureError::TooLarge);
        }
        Ok(record)
    }

    fn is_fixed(&self, key: &str) -> bool {
        key == "$insert_id" || key == "$time" || self.fixed.contains(key)
    }

    /// Looks which of the app's keys are ours too. Each key may stand in an event once.
    fn overlap(&self, own_properties: &str, object: &str) -> Overlap {
        let mut overlap = Overlap::default();
        if own_properties.is_empty() {
            return overlap;
        }
        let mut replaced = Vec::new();
        for member in json::members(object) {
            let key = member.key();
            match &*key {
                key if self.is_fixed(key) => overlap.fixed = true,
                key if self.replaceable.contains(key) => replaced.push(key.to_owned()),
                _ => {}
            }
        }
        if !replaced.is_empty() {
            let mut rest = self.replaceable.clone();
            for key in replaced {
                rest.remove(&key);
            }
            overlap.shared = Some(render(&rest, &self.fixed));
        }
        overlap
    }
}

#[derive(Default)]
struct Overlap {
    /// Whether the app gives a property that it cannot replace.
    fixed: bool,
    /// The shared properties without those that the app replaces.
    shared: Option<Rc<str>>,
}

fn render(replaceable: &Properties, fixed: &Properties) -> Rc<str> {
    let mut text = String::new();
    replaceable.push_members(&mut text);
    fixed.push_members(&mut text);
    text.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::id::SEED_BYTES;

    fn shared() -> SharedProperties {
        let mut replaceable = Properties::new();
        replaceable.set_string("$lib", "hoglet");
        replaceable.set_string("plan", "free");
        let mut fixed = Properties::new();
        fixed.set_string("token", "t");
        SharedProperties::new(replaceable, fixed)
    }

    fn record(capture: &Capture<'_>) -> Result<Record, CaptureError> {
        let now = WallTime::from_millis(1_767_319_445_678);
        shared().record(capture, now, &mut IdSource::new([5; SEED_BYTES]))
    }

    fn event(capture: &Capture<'_>) -> serde_json::Value {
        let record = record(capture).unwrap();
        let mut text = String::new();
        record.push_json(&mut text);
        assert_eq!(text.len(), record.bytes());
        serde_json::from_str(&text).unwrap()
    }

    #[test]
    fn an_event_has_its_own_and_the_shared_properties() {
        let event = event(&Capture {
            name: "signed \"up\"",
            properties: r#"{"a":1}"#,
            set: r#"{"b":2}"#,
            ..Capture::default()
        });
        assert_eq!(event["event"], "signed \"up\"");
        assert_eq!(event["timestamp"], "2026-01-02T02:04:05.678Z");
        assert_eq!(event["$set"]["b"], 2);
        assert_eq!(event["properties"]["a"], 1);
        assert_eq!(event["properties"]["$time"], 1_767_319_445.678);
        assert_eq!(event["properties"]["$lib"], "hoglet");
        assert_eq!(event["properties"]["token"], "t");
        assert_eq!(
            event["properties"]["$insert_id"].as_str().unwrap().len(),
            16
        );
    }

    #[test]
    fn the_app_replaces_what_is_replaceable_and_nothing_stands_twice() {
        let properties = r#"{"plan":"pro","tok\u0065n":"other","$time":1}"#;
        let record = record(&Capture {
            name: "e",
            properties,
            ..Capture::default()
        });
        let mut text = String::new();
        record.unwrap().push_json(&mut text);
        let event: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(event["properties"]["plan"], "pro");
        assert_eq!(event["properties"]["token"], "t");
        assert_eq!(event["properties"]["$time"], 1_767_319_445.678);
        for key in ["plan", "token", "$time", "$insert_id", "$lib"] {
            assert_eq!(
                text.matches(&format!("\"{key}\":")).count(),
                1,
                "{key}: {text}"
            );
        }
    }

    #[test]
    fn a_given_time_is_told_apart_from_the_clock() {
        let event = event(&Capture {
            name: "e",
            timestamp: "2020-01-01T00:00:00.000Z",
            ..Capture::default()
        });
        assert_eq!(event["timestamp"], "2020-01-01T00:00:00.000Z");
        assert_eq!(event["properties"]["$event_time_override_provided"], true);
        assert_eq!(
            event["properties"]["$event_time_override_system_time"],
            "2026-01-02T02:04:05.678Z"
        );
    }

    #[test]
    fn what_the_server_would_refuse_is_refused_here() {
        assert_eq!(
            record(&Capture::default()).unwrap_err(),
            CaptureError::EmptyName
        );
        let large = format!("{{\"a\":\"{}\"}}", "x".repeat(MAX_EVENT_BYTES));
        let capture = Capture {
            name: "e",
            properties: &large,
            ..Capture::default()
        };
        assert_eq!(record(&capture).unwrap_err(), CaptureError::TooLarge);
    }
}
