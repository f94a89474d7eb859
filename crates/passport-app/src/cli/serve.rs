use std::{future::Future, io, path::Path};

use actix_web::rt::System;
use tracing::info;

use super::{
    load::load,
    output::{Outcome, print},
};
use crate::{
    Application,
    settings::{LogFormat, Settings},
    telemetry,
};

pub(super) const EXAMPLES: &str = "\
Examples:
  passport serve
  passport serve --config /etc/passport.toml
  PASSPORT__DATABASE__URL=postgres://me@db/passport PASSPORT__STORE__URL=redis://redis passport serve

SIGTERM or Ctrl-C stops the service after the requests in flight are finished.";

/// `passport serve`
pub(super) fn run(file: Option<&Path>) -> Outcome {
    let settings = load(file)?;
    let _flush = telemetry::init(&settings.log)?;
    System::new().block_on(async {
        let application = Application::build(&settings, stop_signal()?).await?;
        announce(&settings, &application)?;
        application.run().await?;
        info!("stopped");
        Ok(())
    })
}

/// Prints the addresses of the pages.
fn announce(settings: &Settings, application: &Application) -> io::Result<()> {
    let (version, origin) = (env!("CARGO_PKG_VERSION"), application.origin());
    info!(version, %origin, listen = %application.address(), "ready");
    if settings.log.format == LogFormat::Json {
        return Ok(());
    }
    let mut lines = vec![
        format!("passport {version} is ready: {origin}"),
        format!("  sign up   {origin}/sign-up"),
        format!("  sign in   {origin}/sign-in"),
    ];
    if settings.has_inbox() {
        let what = if settings.sends_nothing() {
            "messages appear here, none is sent"
        } else {
            "messages to the console appear here, others are sent"
        };
        lines.push(format!("  inbox     {origin}/dev/inbox (development: {what})"));
    }
    print(&lines.join("\n"))
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
