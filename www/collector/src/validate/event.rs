//! One event: from the wire to what is stored, or the rule that it breaks.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use thiserror::Error;
use uuid::Uuid;

use super::Kind;
use crate::time::{self, ClaimedTime};

/// The largest event that PostHog can pass on, in bytes of JSON.
pub const MAX_EVENT_BYTES: usize = 1_000_000;
/// Where a distinct id is cut, in characters.
pub const MAX_DISTINCT_ID_LENGTH: usize = 200;
/// The longest session id that a recording may have, in characters.
pub const MAX_SESSION_ID_LENGTH: usize = 100;

/// An event ready to be stored. The JSON fields hold text.
#[derive(Clone, Debug)]
#[expect(
    missing_docs,
    reason = "the fields are the columns of schema.sql, which describes them"
)]
pub struct Event {
    pub uuid: Uuid,
    pub token: String,
    pub event: String,
    pub distinct_id: String,
    pub timestamp: Option<String>,
    pub corrected_timestamp: String,
    pub properties: String,
    pub set: Option<String>,
    pub set_once: Option<String>,
    pub unset: Option<String>,
    pub session_id: Option<String>,
    pub window_id: Option<String>,
}

/// What one event can do wrong beyond the types of its fields.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the messages say it")]
pub enum Rule {
    #[error("the event name is empty")]
    EmptyName,
    #[error("distinct_id is missing, null or empty")]
    NoDistinctId,
    #[error("$cookieless_mode must be true or false")]
    CookielessMode,
    #[error("a recording needs a $session_id that is a string")]
    NoSessionId,
    #[error("the $session_id is longer than {MAX_SESSION_ID_LENGTH} characters")]
    SessionIdTooLong,
    #[error("a recording needs $snapshot_data")]
    NoSnapshotData,
    #[error("the event is {bytes} bytes of JSON, the most is {MAX_EVENT_BYTES}")]
    TooLarge { bytes: usize },
}

/// An event as it stands on the wire.
#[derive(Deserialize)]
pub(super) struct WireEvent {
    #[serde(alias = "$token", alias = "api_key")]
    token: Option<String>,
    #[serde(alias = "$distinct_id")]
    distinct_id: Option<Value>,
    uuid: Option<Uuid>,
    event: String,
    #[serde(default)]
    properties: Map<String, Value>,
    timestamp: Option<String>,
    offset: Option<i64>,
    /// Each recording says itself when it was sent, having no envelope to say it.
    sent_at: Option<Value>,
    #[serde(rename = "$set")]
    set: Option<Map<String, Value>>,
    #[serde(rename = "$set_once")]
    set_once: Option<Map<String, Value>>,
    #[serde(rename = "$unset")]
    unset: Option<Value>,
}

impl WireEvent {
    pub(super) fn token(&self) -> Option<&str> {
        self.token.as_deref().or_else(|| self.property("token"))
    }

    fn property(&self, name: &str) -> Option<&str> {
        self.properties.get(name).and_then(Value::as_str)
    }

    /// Applies the rules for single events; `token` is the one of the whole request.
    pub(super) fn judge(
        self,
        kind: Kind,
        token: &str,
        received_at: Timestamp,
        sent_at: Option<Timestamp>,
    ) -> Result<Event, Rule> {
        if self.event.is_empty() {
            return Err(Rule::EmptyName);
        }
        let distinct_id = self.distinct_id()?;
        if self
            .properties
            .get("$cookieless_mode")
            .is_some_and(|mode| !mode.is_boolean())
        {
            return Err(Rule::CookielessMode);
        }
        let session_id = self.property("$session_id").map(str::to_owned);
        let mut window_id = self.property("$window_id").map(str::to_owned);
        if kind == Kind::Recordings {
            let session_id = session_id.as_deref().ok_or(Rule::NoSessionId)?;
            if session_id.chars().count() > MAX_SESSION_ID_LENGTH {
                return Err(Rule::SessionIdTooLong);
            }
            if self
                .properties
                .get("$snapshot_data")
                .is_none_or(Value::is_null)
            {
                return Err(Rule::NoSnapshotData);
            }
            window_id.get_or_insert_with(|| session_id.to_owned());
        }
        let claim = ClaimedTime {
            timestamp: self.timestamp.as_deref(),
            sent_at: self
                .sent_at
                .as_ref()
                .and_then(Value::as_str)
                .and_then(time::parse)
                .or(sent_at),
            offset: self.offset,
            ignore_sent_at: self.properties.get("$ignore_sent_at") == Some(&Value::Bool(true)),
        };
        let event = Event {
            uuid: self.uuid.unwrap_or_else(Uuid::now_v7),
            token: token.to_owned(),
            distinct_id,
            corrected_timestamp: time::to_iso(claim.corrected(received_at)),
            event: self.event,
            timestamp: self.timestamp,
            properties: to_text(&self.properties),
            set: self.set.as_ref().map(to_text),
            set_once: self.set_once.as_ref().map(to_text),
            unset: self.unset.as_ref().map(to_text),
            session_id,
            window_id,
        };
        match event.json_bytes() {
            bytes if bytes > MAX_EVENT_BYTES => Err(Rule::TooLarge { bytes }),
            _ => Ok(event),
        }
    }

    fn distinct_id(&self) -> Result<String, Rule> {
        let id = self
            .distinct_id
            .as_ref()
            .or_else(|| self.properties.get("distinct_id"));
        let text = match id {
            None | Some(Value::Null) => return Err(Rule::NoDistinctId),
            Some(Value::String(text)) if text.is_empty() => return Err(Rule::NoDistinctId),
            Some(Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
        };
        Ok(text
            .replace('\0', "\u{fffd}")
            .chars()
            .take(MAX_DISTINCT_ID_LENGTH)
            .collect())
    }
}

impl Event {
    /// The size of the event as it would be passed on, less the punctuation around its parts.
    fn json_bytes(&self) -> usize {
        let optional = |text: &Option<String>| text.as_ref().map_or(0, String::len);
        self.properties.len()
            + optional(&self.set)
            + optional(&self.set_once)
            + optional(&self.unset)
            + self.event.len()
            + self.distinct_id.len()
    }
}

fn to_text<T: Serialize>(json: &T) -> String {
    serde_json::to_string(json).expect("maps with text keys can always be written as JSON")
}
