//! Connections: accepts them and bounds what a single client can hold.
//!
//! actix-http decodes every request that has arrived, however many are pipelined, has no deadline for
//! writing and no limit of connections per client. [`GuardedStream`] stands between its dispatcher and
//! the socket and adds these bounds.

mod connections;
mod heads;
mod idle;
mod refusal;
mod stall;
mod stream;
mod underway;

use std::{
    future::Future,
    io,
    net::{SocketAddr, TcpListener},
    sync::Arc,
    time::Duration,
};

use actix_http::{HttpService, KeepAlive, error::DispatchError};
use actix_server::{GracefulShutdownSignal, Server, ServerBuilder};
use actix_service::{IntoServiceFactory, Service, ServiceFactoryExt, apply_fn_factory, map_config};
use actix_web::{App, dev::AppConfig, rt::net::TcpStream, web};
use passport_auth::ClientAddress;
use tracing::{debug, error};

use self::{connections::Connections, idle::Idle, stall::Stall, stream::GuardedStream};
use crate::settings::HttpSettings;

pub(crate) use underway::Underway;

/// Time for the head of a connection's first request; as in [`actix_web::HttpServer`].
const FIRST_HEAD: Duration = Duration::from_secs(5);

/// Time for a client to close its half of a connection; as in [`actix_web::HttpServer`].
const DISCONNECT: Duration = Duration::from_secs(1);

/// Bytes of responses that the dispatcher collects before it writes. The response that exceeds the
/// limit is collected as a whole, so a connection holds this many and one response at most.
const UNWRITTEN: usize = 16 * 1024;

/// Parameters of the listener.
pub(crate) struct Edge<'a> {
    /// Section `http` of the settings.
    pub(crate) settings: &'a HttpSettings,
    /// Threads that serve connections.
    pub(crate) workers: usize,
    /// Header lines for the responses that actix-http creates itself.
    pub(crate) refusal_headers: String,
    /// Time for requests in flight once the service stops.
    pub(crate) grace: Duration,
}

impl Edge<'_> {
    /// Serves the routes of `configure` on `listener` until `stop` completes, then finishes the
    /// requests in flight.
    ///
    /// # Errors
    ///
    /// When the listener cannot be used.
    pub(crate) fn serve(
        self,
        listener: TcpListener,
        configure: impl Fn(&mut web::ServiceConfig) + Clone + Send + 'static,
        stop: impl Future<Output = ()> + Send + 'static,
    ) -> io::Result<Server> {
        let Self { settings, workers, refusal_headers, grace } = self;
        let builder = ServerBuilder::default();
        let stopping = builder.graceful_shutdown_signal();
        let keep_alive = settings.keep_alive;
        let guards = Guards {
            connections: Connections::new(
                settings.connections_per_ip,
                settings.trusted_proxies.clone(),
            ),
            write_timeout: settings.write_timeout,
            idle_timeout: keep_alive.max(settings.write_timeout) + idle::MARGIN,
            refusal_headers: refusal_headers.into_bytes().into(),
            stopping,
        };
        let factory = move || {
            let app = App::new().configure(configure.clone()).into_factory();
            let app = app.map_err(|error: actix_web::Error| error.error_response());
            let stopping = guards.stopping.clone();
            let http = HttpService::build()
                // Closes connections that idle as soon as the service stops.
                .graceful_shutdown_signal(move || {
                    let stopping = stopping.clone();
                    async move { stopping.notified().await }
                })
                .keep_alive(KeepAlive::Timeout(keep_alive))
                .client_request_timeout(FIRST_HEAD)
                .client_disconnect_timeout(DISCONNECT)
                .h1_write_buffer_size(UNWRITTEN)
                .on_connect_ext(|stream: &GuardedStream<TcpStream>, data| {
                    data.insert(stream.underway().clone());
                })
                .h1(map_config(app, |()| AppConfig::default()));
            let guards = guards.clone();
            apply_fn_factory(http, move |socket: TcpStream, http| {
                let peer = socket.peer_addr().ok();
                let serving = guards.admit(socket, peer).map(|stream| {
                    let underway = stream.underway().clone();
                    (http.call((stream, peer)), underway)
                });
                async move {
                    let Some((serving, underway)) = serving else { return Ok(()) };
                    let served = serving.await.inspect_err(|error| log(error, peer));
                    underway.ended().await;
                    served
                }
            })
        };
        let server = builder
            .workers(workers)
            .shutdown_timeout(grace.as_secs())
            .shutdown_signal(stop)
            .listen("passport", listener, factory)?;
        Ok(server.run())
    }
}

/// The bounds of all connections.
#[derive(Clone)]
struct Guards {
    connections: Connections,
    write_timeout: Duration,
    idle_timeout: Duration,
    refusal_headers: Arc<[u8]>,
    stopping: GracefulShutdownSignal,
}

impl Guards {
    /// `None` when the client has too many connections; the socket is closed then.
    fn admit(
        &self,
        socket: TcpStream,
        peer: Option<SocketAddr>,
    ) -> Option<GuardedStream<TcpStream>> {
        let place = match peer {
            Some(peer) => Some(self.connections.admit(peer.ip())?),
            // The client has disconnected; the first read reports it.
            None => None,
        };
        let stall = Stall::new(self.write_timeout, self.stopping.clone());
        let idle = Idle::new(self.idle_timeout);
        Some(GuardedStream::new(socket, stall, idle, Arc::clone(&self.refusal_headers), place))
    }
}

/// Logs why a connection ended. Faults of clients are logged at `debug`, because they are no errors of
/// the service.
fn log(error: &DispatchError, peer: Option<SocketAddr>) {
    let client = peer.map(|peer| ClientAddress::from(peer.ip()).to_string());
    match error {
        DispatchError::Parse(error) => debug!(client, %error, "malformed request refused"),
        DispatchError::Io(error) => debug!(client, %error, "connection lost"),
        DispatchError::SlowRequestTimeout
        | DispatchError::DisconnectTimeout
        | DispatchError::HandlerDroppedPayload => debug!(client, %error, "connection closed"),
        DispatchError::Service(_)
        | DispatchError::Body(_)
        | DispatchError::Upgrade
        | DispatchError::InternalError => error!(client, %error, "connection failed"),
        error => error!(client, %error, "connection failed"),
    }
}
