use std::{
    sync::{Arc, atomic::AtomicU64},
    time::Duration,
};

use passport_auth::{Clock, SystemClock};
use passport_session::SessionStore;
use passport_sms_client::{Cost, Outbox, Price};
use passport_webhooks::{EndpointState, WebhookStore};
use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{family::Family, gauge::Gauge},
    registry::Registry,
};
use tracing::warn;

use super::SmsMeter;

type NoLabels = [(&'static str, &'static str); 0];

/// Period of the costs.
const DAY: Duration = Duration::from_hours(24);

/// What is read from stores from time to time. Every node reads the same, so queries take the maximum
/// over nodes and not the sum.
#[derive(Debug, Clone)]
pub(crate) struct Samples {
    sessions: Family<NoLabels, Gauge>,
    costs: Family<Charged, Gauge<f64, AtomicU64>>,
    webhooks: Family<Endpoint, Gauge>,
    disabled: Family<Endpoint, Gauge>,
    sms: Arc<SmsMeter>,
}

/// Name of an endpoint of webhooks, from the settings.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Endpoint {
    endpoint: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Charged {
    gateway: String,
    country: String,
    currency: String,
}

impl Samples {
    pub(super) fn registered(registry: &mut Registry, sms: Arc<SmsMeter>) -> Self {
        let samples = Self {
            sessions: Family::default(),
            costs: Family::default(),
            webhooks: Family::default(),
            disabled: Family::default(),
            sms,
        };
        registry.register(
            "sessions_live",
            "Sessions that have not expired, of all nodes; absent with sessions in Redis",
            samples.sessions.clone(),
        );
        registry.register(
            "sms_cost_day",
            "Charges of the last 24 hours as far as gateways told, of all nodes, in the currency",
            samples.costs.clone(),
        );
        registry.register(
            "webhooks_waiting",
            "Webhooks that wait to be delivered, of all nodes",
            samples.webhooks.clone(),
        );
        registry.register(
            "webhook_endpoint_disabled",
            "Whether an endpoint of webhooks is disabled, because it answered 410",
            samples.disabled.clone(),
        );
        samples
    }

    /// Reads the stores. A failure is logged, and the values stay.
    pub(crate) async fn take(
        &self,
        sessions: &dyn SessionStore,
        outbox: &dyn Outbox,
        webhooks: &dyn WebhookStore,
    ) {
        let now = SystemClock.now();
        match sessions.count(now).await {
            Ok(Some(count)) => {
                let count = i64::try_from(count).unwrap_or(i64::MAX);
                self.sessions.get_or_create(&[]).set(count);
            }
            Ok(None) => {}
            Err(error) => warn_of(&error, "live sessions could not be counted"),
        }
        match outbox.costs(now - DAY, now).await {
            Ok(costs) => self.show(&costs),
            Err(error) => warn_of(&error, "charges of gateways could not be read"),
        }
        match webhooks.overview().await {
            Ok(endpoints) => self.show_endpoints(&endpoints),
            Err(error) => warn_of(&error, "webhooks that wait could not be counted"),
        }
    }

    fn show_endpoints(&self, endpoints: &[EndpointState]) {
        for it in endpoints {
            let endpoint = Endpoint { endpoint: it.name.to_string() };
            let waiting = i64::try_from(it.waiting).unwrap_or(i64::MAX);
            self.webhooks.get_or_create(&endpoint).set(waiting);
            self.disabled.get_or_create(&endpoint).set(it.disabled_at.is_some().into());
        }
    }

    fn show(&self, costs: &[Cost]) {
        self.costs.clear();
        for cost in costs {
            let Some(currency) = cost.currency else { continue };
            let Some(amount) = Price::new(cost.thousandths, currency).and_then(amount) else {
                continue;
            };
            let charged = Charged {
                gateway: cost.gateway.clone(),
                country: self.sms.country(cost.country),
                currency: currency.to_string(),
            };
            self.costs.get_or_create(&charged).inc_by(amount);
        }
    }
}

/// The number in `0.0333 EUR`.
fn amount(price: Price) -> Option<f64> {
    price.to_string().split(' ').next()?.parse().ok()
}

fn warn_of(error: &(dyn std::error::Error + 'static), message: &str) {
    warn!(error, "{message}");
}
