use std::{
    future::Future,
    io,
    net::SocketAddr,
    path::Path,
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use passport_user::NumberingPlans;
use tokio::runtime::{Builder, Runtime};
use tracing::{info, warn};

use super::{
    load::load,
    output::{Outcome, print},
};
use crate::{
    Application,
    settings::{InboxAccess, LogFormat, Origin, Remark, Settings},
    telemetry,
};

pub(super) const EXAMPLES: &str = "\
Examples:
  passport serve
  passport serve --config /etc/passport.toml
  PASSPORT__DATABASE__URL=postgres://me@db/passport PASSPORT__STORE__URL=redis://redis passport serve

SIGTERM or Ctrl-C stops the service after the requests in flight are finished.";

/// Time for the tasks that are left when the service has stopped.
const LAST_TASKS: Duration = Duration::from_secs(5);

/// `passport serve`
pub(super) fn run(file: Option<&Path>) -> Outcome {
    let settings = load(file)?;
    let _telemetry = telemetry::init_service(&settings.log, &settings.telemetry)?;
    for Remark { key, value, origin, text } in &settings.warnings {
        warn!(key, value, origin, "{text}");
    }
    let runtime = operations(settings.http.workers)?;
    // The threads of the servers find no actix system, so each starts a runtime of its own.
    let served = runtime.block_on(async {
        let application = Application::build(&settings, stop_signal()?, runtime.handle()).await?;
        announce(&settings, &application)?;
        application.run().await?;
        info!("stopped");
        Ok(())
    });
    // An operation that was abandoned may block its thread for ever.
    runtime.shutdown_timeout(LAST_TASKS);
    served
}

/// The runtime of operations, and of everything else that outlives a request or that requests share. It
/// has as many threads as serve requests, so that none of both is the limit of the other.
fn operations(threads: usize) -> io::Result<Runtime> {
    let started = AtomicUsize::new(0);
    Builder::new_multi_thread()
        .worker_threads(threads)
        .thread_name_fn(move || match started.fetch_add(1, Ordering::Relaxed) {
            number if number < threads => format!("operations-{number}"),
            // What blocks has threads that come and go.
            number => format!("blocking-{number}"),
        })
        .enable_all()
        .build()
}

/// Prints the addresses of the pages, and which of them other machines can use.
fn announce(settings: &Settings, application: &Application) -> io::Result<()> {
    let (version, origin) = (env!("CARGO_PKG_VERSION"), application.origin());
    let listen = application.address();
    let limits = limits_of_origin(listen, origin);
    let admin = application.admin_address();
    if let Some(admin) = admin {
        info!(%admin, "the API for operators listens");
    }
    if let Some(metrics) = application.metrics_address() {
        info!(%metrics, "the metrics are shown");
    }
    if settings.log.format == LogFormat::Json {
        if let Some(limits) = limits {
            warn!("{limits}");
        }
        if let (Some(url), Some(InboxAccess::ByLink)) = (application.inbox_url(), settings.inbox())
        {
            info!(url, "the inbox opens once, at this link");
        }
        log_ready(listen, origin);
        return Ok(());
    }
    log_ready(listen, origin);
    let mut lines = vec![
        format!("passport {version} is ready: {origin}"),
        format!("  sign up   {origin}/sign-up"),
        format!("  sign in   {origin}/sign-in"),
    ];
    if let Some(url) = application.inbox_url() {
        let what = if settings.sends_nothing() {
            "messages appear here, none is sent"
        } else {
            "messages to the console appear here, others are sent"
        };
        let opens = match settings.inbox() {
            Some(InboxAccess::ByLink) => "; the link opens it once, in one browser",
            Some(InboxAccess::Open) | None => "",
        };
        lines.push(format!("  inbox     {url} (development: {what}{opens})"));
    }
    lines.extend(admin.map(|admin| format!("  operators http://{admin}/api/admin/v1")));
    let metrics = application.metrics_address();
    lines.extend(metrics.map(|metrics| format!("  metrics   http://{metrics}/metrics")));
    lines.extend(limits.map(|limits| format!("  note      {limits}")));
    print(&lines.join("\n"))
}

fn log_ready(listen: SocketAddr, origin: &Origin) {
    let (version, plans) = (env!("CARGO_PKG_VERSION"), NumberingPlans::of_this_build().version);
    info!(version, %origin, %listen, numbering_plans = plans, "ready");
}

/// The addresses from which visitors can sign in, if these are fewer than the service listens on.
fn limits_of_origin(listen: SocketAddr, origin: &Origin) -> Option<String> {
    (!listen.ip().is_loopback() && origin.is_loopback()).then(|| {
        format!(
            "the service listens on {listen}, but accepts forms only from pages at {origin}: for \
             other devices, set http.public_url to the address that they open, such as \
             http://192.168.1.20:{}",
            listen.port()
        )
    })
}

/// Completes on SIGTERM, SIGINT or Ctrl-C. Signals count from this call on, not only once the future is
/// polled.
fn stop_signal() -> io::Result<impl Future<Output = ()> + Send + 'static> {
    #[cfg(unix)]
    let asked = {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        async move {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
        }
    };
    #[cfg(not(unix))]
    let asked = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending().await
        }
    };
    Ok(async {
        asked.await;
        info!("stopping after the requests in flight are finished");
    })
}
