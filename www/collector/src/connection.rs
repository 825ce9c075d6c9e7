//! One TCP connection, which a handler can cut.

use std::convert::Infallible;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;

/// A handler's hold on the connection that its request came in on, found among the request's extensions.
#[derive(Clone, Debug, Default)]
pub struct Connection {
    cut: CancellationToken,
}

impl Connection {
    /// Has the connection reset. Never returns: the handler is dropped with the connection.
    pub async fn cut(&self) -> Infallible {
        self.cut.cancel();
        std::future::pending().await
    }

    /// Completes when a handler has asked for the connection to be cut.
    pub async fn cut_requested(&self) {
        self.cut.cancelled().await;
    }
}

/// The stream below a [`Connection`]. Dropped after a cut, it sends a TCP reset rather than an orderly end, so
/// that the peer sees a failure and never a complete answer.
#[derive(Debug)]
pub struct CuttableStream {
    stream: TcpStream,
    connection: Connection,
}

impl CuttableStream {
    /// Joins a stream to its connection.
    pub fn new(stream: TcpStream, connection: Connection) -> Self {
        Self { stream, connection }
    }
}

impl Drop for CuttableStream {
    fn drop(&mut self) {
        if self.connection.cut.is_cancelled() {
            // Should the option be refused, the stream still closes, and the peer still has no answer.
            let _ = self.stream.set_zero_linger();
        }
    }
}

impl AsyncRead for CuttableStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for CuttableStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}
