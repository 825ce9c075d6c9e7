//! The head of a request to a PostHog route: what is recorded of it, and the query parameters that count.

use axum::extract::Query;
use axum::http::request::Parts;
use axum::http::{HeaderName, Method, Uri, header};
use jiff::Timestamp;
use serde::Deserialize;
use thiserror::Error;

/// What is kept of a request's head.
#[derive(Clone, Debug)]
pub struct Head {
    /// When the head arrived.
    pub received_at: Timestamp,
    /// The method.
    pub method: Method,
    /// Path and query.
    pub uri: Uri,
    /// `Content-Type`.
    pub content_type: Option<String>,
    /// `Content-Encoding`.
    pub content_encoding: Option<String>,
    /// `User-Agent`.
    pub user_agent: Option<String>,
}

/// The query parameters that change how a request is read or answered. Others are ignored.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Parameters {
    /// A hint only, since gzip is known by its first bytes; yet PostHog refuses what it does not know.
    pub compression: Option<Compression>,
    /// `1` asks for 204 and no body, which is all that a beacon needs.
    pub beacon: Option<String>,
    /// When the request was sent, in milliseconds since 1970, by the client's clock.
    #[serde(rename = "_")]
    pub sent_at: Option<i64>,
    /// The body of a GET.
    pub data: Option<String>,
}

/// The values of the `compression` parameter.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
pub enum Compression {
    /// By the server's name or the SDK's.
    #[serde(rename = "gzip", alias = "gzip-js")]
    Gzip,
    /// Sent along with a form body.
    #[serde(rename = "base64")]
    Base64,
    /// Of SDKs long gone; refused with a message of its own.
    #[serde(rename = "lz64")]
    Lz64,
}

/// Why the query is refused.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum ParametersError {
    /// A parameter of the wrong type.
    #[error("the query cannot be read: {0}")]
    Query(String),
    /// LZString.
    #[error("compression=lz64 is not supported; send gzip, base64 or plain JSON")]
    Lz64,
}

impl Head {
    /// Takes note of a head that arrives now.
    pub fn new(parts: &Parts) -> Self {
        let text = |name: HeaderName| {
            parts
                .headers
                .get(name)
                .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
        };
        Self {
            received_at: Timestamp::now(),
            method: parts.method.clone(),
            uri: parts.uri.clone(),
            content_type: text(header::CONTENT_TYPE),
            content_encoding: text(header::CONTENT_ENCODING),
            user_agent: text(header::USER_AGENT),
        }
    }

    /// Reads the query.
    pub fn parameters(&self) -> Result<Parameters, ParametersError> {
        let Query(parameters) = Query::<Parameters>::try_from_uri(&self.uri)
            .map_err(|error| ParametersError::Query(error.body_text()))?;
        if parameters.compression == Some(Compression::Lz64) {
            return Err(ParametersError::Lz64);
        }
        Ok(parameters)
    }

    /// The `retry_count` that SDKs add when they send again. Kept apart from [`Parameters`]: it is recorded even
    /// of a request whose query is refused.
    pub fn retry_count(&self) -> Option<u32> {
        self.query("retry_count").next()?.parse().ok()
    }

    /// The values of a parameter that only one route knows.
    pub fn query<'a>(&'a self, name: &'a str) -> impl Iterator<Item = String> + 'a {
        form_urlencoded::parse(self.uri.query().unwrap_or_default().as_bytes())
            .filter(move |(known, _)| known == name)
            .map(|(_, value)| value.into_owned())
    }
}

impl Parameters {
    /// Whether the client wants 204 rather than a body.
    pub fn is_beacon(&self) -> bool {
        matches!(self.beacon.as_deref(), Some("1" | "true"))
    }
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    fn head(uri: &str) -> Head {
        Head::new(&Request::get(uri).body(()).unwrap().into_parts().0)
    }

    #[test]
    fn the_query_of_today_and_of_old_sdks_is_read() {
        let head =
            head("/e/?compression=gzip-js&ip=1&_=1700000000000&ver=1.78.0&beacon=1&retry_count=2");
        let parameters = head.parameters().unwrap();
        assert_eq!(parameters.compression, Some(Compression::Gzip));
        assert_eq!(parameters.sent_at, Some(1_700_000_000_000));
        assert!(parameters.is_beacon());
        assert_eq!(head.retry_count(), Some(2));
    }

    #[test]
    fn parameters_of_the_wrong_type_are_refused() {
        assert!(matches!(
            head("/e/?_=soon").parameters(),
            Err(ParametersError::Query(_))
        ));
        assert!(matches!(
            head("/e/?compression=zip").parameters(),
            Err(ParametersError::Query(_))
        ));
        assert_eq!(
            head("/e/?compression=lz64").parameters().unwrap_err(),
            ParametersError::Lz64
        );
    }
}
