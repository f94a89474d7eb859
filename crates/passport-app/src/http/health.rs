use std::{collections::BTreeMap, fmt, sync::Arc, time::Duration};

use actix_web::{
    HttpResponse,
    http::{StatusCode, header},
    web,
};
use async_trait::async_trait;
use futures::future::join_all;
use passport_auth::BoxError;
use serde::Serialize;
use tracing::warn;

use super::method::get_or_head;

/// Time that a server has to respond to a probe.
const PROBE_TIMEOUT: Duration = Duration::from_secs(2);

/// Check of a server that the service needs.
#[async_trait]
pub(crate) trait Probe: fmt::Debug + Send + Sync + 'static {
    /// Sends the server a request and waits for the answer.
    async fn check(&self) -> Result<(), BoxError>;
}

/// Probes of all servers that the service needs, by name.
#[derive(Debug, Clone, Default)]
pub(crate) struct Probes(pub(crate) Vec<(&'static str, Arc<dyn Probe>)>);

pub(super) fn configure(app: &mut web::ServiceConfig) {
    app.route("/healthz", get_or_head().to(healthz)).route("/readyz", get_or_head().to(readyz));
}

/// `GET /healthz`: the process runs.
async fn healthz() -> HttpResponse {
    respond(StatusCode::OK, Readiness { status: "ok", checks: BTreeMap::new() })
}

/// `GET /readyz`: the servers respond; the answer names those that do not.
async fn readyz(probes: web::Data<Probes>) -> HttpResponse {
    let checks = probes.0.iter().map(|(name, probe)| async move {
        let error = match tokio::time::timeout(PROBE_TIMEOUT, probe.check()).await {
            Ok(Ok(())) => return (*name, "ok"),
            Ok(Err(error)) => error,
            Err(_) => "no answer within 2 seconds".into(),
        };
        warn!(probe = name, error = &*error as &dyn std::error::Error, "not ready");
        (*name, "down")
    });
    let checks: BTreeMap<_, _> = join_all(checks).await.into_iter().collect();
    if checks.values().all(|state| *state == "ok") {
        respond(StatusCode::OK, Readiness { status: "ready", checks })
    } else {
        respond(StatusCode::SERVICE_UNAVAILABLE, Readiness { status: "not ready", checks })
    }
}

fn respond(status: StatusCode, readiness: Readiness) -> HttpResponse {
    HttpResponse::build(status).insert_header((header::CACHE_CONTROL, "no-store")).json(readiness)
}

#[derive(Serialize)]
struct Readiness {
    status: &'static str,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    checks: BTreeMap<&'static str, &'static str>,
}
