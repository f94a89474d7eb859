use std::path::Path;

use actix_web::rt::System;
use tracing::info;

use super::Outcome;
use crate::{
    Application,
    settings::{LogFormat, Settings},
    telemetry,
};

/// `passport serve`
pub(super) fn run(file: Option<&Path>) -> Outcome {
    let settings = Settings::load(file)?;
    telemetry::init(&settings.log);
    System::new().block_on(async {
        let application = Application::build(&settings, stop_signal()).await?;
        announce(&settings, &application);
        application.run().await?;
        info!("stopped");
        Ok(())
    })
}

/// Tells people where to go.
fn announce(settings: &Settings, application: &Application) {
    let (version, origin) = (env!("CARGO_PKG_VERSION"), application.origin());
    info!(version, %origin, listen = %application.address(), "ready");
    if settings.log.format == LogFormat::Json {
        return;
    }
    println!("passport {version} is ready: {origin}");
    println!("  sign up   {origin}/sign-up");
    println!("  sign in   {origin}/sign-in");
    if settings.has_inbox() {
        println!(
            "  inbox     {origin}/dev/inbox (development: messages appear here, none is sent)"
        );
    }
}

/// Completes when the process is asked to stop.
async fn stop_signal() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let (Ok(mut terminate), Ok(mut interrupt)) =
            (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
        else {
            return std::future::pending().await;
        };
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    }
    #[cfg(not(unix))]
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending().await
    }
    info!("stopping: requests in flight are finished first");
}
