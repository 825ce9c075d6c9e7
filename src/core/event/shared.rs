//! The properties that events share, and how an event's record is made with them.

use std::rc::Rc;

use super::record::UUID_START;
use super::{Capture, CaptureError, Record};
use crate::core::id::{IdSource, is_uuid};
use crate::core::properties::Properties;
use crate::core::time::WallTime;
use crate::core::{address, json};

/// The properties that every event has until something about page or visitor changes.
#[derive(Debug)]
pub struct SharedProperties {
    /// Those that the app's own properties may replace.
    replaceable: Properties,
    /// Those that it may not: they say whose event it is and where it belongs.
    fixed: Properties,
    /// Properties that no event carries.
    denied: Vec<String>,
    /// Whether what is personal is removed from addresses that the app gives.
    pub(in crate::core) redacts_addresses: bool,
    text: Rc<str>,
}

/// The property that tells which groups an event belongs to.
const GROUPS: &str = "$groups";

/// Properties that are sent even if the app denies them: without them the server would refuse the event.
const NEEDED: [&str; 3] = ["token", "distinct_id", "$process_person_profile"];

impl SharedProperties {
    /// Joins the two kinds without what is denied; a replaceable property that is fixed too is left out. At least one
    /// must be fixed.
    pub fn new(mut replaceable: Properties, mut fixed: Properties, denied: &[String]) -> Self {
        for (key, _) in fixed.iter() {
            replaceable.remove(key);
        }
        let mut denied = denied.to_vec();
        denied.retain(|key| !NEEDED.contains(&&**key));
        for key in &denied {
            replaceable.remove(key);
            fixed.remove(key);
        }
        let text = render(&replaceable, &fixed);
        Self {
            replaceable,
            fixed,
            denied,
            redacts_addresses: false,
            text,
        }
    }

    /// What an event shares of which only the least is told.
    pub(in crate::core) fn least(&self) -> Self {
        let least = |properties: &Properties| {
            let mut kept = Properties::new();
            for (key, value) in properties.iter() {
                if is_least(key) {
                    kept.set(key, value);
                }
            }
            kept
        };
        let (replaceable, fixed) = (least(&self.replaceable), least(&self.fixed));
        Self::new(replaceable, fixed, &self.denied)
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
        for (key, value) in [
            ("$set", capture.set),
            ("$set_once", capture.set_once),
            ("$unset", capture.unset),
        ] {
            if !value.is_empty() {
                json::push_member(&mut own, key, value);
            }
        }
        own.push_str(",\"properties\":{");
        own.push_str("\"$insert_id\":\"");
        ids.push_insert_id(&mut own);
        own.push_str("\",\"$time\":");
        now.push_seconds(&mut own);
        if overlap.needs_rewriting {
            for member in json::members(capture.properties) {
                let key = member.key();
                if key == GROUPS {
                    self.push_groups(&mut own, member.value);
                } else if !self.is_fixed(&key) && !is_broken_address(&key, member.value) {
                    let redacted = self.redacted_address(&key, member.value);
                    let value = redacted.as_deref().unwrap_or(member.value);
                    json::push_member(&mut own, &key, value);
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
        json::push_byte(&mut own, b',');
        let shared = overlap.shared.unwrap_or_else(|| self.text.clone());
        Record::of(own, shared)
    }

    /// Whether the app's property of this name is left out.
    fn is_fixed(&self, key: &str) -> bool {
        key == "$insert_id"
            || key == "$time"
            || self.fixed.contains(key)
            || self.denied.iter().any(|denied| denied == key)
    }

    /// The app's value without what is personal, if it is the page's address or the one before, and has anything.
    fn redacted_address(&self, key: &str, value: &str) -> Option<String> {
        if !self.redacts_addresses || !matches!(key, "$current_url" | "$referrer") {
            return None;
        }
        let address = json::as_string(value)?;
        Some(json::string(&address::without_personal(&address)?))
    }

    /// Appends the groups of an event: those that it names beside those that the visitor is in; if it names none, none.
    fn push_groups(&self, own: &mut String, named: &str) {
        let mut groups = Properties::read(self.replaceable.get(GROUPS).unwrap_or_default());
        let named = Properties::read(named);
        if self.is_fixed(GROUPS) {
            return;
        }
        if named != Properties::new() {
            groups.merge(&named);
        } else {
            groups = named;
        }
        json::push_member(own, GROUPS, &groups.to_json());
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
                key if self.is_fixed(key) || is_broken_address(key, member.value) => {
                    overlap.needs_rewriting = true;
                }
                key if self.redacted_address(key, member.value).is_some() => {
                    overlap.needs_rewriting = true;
                    replaced.push(key.to_owned());
                }
                GROUPS => {
                    overlap.needs_rewriting = true;
                    replaced.push(GROUPS.to_owned());
                }
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

/// Whether a shared property goes with events of which only the least is told (posthog-js 1.449.2).
fn is_least(key: &str) -> bool {
    const LEAST: [&str; 15] = [
        "$feature_flag_request_id",
        GROUPS,
        "$process_person_profile",
        "$geoip_disable",
        "$current_url",
        "$pathname",
        "$referring_domain",
        "$session_id",
        "$window_id",
        "$lib",
        "$lib_version",
        "$device_id",
        "$cookieless_mode",
        "token",
        "distinct_id",
    ];
    LEAST.contains(&key) || address::CAMPAIGN_PARAMETERS.contains(&key)
}

/// Whether an app's property would put something in place of the page's address that is none (posthog-js 1.449.2 leaves
/// it out too).
fn is_broken_address(key: &str, value: &str) -> bool {
    key == "$current_url" && !value.starts_with('"')
}

#[derive(Default)]
struct Overlap {
    /// Whether the app gives properties that cannot go as they are.
    needs_rewriting: bool,
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
    use crate::core::event::MAX_EVENT_BYTES;
    use crate::core::id::SEED_BYTES;

    fn shared() -> SharedProperties {
        let mut replaceable = Properties::new();
        replaceable.set_string("$lib", "hoglet");
        replaceable.set_string("plan", "free");
        replaceable.set(GROUPS, r#"{"company":"a","team":"b"}"#);
        replaceable.set_string("secret", "s");
        let mut fixed = Properties::new();
        fixed.set_string("token", "t");
        SharedProperties::new(
            replaceable,
            fixed,
            &["secret".to_owned(), "token".to_owned()],
        )
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
    fn what_is_denied_is_not_told_whoever_says_it() {
        let event = event(&Capture {
            name: "e",
            properties: r#"{"secret":"mine","plan":"pro"}"#,
            ..Capture::default()
        });
        assert_eq!(event["properties"].get("secret"), None);
        assert_eq!(event["properties"]["plan"], "pro");
        assert_eq!(event["properties"]["token"], "t", "needed by the server");
    }

    #[test]
    fn an_event_can_name_groups_of_its_own_or_none() {
        let groups = |properties| {
            let capture = Capture {
                name: "e",
                properties,
                ..Capture::default()
            };
            event(&capture)["properties"].get(GROUPS).cloned()
        };
        assert_eq!(
            groups(r#"{"$groups":{"team":"c"}}"#),
            Some(serde_json::json!({"company": "a", "team": "c"}))
        );
        assert_eq!(groups(r#"{"$groups":{}}"#), Some(serde_json::json!({})));
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
