use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, ready};

use hyper::Uri;
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::client::legacy::connect::{Connected, Connection, HttpConnector};
use tower_service::Service;

type Tcp = <HttpConnector as Service<Uri>>::Response;
type ConnectError = <HttpConnector as Service<Uri>>::Error;

/// Counts the bytes that a socket accepted.
#[derive(Debug, Clone, Default)]
pub(super) struct Meter(Arc<AtomicU64>);

impl Meter {
    pub(super) fn taken(&self) -> u64 {
        self.0.load(Ordering::Acquire)
    }

    /// Counts a finished write. By the contract of `poll_write`, a failed or pending one wrote
    /// nothing.
    fn count(&self, written: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        if let Poll::Ready(Ok(length)) = &written {
            self.0.fetch_add(*length as u64, Ordering::AcqRel);
        }
        written
    }
}

/// A TCP stream with a meter.
#[derive(Debug)]
pub(super) struct MeteredStream {
    tcp: Tcp,
    meter: Meter,
}

impl Read for MeteredStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_read(cx, buf)
    }
}

impl Write for MeteredStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.tcp).poll_write(cx, buf);
        self.meter.count(written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.tcp).poll_write_vectored(cx, bufs);
        self.meter.count(written)
    }

    fn is_write_vectored(&self) -> bool {
        self.tcp.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_shutdown(cx)
    }
}

impl Connection for MeteredStream {
    fn connected(&self) -> Connected {
        self.tcp.connected()
    }
}

/// Connects one stream with a meter.
#[derive(Debug, Clone)]
pub(super) struct MeteredConnector {
    http: HttpConnector,
    meter: Meter,
}

impl MeteredConnector {
    pub(super) fn new(http: HttpConnector, meter: &Meter) -> Self {
        Self { http, meter: meter.clone() }
    }
}

impl Service<Uri> for MeteredConnector {
    type Response = MeteredStream;
    type Error = ConnectError;
    type Future = Pin<Box<dyn Future<Output = Result<MeteredStream, ConnectError>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        ready!(self.http.poll_ready(cx))?;
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, endpoint: Uri) -> Self::Future {
        let connecting = self.http.call(endpoint);
        let meter = self.meter.clone();
        Box::pin(async move { Ok(MeteredStream { tcp: connecting.await?, meter }) })
    }
}
