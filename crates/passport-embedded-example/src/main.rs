//! The service: `cargo run -p passport-embedded-example`.

use std::{env, net::SocketAddr, sync::Arc, time::Duration};

use axum::{Router, routing::get};
use passport_auth::{BoxError, Clock as _, Rules, SystemClock};
use passport_embedded_example::{Accounts, router};
use passport_sms_client::{Clock, Console, Sender};
use tokio::{net::TcpListener, signal};

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    tracing_subscriber::fmt().init();
    let set = |name, default: &str| env::var(name).unwrap_or_else(|_| default.to_owned());
    let gateways = if env::var_os("SMS_GATEWAYS").is_some() {
        Sender::builder().routes(passport_sms_gateways::from_env(env::vars())?)
    } else {
        // For development: writes messages to the log, with their codes.
        Sender::builder().gateway("console", Console::new(Clock::new(|| SystemClock.now())))
    };
    let secret = env::var("SECRET").map_err(|_| "set SECRET: openssl rand -hex 32")?;
    let rules = Rules { test_answer: env::var("TEST_ANSWER").ok(), ..Rules::default() };
    let database = set("DATABASE", "sqlite:embedded.db");
    let accounts = Box::pin(Accounts::open(&database, &secret, gateways, rules)).await?;
    let accounts = Arc::new(accounts);
    let detached = accounts.detached.clone();
    let app = Router::new().route("/", get(|| async { "Hello" })).merge(router(accounts));
    let listener = TcpListener::bind(set("LISTEN", "127.0.0.1:3000")).await?;
    println!("listening on http://{}", listener.local_addr()?);
    axum::serve(listener, app.into_make_service_with_connect_info::<SocketAddr>())
        .with_graceful_shutdown(async { _ = signal::ctrl_c().await })
        .await?;
    // What began runs to its end, also if its client is gone.
    detached.finish(Duration::from_secs(30)).await;
    Ok(())
}
