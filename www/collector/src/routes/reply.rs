//! What a route answers, and what a fault rule makes of it.

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value};

use crate::faults::Rule;
use crate::routes::{Route, capture};

/// An answer before it is HTTP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The status.
    pub status: StatusCode,
    /// `Content-Type`; none without a body.
    pub content_type: Option<HeaderValue>,
    /// `Retry-After`.
    pub retry_after: Option<HeaderValue>,
    /// The body.
    pub body: String,
}

impl Reply {
    /// 200 with JSON text.
    pub fn json(body: String) -> Self {
        Self {
            status: StatusCode::OK,
            content_type: Some(HeaderValue::from_static("application/json")),
            retry_after: None,
            body,
        }
    }

    /// 200 with a script.
    pub fn script(body: String) -> Self {
        Self {
            content_type: Some(HeaderValue::from_static("text/javascript; charset=utf-8")),
            ..Self::json(body)
        }
    }

    /// 204.
    pub fn empty() -> Self {
        Self {
            status: StatusCode::NO_CONTENT,
            content_type: None,
            retry_after: None,
            body: String::new(),
        }
    }

    /// Any status with a line that says why.
    pub fn text(status: StatusCode, body: String) -> Self {
        Self {
            status,
            content_type: Some(HeaderValue::from_static("text/plain; charset=utf-8")),
            retry_after: None,
            body,
        }
    }

    /// The answer that a rule makes of this one.
    pub(super) fn spoiled(mut self, rule: &Rule, route: Route) -> Self {
        if let Some(status) = rule.status.and_then(|code| StatusCode::from_u16(code).ok()) {
            self = match status {
                StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED => Self {
                    status,
                    ..Self::empty()
                },
                _ if status.is_success() => Self {
                    status,
                    ..capture::accepted()
                },
                _ => Self::text(status, rule.describe()),
            };
        }
        if let Some(body) = &rule.body {
            let content_type = rule.content_type.as_deref().unwrap_or("application/json");
            self.content_type = HeaderValue::from_str(content_type).ok();
            self.body.clone_from(body);
        }
        if let Some(resources) = &rule.quota_limited {
            self = self.over_quota(resources, route);
        }
        self.retry_after = rule
            .retry_after
            .as_deref()
            .and_then(|value| HeaderValue::from_str(value).ok());
        self
    }

    /// Says so in a JSON answer, and in an error that a rule made; other text, such as a script, is left as it is.
    fn over_quota(self, resources: &[String], route: Route) -> Self {
        let mut fields = match serde_json::from_str::<Map<String, Value>>(&self.body) {
            Ok(fields) => fields,
            Err(_) if !self.status.is_success() => Map::new(),
            Err(_) => return self,
        };
        let name = if route == Route::Flags {
            "quotaLimited"
        } else {
            "quota_limited"
        };
        fields.insert(name.to_owned(), resources.into());
        Self {
            content_type: Some(HeaderValue::from_static("application/json")),
            body: Value::from(fields).to_string(),
            ..self
        }
    }
}

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::from(self.body));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        if let Some(content_type) = self.content_type {
            headers.insert(header::CONTENT_TYPE, content_type);
        }
        if let Some(retry_after) = self.retry_after {
            headers.insert(header::RETRY_AFTER, retry_after);
        }
        response
    }
}
