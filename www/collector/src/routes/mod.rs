//! Which path is answered by what.
//!
//! The PostHog routes all pass through [`mod@exchange`], which applies the fault rules and records the request; what
//! they answer is decided by plain functions in [`capture`], [`flags`] and [`remote_config`]. The collector's own
//! routes are in [`inspection`] and [`definitions`]. Everything else is a file.

pub mod capture;
pub mod definitions;
pub mod exchange;
pub mod flags;
pub mod inspection;
pub mod remote_config;
pub mod reply;

use std::sync::Arc;

use axum::extract::{Extension, Request, State};
use axum::http::{Method, header};
use axum::routing::get;
use axum::{Router, middleware};
use tokio_util::sync::CancellationToken;
use tower_http::cors::{AllowHeaders, AllowOrigin, CorsLayer};

use crate::connection::Connection;
use crate::faults::Faults;
use crate::files::Files;
use crate::store::Store;

use self::exchange::{exchange, preflight};

const MIB: usize = 1024 * 1024;

/// What all handlers share.
#[derive(Debug)]
pub struct Collector {
    /// The database.
    pub store: Arc<Store>,
    /// The fault switch.
    pub faults: Faults,
    /// Static files.
    pub files: Files,
    /// Ends the streams when the server stops.
    pub stop: CancellationToken,
}

/// A route of PostHog.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route {
    /// Events, under all names that the path has had.
    Capture,
    /// Events, with room for a server's batches.
    Batch,
    /// Session recordings.
    Recordings,
    /// Feature flags.
    Flags,
    /// Remote config as JSON.
    Config,
    /// Remote config as a script.
    ConfigScript,
    /// Early access features.
    EarlyAccess,
}

/// All of them answer with and without a slash at the end.
const POSTHOG_PATHS: &[(&str, Route)] = &[
    ("/e", Route::Capture),
    ("/i/v0/e", Route::Capture),
    ("/capture", Route::Capture),
    ("/track", Route::Capture),
    ("/engage", Route::Capture),
    ("/batch", Route::Batch),
    ("/s", Route::Recordings),
    ("/flags", Route::Flags),
    ("/array/{token}/config", Route::Config),
    ("/array/{token}/config.js", Route::ConfigScript),
    ("/api/early_access_features", Route::EarlyAccess),
];

impl Route {
    /// The most that a body may have on the wire, in bytes.
    pub fn max_body_bytes(self) -> usize {
        match self {
            Self::Batch => 20 * MIB,
            Self::Recordings => 25 * MIB,
            _ => 2 * MIB,
        }
    }
}

/// The whole server.
pub fn router(collector: Collector) -> Router {
    let collector = Arc::new(collector);
    Router::new()
        .merge(posthog(&collector))
        .nest("/_collector", inspection::router())
        .fallback(
            async |State(collector): State<Arc<Collector>>, request: Request| {
                collector.files.answer(request).await
            },
        )
        .with_state(collector)
}

fn posthog(collector: &Arc<Collector>) -> Router<Arc<Collector>> {
    let mut router = Router::new();
    for &(path, route) in POSTHOG_PATHS {
        let answer =
            move |State(collector): State<Arc<Collector>>,
                  Extension(connection): Extension<Connection>,
                  request: Request| exchange(collector, connection, route, request);
        let methods = get(answer).post(answer);
        router = router
            .route(path, methods.clone())
            .route(&format!("{path}/"), methods);
    }
    // As PostHog does it: any origin, any header, credentials too.
    let cors = CorsLayer::new()
        .allow_origin(AllowOrigin::mirror_request())
        .allow_headers(AllowHeaders::mirror_request())
        .allow_methods([Method::GET, Method::POST, Method::OPTIONS])
        .allow_credentials(true)
        .expose_headers([header::RETRY_AFTER]);
    // The layer added last is the first to see a request.
    router.layer(cors).layer(middleware::from_fn_with_state(
        Arc::clone(collector),
        preflight,
    ))
}
