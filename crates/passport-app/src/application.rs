use std::{
    future::Future,
    io,
    net::{SocketAddr, TcpListener},
    sync::Arc,
    time::{Duration, Instant},
};

use actix_web::dev::Server;
use passport_auth::Detached;
use thiserror::Error;
use tokio::sync::oneshot;
use tracing::warn;

use crate::{
    edge::Edge,
    http::{self, SecurityHeaders},
    settings::{Origin, Settings},
    sms::SmsSender,
    wiring::{self, Wired, WiringError},
};

/// Shutdown timeout, shared by requests in flight, by use cases whose client has disconnected, and by
/// notices that wait to be sent.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(30);

/// The service, bound to its address and not yet serving.
#[must_use = "serves only once `run` is called"]
pub struct Application {
    server: Server,
    address: SocketAddr,
    origin: Origin,
    inbox_url: Option<String>,
    detached: Detached,
    sender: Arc<SmsSender>,
    /// Time of the stop request.
    stopping: oneshot::Receiver<Instant>,
}

impl Application {
    /// Binds the address and connects the stores. Stops when `stop` completes.
    ///
    /// Must be called on the actix runtime that [`run`](Self::run) is called on.
    ///
    /// # Errors
    ///
    /// See [`StartError`].
    pub async fn build(
        settings: &Settings,
        stop: impl Future<Output = ()> + Send + 'static,
    ) -> Result<Self, StartError> {
        let listen = settings.http.listen;
        let bind = |error| StartError::Bind { listen, error };
        let listener = TcpListener::bind(listen).map_err(bind)?;
        let address = listener.local_addr().map_err(bind)?;
        let origin = settings.http.origin(address);
        let Wired { services, upkeep, detached, sender, inbox_url } =
            wiring::wire(settings, &origin).await?;
        upkeep.start();

        let (asked, stopping) = oneshot::channel();
        let stop = async {
            stop.await;
            // The receiver lives as long as the service, so sending cannot fail while it matters.
            let _ = asked.send(Instant::now());
        };
        let edge = Edge {
            settings: &settings.http,
            refusal_headers: SecurityHeaders::new(origin.is_https()).lines(),
            grace: SHUTDOWN_TIMEOUT,
        };
        let configure = move |app: &mut _| http::configure(&services, app);
        let server = edge.serve(listener, configure, stop).map_err(bind)?;
        Ok(Self { server, address, origin, inbox_url, detached, sender, stopping })
    }

    /// The bound address, with the actual port where the settings have port 0.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The origin under which browsers reach the service.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Where the inbox of development is opened, if there is one. Other machines can reach the service:
    /// then the address works once.
    pub fn inbox_url(&self) -> Option<&str> {
        self.inbox_url.as_deref()
    }

    /// Serves until the stop request, then finishes requests in flight and use cases whose client has
    /// disconnected, and sends the notices that wait.
    ///
    /// # Errors
    ///
    /// When the operating system closes the socket.
    pub async fn run(self) -> io::Result<()> {
        let Self { server, detached, sender, mut stopping, .. } = self;
        let served = server.await;
        // The timeout covers all: requests in flight have used its beginning.
        let since = stopping.try_recv().unwrap_or_else(|_| Instant::now());
        let left = || SHUTDOWN_TIMEOUT.saturating_sub(since.elapsed());
        let abandoned = detached.finish(left()).await;
        if abandoned > 0 {
            warn!(abandoned, "shutdown timed out; unfinished operations were abandoned");
        }
        // Use cases have queued their notices by now.
        let unsent = sender.finish(left()).await;
        if unsent > 0 {
            warn!(unsent, "shutdown timed out; notices were not sent");
        }
        served
    }
}

/// Why the service did not start. The text says what to do.
#[derive(Debug, Error)]
pub enum StartError {
    /// The address is in use, or does not belong to this machine.
    #[error(
        "http.listen: cannot listen on {listen}: {error}; stop the process that listens there, or \
         set http.listen to another port"
    )]
    Bind {
        /// Address of the settings.
        listen: SocketAddr,
        /// Error of the operating system.
        error: io::Error,
    },
    /// A store or a gateway cannot be used.
    #[error(transparent)]
    Wiring(#[from] WiringError),
}
