//! From JSON text to events, as strictly as PostHog's capture service: one bad event refuses the whole request.

mod event;

use axum::http::StatusCode;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;
use thiserror::Error;

use crate::time;
use crate::token::{self, TokenError};

use self::event::WireEvent;
pub use self::event::{
    Event, MAX_DISTINCT_ID_LENGTH, MAX_EVENT_BYTES, MAX_SESSION_ID_LENGTH, Rule,
};

/// Which rules apply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Events: one, an array, or an envelope with a batch.
    Events,
    /// Session recordings: one or an array; a session and its snapshot data are required.
    Recordings,
}

/// Why a request that could be read is refused.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Invalid {
    /// Not JSON, or JSON that PostHog does not take: half a surrogate pair, nesting deeper than 127, 1e400.
    #[error("the body is not acceptable JSON: {0}")]
    Json(#[source] serde_json::Error),
    /// A field is missing or of the wrong type.
    #[error("{path}: {source}")]
    Field {
        /// For instance `batch[3].uuid`.
        path: String,
        /// What is wrong with it, and where in the text.
        source: serde_json::Error,
    },
    /// Neither an object nor an array.
    #[error("the body must be an event, an array of events, or an envelope with a batch")]
    Shape,
    /// An envelope where recordings want none.
    #[error("recordings come as one event or an array, without an envelope")]
    Envelope,
    /// An empty batch or array.
    #[error("the request holds no events")]
    NoEvents,
    /// One event breaks a rule.
    #[error("event {index}: {rule}")]
    Event {
        /// Counted from 0.
        index: usize,
        /// Which.
        rule: Rule,
    },
    /// The token.
    #[error(transparent)]
    Token(#[from] TokenError),
}

impl Invalid {
    /// What the client is answered.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Token(_) => StatusCode::UNAUTHORIZED,
            Self::Event {
                rule: Rule::TooLarge { .. },
                ..
            } => StatusCode::PAYLOAD_TOO_LARGE,
            _ => StatusCode::BAD_REQUEST,
        }
    }
}

/// Judges the events of one request.
///
/// `json` is `text` already parsed: that pass finds what is wrong with the JSON itself, anywhere in it. The text is
/// then read a second time by type, because only that finds a field that stands twice in one event.
pub fn events(
    text: &str,
    json: &Value,
    kind: Kind,
    received_at: Timestamp,
    query_sent_at: Option<Timestamp>,
) -> Result<Vec<Event>, Invalid> {
    let envelope = read(text, json)?;
    if kind == Kind::Recordings && envelope.is_wrapper {
        return Err(Invalid::Envelope);
    }
    if envelope.batch.is_empty() {
        return Err(Invalid::NoEvents);
    }
    let token = token::agree(envelope.token.as_deref().into_iter().chain(
        // An event without a token takes that of the others.
        envelope.batch.iter().filter_map(WireEvent::token),
    ))?
    .to_owned();
    let sent_at = envelope
        .sent_at
        .as_deref()
        .and_then(time::parse)
        .or(query_sent_at);
    envelope
        .batch
        .into_iter()
        .enumerate()
        .map(|(index, event)| {
            event
                .judge(kind, &token, received_at, sent_at)
                .map_err(|rule| Invalid::Event { index, rule })
        })
        .collect()
}

/// The three shapes of a body, made one.
struct Envelope {
    is_wrapper: bool,
    token: Option<String>,
    sent_at: Option<String>,
    batch: Vec<WireEvent>,
}

fn read(text: &str, json: &Value) -> Result<Envelope, Invalid> {
    let bare = |batch| Envelope {
        is_wrapper: false,
        token: None,
        sent_at: None,
        batch,
    };
    match json {
        Value::Array(_) => Ok(bare(typed(text)?)),
        Value::Object(fields) if fields.contains_key("batch") => {
            let wrapper: Wrapper = typed(text)?;
            Ok(Envelope {
                is_wrapper: true,
                token: wrapper.token,
                sent_at: wrapper.sent_at,
                batch: wrapper.batch,
            })
        }
        Value::Object(_) => Ok(bare(vec![typed(text)?])),
        _ => Err(Invalid::Shape),
    }
}

fn typed<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, Invalid> {
    serde_path_to_error::deserialize(&mut serde_json::Deserializer::from_str(text)).map_err(
        |error| Invalid::Field {
            path: error.path().to_string(),
            source: error.into_inner(),
        },
    )
}

