//! Events and session recordings.

use axum::http::StatusCode;
use jiff::Timestamp;
use serde_json::Value;
use thiserror::Error;

use crate::head::{Head, ParametersError};
use crate::payload::PayloadError;
use crate::routes::exchange::Outcome;
use crate::routes::reply::Reply;
use crate::store::Receipt;
use crate::validate::{self, Event, Invalid, Kind};

/// Why a request is refused.
#[derive(Debug, Error)]
enum Refusal {
    #[error(transparent)]
    Parameters(#[from] ParametersError),
    #[error(transparent)]
    Payload(#[from] PayloadError),
    #[error(transparent)]
    Invalid(#[from] Invalid),
}

impl Refusal {
    fn status(&self) -> StatusCode {
        match self {
            Self::Parameters(_) => StatusCode::BAD_REQUEST,
            Self::Payload(error) => error.status(),
            Self::Invalid(error) => error.status(),
        }
    }
}

/// What PostHog says when it takes a request.
pub fn accepted() -> Reply {
    Reply::json(r#"{"status":"Ok"}"#.to_owned())
}

/// Takes all events of a request, or none.
pub fn answer(kind: Kind, head: &Head, body: &[u8]) -> Outcome {
    let mut outcome = Outcome::default();
    match take(kind, head, body, &mut outcome) {
        Ok(reply) => outcome.reply = Some(reply),
        Err(refusal) => outcome.refuse(refusal.status(), refusal.to_string()),
    }
    outcome
}

/// Notes in `outcome` what it learns on the way, so that it is recorded even of a request that is then refused.
fn take(kind: Kind, head: &Head, body: &[u8], outcome: &mut Outcome) -> Result<Reply, Refusal> {
    let parameters = head.parameters()?;
    let text = outcome.unpack(head, &parameters, body)?;
    let json: Value = serde_json::from_str(&text).map_err(Invalid::Json)?;
    outcome.receipts = recognised(&json);
    outcome.token = outcome
        .receipts
        .iter()
        .find_map(|receipt| receipt.token.clone());

    let sent_at = parameters
        .sent_at
        .and_then(|millis| Timestamp::from_millisecond(millis).ok());
    let events = validate::events(&text, &json, kind, head.received_at, sent_at)?;
    outcome.token = events.first().map(|event| event.token.clone());
    outcome.receipts = events.iter().map(receipt).collect();
    outcome.events = events;
    Ok(if parameters.is_beacon() {
        Reply::empty()
    } else {
        accepted()
    })
}

fn receipt(event: &Event) -> Receipt {
    Receipt {
        uuid: Some(event.uuid.to_string()),
        event: Some(event.event.clone()),
        token: Some(event.token.clone()),
        tab: event.window_id.clone(),
    }
}

/// Whatever looks like an event in a body that may yet be refused.
fn recognised(json: &Value) -> Vec<Receipt> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let envelope_token = text(&json["api_key"]).or_else(|| text(&json["token"]));
    let events = match (json, &json["batch"]) {
        (Value::Array(events), _) | (_, Value::Array(events)) => events.as_slice(),
        (Value::Object(_), Value::Null) => std::slice::from_ref(json),
        _ => &[],
    };
    let recognise = |event: &Value| {
        let properties = &event["properties"];
        let token = ["token", "$token", "api_key"]
            .iter()
            .find_map(|&name| text(&event[name]));
        Receipt {
            uuid: text(&event["uuid"]),
            event: text(&event["event"]),
            token: token
                .or_else(|| text(&properties["token"]))
                .or_else(|| envelope_token.clone()),
            tab: text(&properties["$window_id"]),
        }
    };
    events.iter().map(recognise).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn events_are_recognised_in_every_shape_and_however_wrong() {
        let event =
            json!({"uuid": "not one", "event": 5, "properties": {"token": "t", "$window_id": "w"}});
        let expected = Receipt {
            uuid: Some("not one".into()),
            event: None,
            token: Some("t".into()),
            tab: Some("w".into()),
        };
        for body in [
            event.clone(),
            json!([event]),
            json!({"api_key": "e", "batch": [event]}),
        ] {
            assert_eq!(recognised(&body), std::slice::from_ref(&expected));
        }
        let bare = recognised(&json!({"api_key": "e", "batch": [7]}));
        assert_eq!(
            bare,
            [Receipt {
                token: Some("e".into()),
                ..Receipt::default()
            }]
        );
        assert_eq!(recognised(&json!({"batch": 7})), []);
        assert_eq!(recognised(&json!("text")), []);
    }
}
