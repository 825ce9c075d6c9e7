//! Feature flags and early access features: there are none.

use axum::http::StatusCode;
use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::head::Head;
use crate::payload::{self, Encoded};
use crate::routes::exchange::{Outcome, Reply};
use crate::token;

/// Answers `/flags/` in the second version of its format.
pub fn answer(head: &Head, body: &[u8]) -> Outcome {
    let parameters = match head.parameters() {
        Ok(parameters) => parameters,
        Err(error) => return Outcome::refusal(StatusCode::BAD_REQUEST, error.to_string()),
    };
    let encoded = Encoded {
        body,
        content_type: head.content_type.as_deref(),
        content_encoding: head.content_encoding.as_deref(),
        query_data: parameters.data.as_deref(),
    };
    let decoded = match payload::decode(encoded) {
        Ok(decoded) => decoded,
        Err(error) => return Outcome::refusal(error.status(), error.to_string()),
    };
    let outcome = match serde_json::from_str::<Value>(&decoded.text) {
        Ok(request) => evaluate(&request),
        Err(error) => Outcome::refusal(
            StatusCode::BAD_REQUEST,
            format!("the body is not acceptable JSON: {error}"),
        ),
    };
    Outcome {
        packing: Some(decoded.packing),
        decoded_bytes: Some(decoded.text.len()),
        ..outcome
    }
}

fn evaluate(request: &Value) -> Outcome {
    let claims = ["token", "api_key"]
        .iter()
        .filter_map(|&name| request[name].as_str());
    let flags = json!({
        "flags": {},
        "errorsWhileComputingFlags": false,
        "requestId": Uuid::now_v7(),
        "evaluatedAt": Timestamp::now().as_millisecond(),
    });
    for_token(claims, &flags)
}

/// Answers `/api/early_access_features/`.
pub fn early_access(head: &Head) -> Outcome {
    let query = head.uri.query().unwrap_or_default();
    let token = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "token");
    for_token(
        token.as_ref().map(|(_, token)| token.as_ref()),
        &json!({ "earlyAccessFeatures": [] }),
    )
}

fn for_token<'a>(claims: impl IntoIterator<Item = &'a str>, answer: &Value) -> Outcome {
    match token::agree(claims) {
        Ok(token) => Outcome {
            reply: Some(Reply::json(answer.to_string())),
            token: Some(token.to_owned()),
            ..Outcome::default()
        },
        Err(error) => Outcome::refusal(StatusCode::UNAUTHORIZED, error.to_string()),
    }
}
