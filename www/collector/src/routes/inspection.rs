//! The collector's own routes, under `/_collector`: what it holds, live and at rest, and the fault switch.
//! They are same-origin only, unlike the PostHog routes.
//!
//! | under `/_collector` | |
//! |---|---|
//! | `GET /events` `/receipts` `/requests` `/persons` | what is stored, as JSON lists; see [`rows`](crate::rows) |
//! | `DELETE /events` | forgets all of that |
//! | `GET /stream` | the events as they are stored, without end |
//! | `GET` `PUT` `DELETE /faults` | how requests are to fail: a JSON list of [`Rule`]s |
//! | `/flags` | see [`definitions`] |

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::sse::{KeepAlive, Sse};
use axum::response::{IntoResponse, Response, sse};
use axum::routing::{any, delete, get};
use axum::{Json, Router};
use futures_util::stream::StreamExt;
use serde::Serialize;
use tokio::task::spawn_blocking;

use crate::faults::{ActiveRule, Rule};
use crate::payload::MAX_DECODED_BYTES;
use crate::routes::{Collector, definitions};
use crate::rows::{EventFilter, EventRow, ReceiptFilter, TokenFilter};
use crate::store::{Store, StoreError};
use crate::stream;

pub(super) type Shared = State<Arc<Collector>>;

/// The routes, without their prefix.
pub fn router() -> Router<Arc<Collector>> {
    Router::new()
        .route("/events", get(events).merge(delete(clear)))
        .route("/receipts", get(receipts))
        .route("/requests", get(requests))
        .route("/persons", get(persons))
        .route("/stream", get(live))
        .route("/faults", get(faults).put(set_faults).delete(clear_faults))
        .merge(definitions::router())
        .route("/{*rest}", any(async || StatusCode::NOT_FOUND))
        // A rule may answer with more than any server should.
        .layer(DefaultBodyLimit::max(MAX_DECODED_BYTES))
}

impl IntoResponse for StoreError {
    fn into_response(self) -> Response {
        (StatusCode::SERVICE_UNAVAILABLE, self.to_string()).into_response()
    }
}

async fn events(
    State(collector): Shared,
    Query(filter): Query<EventFilter>,
) -> Result<impl IntoResponse, StoreError> {
    read(&collector, move |store| store.events(&filter)).await
}

async fn receipts(
    State(collector): Shared,
    Query(filter): Query<ReceiptFilter>,
) -> Result<impl IntoResponse, StoreError> {
    read(&collector, move |store| store.receipts(&filter)).await
}

async fn requests(
    State(collector): Shared,
    Query(filter): Query<TokenFilter>,
) -> Result<impl IntoResponse, StoreError> {
    read(&collector, move |store| {
        store.requests(filter.token.as_deref())
    })
    .await
}

async fn persons(
    State(collector): Shared,
    Query(filter): Query<TokenFilter>,
) -> Result<impl IntoResponse, StoreError> {
    read(&collector, move |store| {
        store.persons(filter.token.as_deref())
    })
    .await
}

async fn clear(State(collector): Shared) -> Result<impl IntoResponse, StoreError> {
    read(&collector, Store::clear).await
}

/// Stored events and then each new one. Resumes after `Last-Event-ID`, else after `?after=`, else begins with the
/// first event that is stored.
async fn live(
    State(collector): Shared,
    Query(mut filter): Query<EventFilter>,
    headers: HeaderMap,
) -> Result<impl IntoResponse, StoreError> {
    let last_seen = headers
        .get("last-event-id")
        .and_then(|value| value.to_str().ok()?.parse().ok());
    filter.after = last_seen.unwrap_or(filter.after);
    let Json(highest) = read(&collector, Store::highest_id).await?;
    if filter.after > highest {
        // The reader knows ids of another database, which was here before a restart.
        filter.after = 0;
    }
    let rows = stream::events(Arc::clone(&collector.store), filter);
    let messages = rows.map(|row| row.map(|row| message(&row)));
    // A stream has no end of its own, and the server could not stop for it.
    let messages = messages.take_until(collector.stop.clone().cancelled_owned());
    Ok(Sse::new(messages).keep_alive(KeepAlive::default()))
}

fn message(row: &EventRow) -> sse::Event {
    let data = serde_json::to_string(row).expect("a row has only plain fields");
    sse::Event::default()
        .event("event")
        .id(row.id.to_string())
        .data(data)
}

async fn faults(State(collector): Shared) -> Json<Vec<ActiveRule>> {
    Json(collector.faults.list())
}

/// Reads the body itself, so that no content type is needed.
async fn set_faults(State(collector): Shared, body: Bytes) -> Response {
    let refuse = |error: String| (StatusCode::BAD_REQUEST, error).into_response();
    let rules: Vec<Rule> = match serde_json::from_slice(&body) {
        Ok(rules) => rules,
        Err(error) => return refuse(format!("the body must be a list of rules: {error}")),
    };
    match collector.faults.replace(rules) {
        Ok(()) => Json(collector.faults.list()).into_response(),
        Err(error) => refuse(error.to_string()),
    }
}

async fn clear_faults(State(collector): Shared) -> Response {
    match collector.faults.replace(Vec::new()) {
        Ok(()) => Json(collector.faults.list()).into_response(),
        Err(error) => (StatusCode::BAD_REQUEST, error.to_string()).into_response(),
    }
}

/// Runs a query where it may block.
pub(super) async fn read<T: Serialize + Send + 'static>(
    collector: &Collector,
    query: impl FnOnce(&Store) -> Result<T, StoreError> + Send + 'static,
) -> Result<Json<T>, StoreError> {
    let store = Arc::clone(&collector.store);
    let rows = spawn_blocking(move || query(&store))
        .await
        .expect("a query does not panic")?;
    Ok(Json(rows))
}
