//! The rows of the database as they are read back and shown, and the filters for them.

use rusqlite::Row;
use rusqlite::types::Type;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// Which events to read. All of them by default, oldest first.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventFilter {
    /// Of this project only.
    pub token: Option<String>,
    /// Of this person only, by the one id.
    pub distinct_id: Option<String>,
    /// Stored after the event with this id.
    #[serde(default)]
    pub after: i64,
    /// At most so many.
    pub limit: Option<u32>,
}

/// Which receipts to read. All of them by default, oldest first.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReceiptFilter {
    /// Of this project only.
    pub token: Option<String>,
    /// Of this request only.
    pub request_id: Option<i64>,
}

/// Restricts requests or persons to one project.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenFilter {
    /// Of this project only.
    pub token: Option<String>,
}

/// One row of `events`. Properties stay the JSON text that they are stored as.
#[derive(Clone, Debug, Serialize)]
#[expect(
    missing_docs,
    reason = "the fields are the columns of schema.sql, which describes them"
)]
pub struct EventRow {
    pub id: i64,
    pub uuid: String,
    pub token: String,
    pub event: String,
    pub distinct_id: String,
    pub timestamp: Option<String>,
    pub corrected_timestamp: String,
    pub properties: Box<RawValue>,
    pub set: Option<Box<RawValue>>,
    pub set_once: Option<Box<RawValue>>,
    pub unset: Option<Box<RawValue>>,
    pub session_id: Option<String>,
    pub window_id: Option<String>,
    pub received_at: String,
    pub request_id: i64,
}

/// One row of `receipts`.
#[derive(Clone, Debug, Serialize)]
#[expect(
    missing_docs,
    reason = "the fields are the columns of schema.sql, which describes them"
)]
pub struct ReceiptRow {
    pub id: i64,
    pub uuid: Option<String>,
    pub event: Option<String>,
    pub token: Option<String>,
    pub request_id: i64,
    pub tab: Option<String>,
    pub received_at: String,
    pub status: u16,
}

/// One row of `requests`.
#[derive(Clone, Debug, Serialize)]
#[expect(
    missing_docs,
    reason = "the fields are the columns of schema.sql, which describes them"
)]
pub struct RequestRow {
    pub id: i64,
    pub path: String,
    pub query: Option<String>,
    pub method: String,
    pub content_type: Option<String>,
    pub content_encoding: Option<String>,
    pub compression: Option<String>,
    pub bytes: i64,
    pub decoded_bytes: Option<i64>,
    pub status: u16,
    pub error: Option<String>,
    pub received_at: String,
    pub retry_count: Option<u32>,
    pub user_agent: Option<String>,
    pub token: Option<String>,
    pub events: i64,
}

impl EventRow {
    pub(crate) fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            uuid: row.get("uuid")?,
            token: row.get("token")?,
            event: row.get("event")?,
            distinct_id: row.get("distinct_id")?,
            timestamp: row.get("timestamp")?,
            corrected_timestamp: row.get("corrected_timestamp")?,
            properties: json(row.get("properties")?)?,
            set: row.get::<_, Option<String>>("set")?.map(json).transpose()?,
            set_once: row
                .get::<_, Option<String>>("set_once")?
                .map(json)
                .transpose()?,
            unset: row
                .get::<_, Option<String>>("unset")?
                .map(json)
                .transpose()?,
            session_id: row.get("session_id")?,
            window_id: row.get("window_id")?,
            received_at: row.get("received_at")?,
            request_id: row.get("request_id")?,
        })
    }
}

impl ReceiptRow {
    pub(crate) fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            uuid: row.get("uuid")?,
            event: row.get("event")?,
            token: row.get("token")?,
            request_id: row.get("request_id")?,
            tab: row.get("tab")?,
            received_at: row.get("received_at")?,
            status: row.get("status")?,
        })
    }
}

impl RequestRow {
    pub(crate) fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            path: row.get("path")?,
            query: row.get("query")?,
            method: row.get("method")?,
            content_type: row.get("content_type")?,
            content_encoding: row.get("content_encoding")?,
            compression: row.get("compression")?,
            bytes: row.get("bytes")?,
            decoded_bytes: row.get("decoded_bytes")?,
            status: row.get("status")?,
            error: row.get("error")?,
            received_at: row.get("received_at")?,
            retry_count: row.get("retry_count")?,
            user_agent: row.get("user_agent")?,
            token: row.get("token")?,
            events: row.get("events")?,
        })
    }
}

/// Text of a JSON column. Only damage to the file from outside can make it fail.
fn json(text: String) -> rusqlite::Result<Box<RawValue>> {
    RawValue::from_string(text)
        .map_err(|error| rusqlite::Error::FromSqlConversionFailure(0, Type::Text, Box::new(error)))
}
