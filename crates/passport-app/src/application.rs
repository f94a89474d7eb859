use std::{
    future::Future,
    io,
    net::{SocketAddr, TcpListener},
    sync::Arc,
    time::{Duration, Instant},
};

use actix_web::{dev::Server, web};
use futures::{FutureExt, future::OptionFuture, join};
use passport_auth::Detached;
use passport_bridges::SmsSender;
use passport_webhooks::Deliveries;
use thiserror::Error;
use tokio::{runtime::Handle, sync::oneshot};
use tracing::warn;

use crate::{
    edge::Edge,
    http::{self, SecurityHeaders},
    settings::{MetricsSettings, Origin, Settings},
    upkeep::Upkeep,
    wiring::{self, Wired, WiringError},
};

/// Shutdown timeout, shared by requests in flight, by use cases whose client has disconnected, by
/// notices that wait to be sent, and by webhooks under way.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(30);

/// Threads of the API for operators, which few programs use.
const ADMIN_WORKERS: usize = 1;

/// Threads of the page of metrics.
const METRICS_WORKERS: usize = 1;

/// The service, bound to its address and not yet serving.
#[must_use = "serves only once `run` is called"]
pub struct Application {
    server: Server,
    address: SocketAddr,
    /// Server of the API for operators, and its address.
    admin: Option<(Server, SocketAddr)>,
    /// Server of the metrics, and its address.
    metrics: Option<(Server, SocketAddr)>,
    origin: Origin,
    inbox_url: Option<String>,
    detached: Detached,
    sender: Arc<SmsSender>,
    deliveries: Deliveries,
    upkeep: Upkeep,
    /// Where operations and periodic work run.
    runtime: Handle,
    /// Time of the stop request.
    stopping: oneshot::Receiver<Instant>,
}

impl Application {
    /// Binds the address and connects the stores. Stops when `stop` completes.
    ///
    /// Operations, connections to the database and periodic work run on `runtime`, which should have as many
    /// threads as the servers have, and must outlive [`run`](Self::run). The servers have threads of their
    /// own, which parse, ask and answer. Must be called on the runtime that [`run`](Self::run) is called on.
    ///
    /// # Errors
    ///
    /// See [`StartError`].
    pub async fn build(
        settings: &Settings,
        stop: impl Future<Output = ()> + Send + 'static,
        runtime: &Handle,
    ) -> Result<Self, StartError> {
        let (listener, address) = bind("http.listen", settings.http.listen)?;
        let admin_listener = settings.admin.listen.map(|listen| bind("admin.listen", listen));
        let admin_listener = admin_listener.transpose()?;
        let metrics_listener = bind_metrics(&settings.metrics)?;
        let origin = settings.http.origin(address);
        let Wired { services, operators, upkeep, detached, sender, deliveries, inbox_url, metrics } =
            wiring::wire(settings, &origin, runtime).await?;

        let (asked, stopping) = oneshot::channel();
        let stop = async {
            stop.await;
            // The receiver lives as long as the service, so sending cannot fail while it matters.
            let _ = asked.send(Instant::now());
        }
        .boxed()
        .shared();
        let edge = |workers| Edge {
            settings: &settings.http,
            workers,
            refusal_headers: SecurityHeaders::new(origin.is_https()).lines(),
            grace: SHUTDOWN_TIMEOUT,
        };
        let admin = match admin_listener {
            None => None,
            Some((listener, address)) => {
                let configure = move |app: &mut _| http::configure_admin(&operators, app);
                let server = edge(ADMIN_WORKERS).serve(listener, configure, stop.clone());
                Some((server.map_err(failed("admin.listen", address))?, address))
            }
        };
        let page = web::Data::new(metrics);
        let metrics = match metrics_listener {
            None => None,
            Some((listener, address)) => {
                let configure = move |app: &mut _| http::configure_metrics(&page, app);
                let server = edge(METRICS_WORKERS).serve(listener, configure, stop.clone());
                Some((server.map_err(failed("metrics.listen", address))?, address))
            }
        };
        let configure = move |app: &mut _| http::configure(&services, app);
        let server = edge(settings.http.workers).serve(listener, configure, stop);
        let server = server.map_err(failed("http.listen", address))?;
        Ok(Self {
            server,
            address,
            admin,
            metrics,
            origin,
            inbox_url,
            detached,
            sender,
            deliveries,
            upkeep,
            runtime: runtime.clone(),
            stopping,
        })
    }

    /// The bound address, with the actual port where the settings have port 0.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The bound address of the API for operators, if there is one.
    pub fn admin_address(&self) -> Option<SocketAddr> {
        self.admin.as_ref().map(|(_, address)| *address)
    }

    /// The bound address of the metrics, if they are shown.
    pub fn metrics_address(&self) -> Option<SocketAddr> {
        self.metrics.as_ref().map(|(_, address)| *address)
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
        let Self { server, admin, metrics, detached, sender, deliveries, upkeep, .. } = self;
        let (runtime, mut stopping) = (self.runtime, self.stopping);
        let admin = OptionFuture::from(admin.map(|(server, _)| server));
        let metrics = OptionFuture::from(metrics.map(|(server, _)| server));
        // Last, when the threads of the servers run: on one core it would delay the first answer.
        let begin_upkeep = async { upkeep.start(&runtime) };
        let (served, admin, metrics, ()) = join!(server, admin, metrics, begin_upkeep);
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
        deliveries.finish(left()).await;
        served.and(admin.unwrap_or(Ok(()))).and(metrics.unwrap_or(Ok(())))
    }
}

/// Binds the address of `key`; returns it with the actual port.
fn bind(key: &'static str, listen: SocketAddr) -> Result<(TcpListener, SocketAddr), StartError> {
    let listener = TcpListener::bind(listen).map_err(failed(key, listen))?;
    let address = listener.local_addr().map_err(failed(key, listen))?;
    Ok((listener, address))
}

/// Binds the address of the metrics. The default address may be that of another node on this machine:
/// then the service starts without the page, and says so.
fn bind_metrics(
    settings: &MetricsSettings,
) -> Result<Option<(TcpListener, SocketAddr)>, StartError> {
    let Some(listen) = settings.listen else { return Ok(None) };
    match bind("metrics.listen", listen) {
        Ok(bound) => Ok(Some(bound)),
        Err(StartError::Bind { error, .. })
            if error.kind() == io::ErrorKind::AddrInUse && !settings.is_given =>
        {
            warn!(
                %listen,
                "no metrics are shown: the default address of metrics.listen is in use, by another node or \
                 another program; set metrics.listen to a free port, or to \"\" for none"
            );
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

fn failed(key: &'static str, listen: SocketAddr) -> impl Fn(io::Error) -> StartError {
    move |error| StartError::Bind { key, listen, error }
}

/// Why the service did not start. The text says what to do.
#[derive(Debug, Error)]
pub enum StartError {
    /// The address is in use, or does not belong to this machine.
    #[error(
        "{key}: cannot listen on {listen}: {error}; stop the process that listens there, or set {key} to \
         another port"
    )]
    Bind {
        /// Key of the address in the settings.
        key: &'static str,
        /// Address of the settings.
        listen: SocketAddr,
        /// Error of the operating system.
        error: io::Error,
    },
    /// A store or a gateway cannot be used.
    #[error(transparent)]
    Wiring(#[from] WiringError),
}
