//! Starting a collector and talking to it.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::thread::{self, JoinHandle};

use clap::Parser;
use collector::args::Args;
use collector::server::Server;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;
use ureq::Agent;
use ureq::http::{HeaderMap, Request};

/// A running collector with a database of its own. Stops when dropped.
pub(crate) struct Collector {
    address: SocketAddr,
    database: PathBuf,
    stop: CancellationToken,
    thread: Option<JoinHandle<()>>,
    _folder: TempDir,
}

pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

/// A client that keeps no connections: each request has one of its own, which a fault may cut.
fn agent() -> Agent {
    Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .max_idle_connections(0)
        .proxy(None)
        .build()
        .into()
}

impl Collector {
    pub(crate) fn start() -> Self {
        Self::start_with(&[])
    }

    /// With further arguments on the command line.
    pub(crate) fn start_with(arguments: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("events.sqlite");
        let required = ["collector", "--database", database.to_str().unwrap()];
        let args = Args::parse_from(required.iter().chain(arguments));
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .unwrap();
        let server = runtime.block_on(Server::bind(args)).unwrap();
        let (address, stop) = (server.address(), server.stop_handle());
        let thread = thread::spawn(move || runtime.block_on(server.run()));
        Self {
            address,
            database,
            stop,
            thread: Some(thread),
            _folder: folder,
        }
    }

    pub(crate) fn database(&self) -> &Path {
        &self.database
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn try_send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Result<Answer, ureq::Error> {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("http://{}{path}", self.address));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = match body {
            [] => agent().run(request.body(()).unwrap())?,
            _ => agent().run(request.body(body.to_vec()).unwrap())?,
        };
        let (parts, mut body) = response.into_parts();
        let body = body.read_to_string()?;
        Ok(Answer {
            status: parts.status.as_u16(),
            headers: parts.headers,
            body,
        })
    }

    pub(crate) fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Answer {
        self.try_send(method, path, headers, body).unwrap()
    }

    /// Posts as an SDK does, and expects an answer.
    pub(crate) fn post(&self, path: &str, body: impl AsRef<[u8]>) -> Answer {
        self.send(
            "POST",
            path,
            &[("content-type", "text/plain")],
            body.as_ref(),
        )
    }

    /// Posts and returns whether a complete answer came.
    pub(crate) fn is_answered(&self, path: &str, body: impl AsRef<[u8]>) -> bool {
        self.try_send(
            "POST",
            path,
            &[("content-type", "text/plain")],
            body.as_ref(),
        )
        .is_ok()
    }

    /// One of the lists under `/_collector/`.
    pub(crate) fn list(&self, name: &str) -> Vec<Value> {
        let answer = self.send("GET", &format!("/_collector/{name}"), &[], &[]);
        assert_eq!(answer.status, 200, "{}", answer.body);
        serde_json::from_str(&answer.body).unwrap()
    }

    /// One column of one of the lists.
    pub(crate) fn column(&self, name: &str, column: &str) -> Vec<Value> {
        self.list(name)
            .into_iter()
            .map(|mut row| row[column].take())
            .collect()
    }

    pub(crate) fn set_faults(&self, rules: &Value) {
        let answer = self.send(
            "PUT",
            "/_collector/faults",
            &[],
            rules.to_string().as_bytes(),
        );
        assert_eq!(answer.status, 200, "{}", answer.body);
    }

    /// Defines a flag of the project `phc_test` and returns it.
    pub(crate) fn define_flag(&self, key: &str, definition: &Value) -> Value {
        let path = format!("/_collector/flags/{key}?token=phc_test");
        let answer = self.send("PUT", &path, &[], definition.to_string().as_bytes());
        assert_eq!(answer.status, 200, "{}", answer.body);
        serde_json::from_str(&answer.body).unwrap()
    }

    /// What `/flags/` answers to a question of the project `phc_test`.
    pub(crate) fn flags(&self, question: &Value) -> Value {
        let mut question = question.clone();
        question["token"] = "phc_test".into();
        let answer = self.post("/flags/?v=2", question.to_string());
        assert_eq!(answer.status, 200, "{}", answer.body);
        serde_json::from_str(&answer.body).unwrap()
    }

    /// Writes bytes to a connection and returns all that comes back until it ends, however it ends.
    pub(crate) fn raw(&self, bytes: &[u8]) -> String {
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream.write_all(bytes).unwrap();
        let mut answer = Vec::new();
        let mut buffer = [0; 4096];
        while let Ok(length @ 1..) = stream.read(&mut buffer) {
            answer.extend_from_slice(&buffer[..length]);
        }
        String::from_utf8(answer).unwrap()
    }
}

impl Drop for Collector {
    fn drop(&mut self) {
        self.stop.cancel();
        if let Some(thread) = self.thread.take() {
            let ended = thread.join();
            assert!(ended.is_ok() || thread::panicking(), "the server panicked");
        }
    }
}

/// An event as hoglet and posthog-js write it.
pub(crate) fn event(name: &str, uuid: &str) -> Value {
    json!({
        "uuid": uuid,
        "event": name,
        "properties": { "token": "phc_test", "distinct_id": "anonymous", "$window_id": "tab" },
        "timestamp": "2026-01-02T03:04:05.678Z",
    })
}

pub(crate) fn envelope(events: &[Value]) -> String {
    json!({ "api_key": "phc_test", "batch": events, "sent_at": "2026-01-02T03:04:06.000Z" })
        .to_string()
}

pub(crate) fn uuid(number: u32) -> String {
    format!("0197a000-0000-7000-8000-{number:012x}")
}

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}
