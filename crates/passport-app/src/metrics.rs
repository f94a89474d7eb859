//! What the service counts and measures, in the format of Prometheus.
//!
//! Each part reads what happens through a port of its own: [`AccountMeter`] the events of accounts,
//! [`ChallengeMeter`] challenges, [`SmsMeter`] messages, [`StoreMeters`] calls of stores, and [`HttpMeter`]
//! requests. Labels come from closed lists of the program and the settings, never from a request.

mod accounts;
mod challenges;
mod http;
mod label;
mod page;
mod process;
mod readings;
mod samples;
mod sms;
mod stores;

use std::{fmt, sync::Arc};

use passport_sms_client::Prefix;
use prometheus_client::{
    metrics::{family::Family, gauge::Gauge},
    registry::Registry,
};

pub(crate) use accounts::AccountMeter;
pub(crate) use challenges::ChallengeMeter;
pub(crate) use http::{HttpMeter, shown_route};
pub(crate) use page::{Format, Page};
pub(crate) use samples::Samples;
pub(crate) use sms::SmsMeter;
pub(crate) use stores::{StoreMeter, StoreMeters, StoreName};

use process::Process;
use readings::Reading;

/// All metrics of a node, while it is being built.
pub(crate) struct Metrics {
    registry: Registry,
    pub(crate) accounts: Arc<AccountMeter>,
    pub(crate) challenges: Arc<ChallengeMeter>,
    pub(crate) http: HttpMeter,
    pub(crate) sms: Arc<SmsMeter>,
    pub(crate) stores: StoreMeters,
    pub(crate) samples: Samples,
}

impl Metrics {
    /// Without any count yet. `countries` are the calling codes that get labels of their own.
    pub(crate) fn new(countries: impl IntoIterator<Item = Prefix>) -> Self {
        let mut registry = Registry::default();
        let own = registry.sub_registry_with_prefix("passport");
        let accounts = Arc::new(AccountMeter::registered(own));
        let challenges = Arc::new(ChallengeMeter::registered(own));
        let http = HttpMeter::registered(own);
        let sms = Arc::new(SmsMeter::registered(own, countries));
        let stores = StoreMeters::registered(own);
        let samples = Samples::registered(own, Arc::clone(&sms));
        let build = Family::<[(&str, &str); 1], Gauge>::default();
        build.get_or_create(&[("version", env!("CARGO_PKG_VERSION"))]).set(1);
        own.register("build_info", "Version of the service, as a label of the constant 1", build);
        registry.register_collector(Box::new(Process));
        Self { registry, accounts, challenges, http, sms, stores, samples }
    }

    /// Adds a gauge that is read by `read` at each scrape.
    pub(crate) fn read_at_scrape(
        &mut self,
        name: &'static str,
        help: &'static str,
        read: impl Fn() -> usize + Send + Sync + 'static,
    ) {
        self.registry.register_collector(Box::new(Reading::new(name, help, read)));
    }

    /// The page that shows all metrics.
    pub(crate) fn page(self) -> Page {
        Page::new(self.registry)
    }
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metrics").finish_non_exhaustive()
    }
}
