//! The definitions of feature flags, under `/_collector/flags`: each belongs to a project, by its token.
//!
//! - `GET /flags?token=T` answers `{"flags": […]}`: each definition with `id`, `token`, `key`, `version` and
//!   `updated_at`. Without a token, those of all projects.
//! - `PUT /flags/{key}?token=T` with a definition as PostHog writes it makes the flag, or replaces its definition;
//!   `{}` is on for everybody. Answers the flag as it is now. 400 says what is wrong with a definition.
//! - `DELETE /flags/{key}?token=T` answers 204; 404 if there is no such flag.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, put};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::json;

use crate::flags::definition::Definition;
use crate::routes::Collector;
use crate::routes::inspection::{Shared, read};
use crate::rows::TokenFilter;
use crate::store::StoreError;
use crate::token;

/// Whose flag it is.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Project {
    token: String,
}

/// The routes, without their prefix.
pub fn router() -> Router<Arc<Collector>> {
    Router::new()
        .route("/flags", get(list))
        .route("/flags/{key}", put(define).delete(remove))
}

async fn list(
    State(collector): Shared,
    Query(filter): Query<TokenFilter>,
) -> Result<impl IntoResponse, StoreError> {
    read(&collector, move |store| {
        let flags = store.flags(filter.token.as_deref())?;
        Ok(json!({ "flags": flags }))
    })
    .await
}

/// Reads the body itself, so that no content type is needed.
async fn define(
    State(collector): Shared,
    Path(key): Path<String>,
    Query(project): Query<Project>,
    body: Bytes,
) -> Result<Response, StoreError> {
    let refuse = |error: String| Ok((StatusCode::BAD_REQUEST, error).into_response());
    let token = match token::agree([&*project.token]) {
        Ok(token) => token.to_owned(),
        Err(error) => return refuse(error.to_string()),
    };
    let definition = match Definition::read(&key, &body) {
        Ok(definition) => definition,
        Err(error) => return refuse(error.to_string()),
    };
    let flag = read(&collector, move |store| {
        store.define_flag(&token, &key, &definition)
    });
    Ok(flag.await?.into_response())
}

async fn remove(
    State(collector): Shared,
    Path(key): Path<String>,
    Query(project): Query<Project>,
) -> Result<Response, StoreError> {
    let Json(was_there) = read(&collector, {
        let key = key.clone();
        move |store| store.delete_flag(&project.token, &key)
    })
    .await?;
    Ok(if was_there {
        StatusCode::NO_CONTENT.into_response()
    } else {
        let error = format!("there is no flag {key:?} in this project");
        (StatusCode::NOT_FOUND, error).into_response()
    })
}
