//! One request to a PostHog route, from its head to its answer: read, judge, record, and fail where a rule says so.

use std::io;
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::{Extension, Request, State};
use axum::http::{Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::stream::{self, StreamExt};
use http_body_util::BodyExt;
use tokio::task::spawn_blocking;

use crate::connection::Connection;
use crate::faults::{Reset, Rule};
use crate::head::{Head, Parameters};
use crate::payload::{self, Encoded, PayloadError};
use crate::routes::reply::Reply;
use crate::routes::{Collector, Route, capture, flags, remote_config};
use crate::store::{Delivery, Receipt, Store, StoreError};
use crate::validate::{Event, Kind};

/// How much of an oversized body is read and thrown away, in bytes. A client that is still sending when the answer
/// comes may see a broken connection in place of the 413.
const MAX_DISCARDED_BYTES: usize = 64 * 1024 * 1024;

/// What a route makes of a request.
#[derive(Debug, Default)]
pub struct Outcome {
    /// The answer; `None` if there is nobody left to answer.
    pub reply: Option<Reply>,
    /// Why the request was refused.
    pub error: Option<String>,
    /// How the body was packed, if it could be unpacked.
    pub packing: Option<String>,
    /// The size of the JSON text.
    pub decoded_bytes: Option<usize>,
    /// The token, if the request has one.
    pub token: Option<String>,
    /// One for each event in the request, be it ever so wrong.
    pub receipts: Vec<Receipt>,
    /// The events, if all of them are good.
    pub events: Vec<Event>,
}

/// How much of a body was read.
enum Received {
    /// Nothing, or the beginning, since the connection is about to be cut.
    Part { bytes: usize },
    /// All of it.
    Whole(Vec<u8>),
    /// More than the route takes. The rest was thrown away.
    TooLarge { bytes: usize },
    /// The client broke off.
    Broken { bytes: usize },
}

impl Outcome {
    /// A request that is answered with an error, and why.
    pub fn refusal(status: StatusCode, error: String) -> Self {
        let mut outcome = Self::default();
        outcome.refuse(status, error);
        outcome
    }

    /// Answers with an error. What was learnt before stays noted.
    pub fn refuse(&mut self, status: StatusCode, error: String) {
        self.reply = Some(Reply::text(status, error.clone()));
        self.error = Some(error);
    }

    /// Unpacks the body, or what the query has in its place, and notes how it was packed.
    pub fn unpack(
        &mut self,
        head: &Head,
        parameters: &Parameters,
        body: &[u8],
    ) -> Result<String, PayloadError> {
        let decoded = payload::decode(Encoded {
            body,
            content_type: head.content_type.as_deref(),
            content_encoding: head.content_encoding.as_deref(),
            query_data: parameters.data.as_deref(),
        })?;
        self.decoded_bytes = Some(decoded.text.len());
        self.packing = Some(decoded.packing);
        Ok(decoded.text)
    }
}

impl From<StoreError> for Outcome {
    fn from(error: StoreError) -> Self {
        Self::refusal(StatusCode::SERVICE_UNAVAILABLE, error.to_string())
    }
}

/// Takes a request through all of its stages. By the time that the answer begins, everything is committed.
pub async fn exchange(
    collector: Arc<Collector>,
    connection: Connection,
    route: Route,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let head = Arc::new(Head::new(&parts));
    let mut replaced = collector.faults.replaced();
    let rule = collector.faults.take(head.uri.path());
    let received = match rule.as_deref() {
        Some(rule) if !rule.after_commit && (rule.down || rule.reset == Some(Reset::Before)) => {
            Received::Part { bytes: 0 }
        }
        Some(rule) if !rule.after_commit && rule.reset == Some(Reset::Body) => {
            read_part(body).await
        }
        _ => read(body, route.max_body_bytes()).await,
    };
    let reply = in_background({
        let (collector, rule) = (Arc::clone(&collector), rule.clone());
        move || settle(&collector, route, head, &received, rule.as_deref())
    })
    .await;
    if let Some(delay) = rule.as_deref().and_then(Rule::delay) {
        let _ = tokio::time::timeout(delay, replaced.changed()).await;
    }
    match (reply, rule.as_deref().and_then(|rule| rule.reset)) {
        (Some(reply), None) => reply.into_response(),
        (Some(reply), Some(Reset::Response)) if !reply.body.is_empty() => torn_off(reply),
        _ => match connection.cut().await {},
    }
}

/// Records preflights, and lets none through while the server is down. It stands before the CORS layer, which
/// answers them.
pub async fn preflight(
    State(collector): State<Arc<Collector>>,
    Extension(connection): Extension<Connection>,
    request: Request,
    next: Next,
) -> Response {
    if request.method() != Method::OPTIONS {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let head = Head::new(&parts);
    let down = collector.faults.down(head.uri.path());
    let response = match &down {
        Some(_) => None,
        None => Some(next.run(Request::from_parts(parts, body)).await),
    };
    let delivery = Delivery {
        status: response.as_ref().map(Response::status),
        error: down.map(|rule| rule.describe()),
        ..Delivery::new(Arc::new(head))
    };
    let recorded = in_background(move || collector.store.record(&delivery)).await;
    match (response, recorded) {
        (Some(response), Ok(_)) => response,
        (Some(_), Err(error)) => {
            Reply::text(StatusCode::SERVICE_UNAVAILABLE, error.to_string()).into_response()
        }
        (None, _) => match connection.cut().await {},
    }
}

/// Judges the request and commits all that it leaves behind. Returns the answer, if there is to be one at all.
fn settle(
    collector: &Collector,
    route: Route,
    head: Arc<Head>,
    received: &Received,
    rule: Option<&Rule>,
) -> Option<Reply> {
    let mut outcome = judge(&collector.store, route, &head, received);
    if let Some(rule) = rule {
        outcome.reply = outcome.reply.map(|reply| reply.spoiled(rule, route));
        outcome.error = Some(match outcome.error {
            Some(error) => format!("{}; {error}", rule.describe()),
            None => rule.describe(),
        });
        if rule.withholds_events() {
            outcome.events.clear();
        }
    }
    let is_cut = rule.is_some_and(Rule::cuts);
    let delivery = Delivery {
        packing: outcome.packing,
        bytes: received.bytes(),
        decoded_bytes: outcome.decoded_bytes,
        status: outcome
            .reply
            .as_ref()
            .filter(|_| !is_cut)
            .map(|reply| reply.status),
        error: outcome.error,
        token: outcome.token,
        receipts: outcome.receipts,
        events: outcome.events,
        ..Delivery::new(head)
    };
    match collector.store.record(&delivery) {
        Ok(_) => outcome.reply,
        Err(error) => Some(Reply::text(
            StatusCode::SERVICE_UNAVAILABLE,
            error.to_string(),
        )),
    }
}

fn judge(store: &Store, route: Route, head: &Head, received: &Received) -> Outcome {
    let body = match received {
        Received::Whole(body) => body,
        Received::Part { .. } => return Outcome::default(),
        Received::Broken { bytes } => {
            let error = format!("the client broke off after {bytes} bytes");
            return Outcome {
                error: Some(error),
                ..Outcome::default()
            };
        }
        Received::TooLarge { .. } => {
            let limit = route.max_body_bytes();
            let error =
                format!("the body is larger than {limit} bytes, the most that this route takes");
            return Outcome::refusal(StatusCode::PAYLOAD_TOO_LARGE, error);
        }
    };
    match route {
        Route::Capture | Route::Batch => capture::answer(Kind::Events, head, body),
        Route::Recordings => capture::answer(Kind::Recordings, head, body),
        Route::Flags => flags::answer(store, head, body),
        Route::EarlyAccess => flags::early_access(store, head),
        Route::Config => remote_config::json(store, head),
        Route::ConfigScript => remote_config::script(store, head),
    }
}

impl Received {
    fn bytes(&self) -> usize {
        match self {
            Self::Whole(body) => body.len(),
            Self::Part { bytes } | Self::TooLarge { bytes } | Self::Broken { bytes } => *bytes,
        }
    }
}

async fn read(mut body: Body, limit: usize) -> Received {
    let mut whole = Vec::new();
    let mut bytes = 0;
    while let Some(frame) = body.frame().await {
        let Ok(frame) = frame else {
            return Received::Broken { bytes };
        };
        let Some(data) = frame.data_ref() else {
            continue;
        };
        bytes += data.len();
        if bytes <= limit {
            whole.extend_from_slice(data);
        } else if bytes > MAX_DISCARDED_BYTES {
            break;
        }
    }
    if bytes > limit {
        Received::TooLarge { bytes }
    } else {
        Received::Whole(whole)
    }
}

async fn read_part(mut body: Body) -> Received {
    let first = body
        .frame()
        .await
        .and_then(Result::ok)
        .and_then(|frame| frame.into_data().ok());
    Received::Part {
        bytes: first.map_or(0, |data| data.len()),
    }
}

/// An answer that promises its whole length and ends half way.
fn torn_off(reply: Reply) -> Response {
    let body = Bytes::from(reply.body.clone());
    let length = body.len();
    let first_half = stream::iter([Ok(body.slice(..length / 2))]);
    let failure = stream::once(async {
        // What hyper has of the answer is written when this first says "not yet"; the error then ends the connection.
        tokio::task::yield_now().await;
        Err(io::Error::from(io::ErrorKind::ConnectionReset))
    });
    let mut response = reply.into_response();
    response
        .headers_mut()
        .insert(header::CONTENT_LENGTH, length.into());
    *response.body_mut() = Body::from_stream(first_half.chain(failure));
    response
}

/// Runs what blocks where it may. It runs to its end even if the client goes away meanwhile.
async fn in_background<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    match spawn_blocking(work).await {
        Ok(value) => value,
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
}
