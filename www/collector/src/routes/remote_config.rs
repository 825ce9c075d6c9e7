//! Remote config: what PostHog tells an SDK to do, with everything beyond events and flags switched off.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::head::Head;
use crate::routes::exchange::Outcome;
use crate::routes::reply::Reply;
use crate::store::Store;
use crate::token::{self, TokenError};

/// Answers `/array/<token>/config`.
pub fn json(store: &Store, head: &Head) -> Outcome {
    with_config(store, head, |_, config| Reply::json(config.to_string()))
}

/// Answers `/array/<token>/config.js`, which leaves the config where the SDK looks for it.
pub fn script(store: &Store, head: &Head) -> Outcome {
    with_config(store, head, |token, config| {
        let name = Value::from(token);
        Reply::script(format!(
            "(function () {{\n  \
               var configs = (window._POSTHOG_REMOTE_CONFIG = window._POSTHOG_REMOTE_CONFIG || {{}});\n  \
               configs[{name}] = {{ config: {config}, siteApps: [] }};\n\
             }})();\n"
        ))
    })
}

fn config(token: &str, has_flags: bool) -> Value {
    json!({
        "token": token,
        "supportedCompression": ["gzip", "gzip-js"],
        "analytics": { "endpoint": "/i/v0/e/" },
        "hasFeatureFlags": has_flags,
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

fn with_config(store: &Store, head: &Head, reply: impl FnOnce(&str, Value) -> Reply) -> Outcome {
    let token = match path_token(head.uri.path()) {
        Ok(token) => token,
        Err(error) => return Outcome::refusal(StatusCode::UNAUTHORIZED, error.to_string()),
    };
    match store.has_flags(token) {
        Ok(has_flags) => Outcome {
            reply: Some(reply(token, config(token, has_flags))),
            token: Some(token.to_owned()),
            ..Outcome::default()
        },
        Err(error) => error.into(),
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
