//! Remote config: what PostHog tells an SDK to do, with everything beyond events switched off.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::head::Head;
use crate::routes::exchange::{Outcome, Reply};
use crate::token::{self, TokenError};

/// Answers `/array/<token>/config`.
pub fn json(head: &Head) -> Outcome {
    with_token(head, |token| Reply::json(config(token).to_string()))
}

/// Answers `/array/<token>/config.js`, which leaves the config where the SDK looks for it.
pub fn script(head: &Head) -> Outcome {
    with_token(head, |token| {
        let (name, config) = (Value::from(token), config(token));
        Reply::script(format!(
            "(function () {{\n  \
               var configs = (window._POSTHOG_REMOTE_CONFIG = window._POSTHOG_REMOTE_CONFIG || {{}});\n  \
               configs[{name}] = {{ config: {config}, siteApps: [] }};\n\
             }})();\n"
        ))
    })
}

fn config(token: &str) -> Value {
    json!({
        "token": token,
        "supportedCompression": ["gzip", "gzip-js"],
        "analytics": { "endpoint": "/i/v0/e/" },
        "hasFeatureFlags": false,
        "autocapture_opt_out": false,
        "elementsChainAsString": true,
        "autocaptureExceptions": false,
        "errorTracking": { "autocaptureExceptions": false, "suppressionRules": [] },
        "capturePerformance": false,
        "captureDeadClicks": false,
        "heatmaps": false,
        "sessionRecording": false,
        "surveys": false,
        "productTours": false,
        "conversations": false,
        "logs": { "captureConsoleLogs": false },
        "siteApps": [],
        "toolbarParams": {},
        "isAuthenticated": false,
        "defaultIdentifiedOnly": true,
    })
}

fn with_token(head: &Head, reply: impl FnOnce(&str) -> Reply) -> Outcome {
    match path_token(head.uri.path()) {
        Ok(token) => Outcome {
            reply: Some(reply(token)),
            token: Some(token.to_owned()),
            ..Outcome::default()
        },
        Err(error) => Outcome::refusal(StatusCode::UNAUTHORIZED, error.to_string()),
    }
}

/// The token of `/array/<token>/…`. One that can be a token needs no percent-encoding.
fn path_token(path: &str) -> Result<&str, TokenError> {
    token::agree(path.split('/').nth(2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_is_taken_from_the_path() {
        assert_eq!(path_token("/array/phc_t/config"), Ok("phc_t"));
        assert_eq!(
            path_token("/array/phx_t/config.js"),
            Err(TokenError::PersonalKey)
        );
    }
}
