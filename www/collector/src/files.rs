//! Static files: folders mounted under paths, and the one file that answers for all routes of a client.

use std::convert::Infallible;
use std::path::PathBuf;
use std::str::FromStr;

use axum::body::Body;
use axum::http::uri::PathAndQuery;
use axum::http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, Uri, header};
use axum::response::IntoResponse;
use thiserror::Error;
use tower::ServiceExt;
use tower_http::services::fs::ServeFileSystemResponseBody;
use tower_http::services::{ServeDir, ServeFile};

use crate::args::Mount;

/// Why the files cannot be served.
#[derive(Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum FilesError {
    /// `--mount` wants a folder.
    #[error("--mount {prefix}/={}: there is no such folder", folder.display())]
    NoFolder {
        /// The path on the server.
        prefix: String,
        /// What is not there.
        folder: PathBuf,
    },
    /// `--spa` wants a file.
    #[error("--spa {prefix}/={}: there is no such file", file.display())]
    NoFile {
        /// The path on the server.
        prefix: String,
        /// What is not there.
        file: PathBuf,
    },
}

/// All that is served beside the routes.
#[derive(Debug)]
pub struct Files {
    /// Longest prefix first.
    mounts: Vec<Mount>,
    /// Longest prefix first.
    spas: Vec<Mount>,
}

impl Files {
    /// Checks that everything mounted is there.
    pub fn new(mut mounts: Vec<Mount>, mut spas: Vec<Mount>) -> Result<Self, FilesError> {
        if let Some(Mount { prefix, target }) = mounts.iter().find(|mount| !mount.target.is_dir()) {
            return Err(FilesError::NoFolder {
                prefix: prefix.clone(),
                folder: target.clone(),
            });
        }
        if let Some(Mount { prefix, target }) = spas.iter().find(|spa| !spa.target.is_file()) {
            return Err(FilesError::NoFile {
                prefix: prefix.clone(),
                file: target.clone(),
            });
        }
        for list in [&mut mounts, &mut spas] {
            list.sort_by_key(|mount| std::cmp::Reverse(mount.prefix.len()));
        }
        Ok(Self { mounts, spas })
    }

    /// Answers a request that no route takes.
    pub async fn answer(&self, request: Request<Body>) -> Response<Body> {
        let (parts, _) = request.into_parts();
        let path = parts.uri.path();
        let mount = find(&self.mounts, path);
        if let Some((mount, rest)) = mount {
            let response =
                serve_folder(mount, rest, &parts.method, &parts.uri, &parts.headers).await;
            if response.status() != StatusCode::NOT_FOUND {
                return response;
            }
        }
        let is_read = matches!(parts.method, Method::GET | Method::HEAD);
        // What lies under a longer mount is that mount's alone: a missing script must not come back as a page.
        let spa = find(&self.spas, path).filter(|(spa, _)| {
            mount.is_none_or(|(mount, _)| mount.prefix.len() <= spa.prefix.len())
        });
        match spa {
            Some((spa, _)) if is_read => {
                let request = request_for(Uri::default(), &parts.method, &parts.headers);
                finish(ServeFile::new(&spa.target).oneshot(request).await)
            }
            _ => (
                StatusCode::NOT_FOUND,
                format!("nothing is served at {path}\n"),
            )
                .into_response(),
        }
    }
}

/// The mount that owns a path, and the path below it.
fn find<'a>(mounts: &'a [Mount], path: &'a str) -> Option<(&'a Mount, &'a str)> {
    mounts
        .iter()
        .find_map(|mount| Some((mount, mount.strip(path)?)))
}

async fn serve_folder(
    mount: &Mount,
    rest: &str,
    method: &Method,
    uri: &Uri,
    headers: &HeaderMap,
) -> Response<Body> {
    // A page served at the bare prefix would resolve its relative addresses one folder too high.
    if uri.path() == mount.prefix {
        return (
            StatusCode::TEMPORARY_REDIRECT,
            [(header::LOCATION, format!("{}/", mount.prefix))],
        )
            .into_response();
    }
    let below = PathAndQuery::from_str(rest).map_or_else(|_| Uri::default(), Uri::from);
    let folder = ServeDir::new(&mount.target).redirect_path_prefix(&mount.prefix);
    finish(folder.oneshot(request_for(below, method, headers)).await)
}

/// A request for a file has no body that matters; the headers may ask for a range or for news only.
fn request_for(uri: Uri, method: &Method, headers: &HeaderMap) -> Request<Body> {
    let mut request = Request::new(Body::empty());
    *request.method_mut() = method.clone();
    *request.uri_mut() = uri;
    *request.headers_mut() = headers.clone();
    request
}

fn finish(response: Result<Response<ServeFileSystemResponseBody>, Infallible>) -> Response<Body> {
    let Ok(response) = response;
    let mut response = response.map(Body::new);
    let headers = response.headers_mut();
    // A page under development must never run yesterday's script.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    // As a CDN does it: a page of any origin may load modules, also one in a sandbox, whose origin is nobody's.
    headers.insert(
        header::ACCESS_CONTROL_ALLOW_ORIGIN,
        HeaderValue::from_static("*"),
    );
    if let Some(named) = headers.get(header::CONTENT_TYPE).and_then(with_charset) {
        headers.insert(header::CONTENT_TYPE, named);
    }
    response
}

/// Every text file that is served is UTF-8, and a page without a `<meta charset>` must be read as such.
fn with_charset(content_type: &HeaderValue) -> Option<HeaderValue> {
    let text = content_type.to_str().ok()?;
    let is_bare_text =
        (text.starts_with("text/") || text == "application/json") && !text.contains(';');
    is_bare_text.then(|| HeaderValue::from_str(&format!("{text}; charset=utf-8")).ok())?
}
