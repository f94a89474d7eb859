use std::{
    collections::BTreeMap,
    fmt,
    sync::Arc,
    time::{Duration, Instant},
};

use actix_web::{
    HttpResponse,
    http::{StatusCode, header},
    web,
};
use async_trait::async_trait;
use futures::future::join_all;
use passport_auth::BoxError;
use serde::Serialize;
use tokio::{sync::Mutex, time::timeout};
use tracing::warn;

use super::method::get_or_head;

/// Time that a server has to respond to a probe.
const PROBE_TIMEOUT: Duration = Duration::from_secs(2);

/// Time for which the result of the probes is repeated. A probe writes to each store, so a client that
/// requests `/readyz` in a loop would otherwise load them.
const FRESH: Duration = Duration::from_secs(1);

/// Check of a server that the service needs.
#[async_trait]
pub(crate) trait Probe: fmt::Debug + Send + Sync + 'static {
    /// Sends the server a request and waits for the answer.
    async fn check(&self) -> Result<(), BoxError>;
}

/// Probes of all servers that the service needs, by name, and their last result. They run once at a
/// time, however many requests ask for them.
#[derive(Debug)]
pub(crate) struct Probes {
    probes: Vec<(&'static str, Arc<dyn Probe>)>,
    last: Mutex<Option<(Instant, Checks)>>,
}

type Checks = BTreeMap<&'static str, &'static str>;

impl Probes {
    pub(crate) fn new(probes: Vec<(&'static str, Arc<dyn Probe>)>) -> Self {
        Self { probes, last: Mutex::new(None) }
    }

    /// State of each server, at most a second old.
    async fn check(&self) -> Checks {
        let mut last = self.last.lock().await;
        if let Some((at, checks)) = &*last
            && at.elapsed() < FRESH
        {
            return checks.clone();
        }
        let checks =
            self.probes.iter().map(async |(name, probe)| (*name, state(name, &**probe).await));
        let checks: Checks = join_all(checks).await.into_iter().collect();
        *last = Some((Instant::now(), checks.clone()));
        checks
    }
}

async fn state(name: &str, probe: &dyn Probe) -> &'static str {
    let error = match timeout(PROBE_TIMEOUT, probe.check()).await {
        Ok(Ok(())) => return "ok",
        Ok(Err(error)) => error,
        Err(_) => "no answer within 2 seconds".into(),
    };
    warn!(probe = name, error = &*error as &dyn std::error::Error, "not ready");
    "down"
}

pub(super) fn configure(app: &mut web::ServiceConfig) {
    app.route("/healthz", get_or_head().to(healthz)).route("/readyz", get_or_head().to(readyz));
}

/// `GET /healthz`: the process runs.
async fn healthz() -> HttpResponse {
    respond(StatusCode::OK, Readiness { status: "ok", checks: BTreeMap::new() })
}

/// `GET /readyz`: the servers respond; the answer names those that do not.
async fn readyz(probes: web::Data<Probes>) -> HttpResponse {
    let checks = probes.check().await;
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
    checks: Checks,
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    /// Counts its checks, and fails every second one.
    #[derive(Debug, Default)]
    struct Counting(AtomicUsize);

    #[async_trait]
    impl Probe for Counting {
        async fn check(&self) -> Result<(), BoxError> {
            tokio::time::sleep(Duration::from_millis(20)).await;
            match self.0.fetch_add(1, Ordering::Relaxed) % 2 {
                0 => Ok(()),
                _ => Err("it is down".into()),
            }
        }
    }

    #[tokio::test]
    async fn x1_a_flood_of_probes_is_one_probe_a_second() {
        let counting = Arc::new(Counting::default());
        let probes = Probes::new(vec![("database", Arc::clone(&counting) as _)]);
        for (round, state) in [(1, "ok"), (2, "down")] {
            let flood = join_all((0..200).map(|_| probes.check())).await;
            assert!(flood.iter().all(|checks| checks["database"] == state));
            assert_eq!(counting.0.load(Ordering::Relaxed), round);
            tokio::time::sleep(FRESH).await;
        }
    }
}
