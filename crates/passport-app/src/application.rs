use std::{
    future::Future,
    io,
    net::{SocketAddr, TcpListener},
    sync::Arc,
    time::{Duration, Instant},
};

use actix_web::dev::Server;
use passport_auth::Acts;
use thiserror::Error;
use tokio::sync::oneshot;
use tracing::warn;

use crate::{
    edge::Edge,
    http::{self, SecurityHeaders},
    settings::{Origin, Settings},
    upkeep,
    wiring::{self, Services, WiringError},
};

/// How long requests in flight may take to finish when the service stops, and what goes on for
/// clients who hung up.
const GRACE: Duration = Duration::from_secs(30);

/// The service, bound to its address and not yet serving.
#[must_use = "it serves once it is run"]
pub struct Application {
    server: Server,
    address: SocketAddr,
    origin: Origin,
    acts: Acts,
    /// Tells when it was asked to stop.
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
        let services = wiring::wire(settings, &origin).await?;
        let codes_outlive_us = !settings.store.is_memory();
        let Services { sessions, dispatch, acts, .. } = &services;
        let acts = acts.clone();
        upkeep::start(Arc::clone(sessions), Arc::clone(dispatch), codes_outlive_us);

        let (asked, stopping) = oneshot::channel();
        let stop = async {
            stop.await;
            // It is heard for as long as the service runs.
            let _ = asked.send(Instant::now());
        };
        let edge = Edge {
            settings: &settings.http,
            refusal_headers: SecurityHeaders::new(origin.is_https()).lines(),
            grace: GRACE,
        };
        let configure = move |app: &mut _| http::configure(&services, app);
        let server = edge.serve(listener, configure, stop).map_err(bind)?;
        Ok(Self { server, address, origin, acts, stopping })
    }

    /// The address that was bound; tells the port when port 0 was asked for.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where browsers see the service.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Serves until told to stop, and then finishes the requests in flight, and what goes on for
    /// clients who hung up.
    ///
    /// # Errors
    ///
    /// When the machine takes the socket away.
    pub async fn run(self) -> io::Result<()> {
        let Self { server, acts, mut stopping, .. } = self;
        let served = server.await;
        // One grace for all: requests in flight had the beginning of it.
        let passed = stopping.try_recv().map_or(Duration::ZERO, |since| since.elapsed());
        let given_up = acts.finish(GRACE.saturating_sub(passed)).await;
        if given_up > 0 {
            warn!(acts = given_up, "given up in the middle of what was to run to its end");
        }
        served
    }
}

/// Why the service does not start. The text says what to do.
#[derive(Debug, Error)]
pub enum StartError {
    /// The address is taken or not ours.
    #[error(
        "http.listen: cannot listen on {listen}: {error}; stop what listens there or set \
         http.listen to another port"
    )]
    Bind {
        /// What the settings say.
        listen: SocketAddr,
        /// What the system says.
        error: io::Error,
    },
    /// A store or gateway.
    #[error(transparent)]
    Wiring(#[from] WiringError),
}