/// `{"api_key": …, "batch": […]}`. `historical_migration` changes nothing here.
#[derive(Deserialize)]
struct Wrapper {
    #[serde(alias = "api_key")]
    token: Option<String>,
    batch: Vec<WireEvent>,
    sent_at: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(text: &str, kind: Kind) -> Result<Vec<Event>, Invalid> {
        let json = serde_json::from_str(text).map_err(Invalid::Json)?;
        events(
            text,
            &json,
            kind,
            "2026-01-01T12:00:00Z".parse().unwrap(),
            None,
        )
    }

    fn one(event: &str) -> Event {
        judge(event, Kind::Events).unwrap().remove(0)
    }

    fn message(text: &str) -> String {
        judge(text, Kind::Events).unwrap_err().to_string()
    }

    #[test]
    fn a_message_names_the_event_and_the_field() {
        let text = r#"{"api_key":"phc_t","batch":[
            {"event":"a","distinct_id":"d"},
            {"event":"b","distinct_id":"d","uuid":"no"}]}"#;
        assert!(
            message(text).starts_with("batch[1].uuid: "),
            "{}",
            message(text)
        );
        let text =
            r#"[{"event":"a","distinct_id":"d","token":"t"},{"event":"","distinct_id":"d"}]"#;
        assert_eq!(message(text), "event 1: the event name is empty");
    }

    #[test]
    fn a_field_that_stands_twice_is_refused_as_posthog_does() {
        let text = r#"{"event":"a","distinct_id":"d","token":"t","timestamp":"x","timestamp":"y"}"#;
        assert!(
            message(text).contains("duplicate field `timestamp`"),
            "{}",
            message(text)
        );
    }

    #[test]
    fn distinct_ids_are_made_text_and_cut() {
        let id = |json: &str| {
            one(&format!(
                r#"{{"event":"a","token":"t","distinct_id":{json}}}"#
            ))
            .distinct_id
        };
        assert_eq!(id("12"), "12");
        assert_eq!(id(r#"{"a":1}"#), r#"{"a":1}"#);
        assert_eq!(id(r#""a\u0000b""#), "a\u{fffd}b");
        assert_eq!(id(&format!("\"{}\"", "é".repeat(300))), "é".repeat(200));
        let inside =
            one(r#"{"event":"a","distinct_id":null,"properties":{"token":"t","distinct_id":"d"}}"#);
        assert_eq!(inside.distinct_id, "d");
    }

    #[test]
    fn a_missing_uuid_is_made_and_a_given_one_kept() {
        assert_eq!(
            one(r#"{"event":"a","token":"t","distinct_id":"d"}"#)
                .uuid
                .get_version_num(),
            7
        );
        let given = "0197aaaa-bbbb-7ccc-8ddd-eeeeffff0000";
        let event = one(&format!(
            r#"{{"event":"a","token":"t","distinct_id":"d","uuid":"{given}"}}"#
        ));
        assert_eq!(event.uuid.to_string(), given);
    }

    #[test]
    fn numbers_and_the_order_of_keys_come_through() {
        let properties = r#"{"z":0.1,"a":12345678901234567,"m":1.0,"e":1e300}"#;
        let event = one(&format!(
            r#"{{"event":"a","token":"t","distinct_id":"d","properties":{properties}}}"#
        ));
        assert_eq!(
            event.properties,
            r#"{"z":0.1,"a":12345678901234567,"m":1.0,"e":1e+300}"#
        );
    }

    #[test]
    fn a_recording_defaults_its_window_to_its_session() {
        let text = r#"[{"event":"$snapshot","token":"t","distinct_id":"d",
            "properties":{"$session_id":"s","$snapshot_data":[]}}]"#;
        let event = judge(text, Kind::Recordings).unwrap().remove(0);
        assert_eq!(event.window_id.as_deref(), Some("s"));
    }

    #[test]
    fn an_event_over_a_million_bytes_is_too_large() {
        let event = |length: usize| {
            let filler = "x".repeat(length);
            format!(
                r#"{{"event":"a","token":"t","distinct_id":"d","properties":{{"f":"{filler}"}}}}"#
            )
        };
        assert!(judge(&event(999_900), Kind::Events).is_ok());
        let error = judge(&event(1_000_001), Kind::Events).unwrap_err();
        assert_eq!(error.status(), StatusCode::PAYLOAD_TOO_LARGE);
    }
}
