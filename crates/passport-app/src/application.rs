use std::{
    future::Future,
    io,
    net::{SocketAddr, TcpListener},
    sync::Arc,
};

use actix_web::{App, HttpServer, dev::Server};
use thiserror::Error;

use crate::{
    http,
    settings::{Origin, Settings},
    upkeep,
    wiring::{self, Services, WiringError},
};

/// How long requests in flight may take to finish when the service stops.
const GRACE_SECONDS: u64 = 30;

/// The service, bound to its address and not yet serving.
#[must_use = "it serves once it is run"]
pub struct Application {
    server: Server,
    address: SocketAddr,
    origin: Origin,
}

impl Application {
    /// Binds the address and connects the stores. Stops when `stop` completes.
    ///
    /// Must be called on an actix runtime.
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
        let Services { sessions, dispatch, .. } = &services;
        upkeep::start(Arc::clone(sessions), Arc::clone(dispatch), codes_outlive_us);

        let server =
            HttpServer::new(move || App::new().configure(|app| http::configure(&services, app)))
                .workers(settings.http.workers)
                .shutdown_timeout(GRACE_SECONDS)
                .shutdown_signal(stop)
                .listen(listener)
                .map_err(bind)?
                .run();
        Ok(Self { server, address, origin })
    }

    /// The address that was bound; tells the port when port 0 was asked for.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where browsers see the service.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Serves until told to stop, and then finishes the requests in flight.
    ///
    /// # Errors
    ///
    /// When the machine takes the socket away.
    pub async fn run(self) -> io::Result<()> {
        self.server.await
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
