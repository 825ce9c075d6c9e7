//! The accept loop.
//!
//! It is our own, above hyper, because a fault rule must be able to cut the connection under a request, and
//! axum's own loop has no way to do that.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use thiserror::Error;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;

use crate::args::Args;
use crate::connection::{Connection, CuttableStream};
use crate::faults::Faults;
use crate::files::{Files, FilesError};
use crate::flags::seed::{SeedError, seed};
use crate::routes::{self, Collector};
use crate::store::{Store, StoreError};

/// How long a stopping server waits for the requests in hand, some of which a rule may be delaying for minutes.
const STOP_PATIENCE: Duration = Duration::from_secs(2);

/// Why the server did not start.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum StartError {
    /// The address is taken or not ours.
    #[error("cannot listen on {address}: {source}; choose another with --port or --host")]
    Listen {
        /// What was asked for.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// The database cannot be opened.
    #[error("cannot open the database {}: {source}", path.display())]
    Database {
        /// What was asked for.
        path: PathBuf,
        /// What SQLite said.
        source: StoreError,
    },
    /// The flags to begin with are no flags.
    #[error("cannot define the flags of {}: {source}", path.display())]
    Flags {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: SeedError,
    },
    /// A mount names something that is not there.
    #[error(transparent)]
    Files(#[from] FilesError),
}

/// A server that has its port and database, and is ready to run.
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    router: Router,
    stop: CancellationToken,
}

impl Server {
    /// Opens the database and takes the port. Connections are accepted by the system from here on, and answered
    /// once [`run`](Self::run) is polled.
    pub async fn bind(args: Args) -> Result<Self, StartError> {
        let files = Files::new(args.mounts, args.spas)?;
        let store = Store::open(&args.database).map_err(|source| StartError::Database {
            path: args.database,
            source,
        })?;
        if let Some(path) = args.flags {
            seed(&store, &path).map_err(|source| StartError::Flags { path, source })?;
        }
        let address = SocketAddr::new(args.host, args.port);
        let listener = TcpListener::bind(address)
            .await
            .map_err(|source| StartError::Listen { address, source })?;
        let address = listener
            .local_addr()
            .map_err(|source| StartError::Listen { address, source })?;
        let stop = CancellationToken::new();
        let collector = Collector {
            store: Arc::new(store),
            faults: Faults::default(),
            files,
            stop: stop.clone(),
        };
        Ok(Self {
            listener,
            address,
            router: routes::router(collector),
            stop,
        })
    }

    /// The address in use, with the real port.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Cancelled, it ends [`run`](Self::run).
    pub fn stop_handle(&self) -> CancellationToken {
        self.stop.clone()
    }

    /// Answers requests until stopped, then lets those in hand finish for two seconds at most.
    pub async fn run(self) {
        let connections = TaskTracker::new();
        loop {
            tokio::select! {
                () = self.stop.cancelled() => break,
                accepted = self.listener.accept() => match accepted {
                    Ok((stream, _)) => {
                        connections.spawn(serve(stream, self.router.clone(), self.stop.clone()));
                    }
                    // Out of file descriptors, most likely: the ones in use must be given back first.
                    Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
                },
            }
        }
        drop(self.listener);
        connections.close();
        // The requests that are still delayed when patience ends get no answer; what they committed stays.
        let _ = tokio::time::timeout(STOP_PATIENCE, connections.wait()).await;
    }
}

async fn serve(stream: TcpStream, router: Router, stop: CancellationToken) {
    // Answers are small and waited for; a refusal costs only latency.
    let _ = stream.set_nodelay(true);
    let connection = Connection::default();
    let io = TokioIo::new(CuttableStream::new(stream, connection.clone()));
    let service = service_fn({
        let connection = connection.clone();
        move |request: Request<Incoming>| answer(router.clone(), connection.clone(), request)
    });
    let mut requests = pin!(http1::Builder::new().serve_connection(io, service));
    let mut stopping = false;
    loop {
        tokio::select! {
            // The error of a broken connection concerns its peer alone, and the peer is gone.
            _ = requests.as_mut() => break,
            () = connection.cut_requested() => break,
            () = stop.cancelled(), if !stopping => {
                stopping = true;
                requests.as_mut().graceful_shutdown();
            }
        }
    }
}

async fn answer(
    router: Router,
    connection: Connection,
    request: Request<Incoming>,
) -> Result<Response<Body>, std::convert::Infallible> {
    let mut request = request.map(Body::new);
    request.extensions_mut().insert(connection);
    router.oneshot(request).await
}
