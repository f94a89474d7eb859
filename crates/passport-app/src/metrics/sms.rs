use std::collections::BTreeSet;

use passport_bridges::outcome_name;
use passport_sms_client::{Delivery, DispatchObserver, Prefix, Report};
use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{counter::Counter, family::Family, histogram::Histogram},
    registry::{Registry, Unit},
};

use super::label::OTHER;

/// Counts messages by gateway and country.
#[derive(Debug)]
pub(crate) struct SmsMeter {
    /// Calling codes of the settings. Others share a label, because a visitor chooses the number.
    countries: BTreeSet<String>,
    messages: Family<Sent, Counter>,
    durations: Family<At, Histogram, fn() -> Histogram>,
    delivered: Family<Way, Counter>,
    undelivered: Family<Way, Counter>,
    verified: Family<Way, Counter>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Sent {
    gateway: String,
    country: String,
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Way {
    gateway: String,
    country: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct At {
    gateway: String,
}

impl SmsMeter {
    pub(super) fn registered(
        registry: &mut Registry,
        countries: impl IntoIterator<Item = Prefix>,
    ) -> Self {
        let meter = Self {
            countries: countries.into_iter().map(|country| country.to_string()).collect(),
            messages: Family::default(),
            durations: Family::new_with_constructor(|| {
                Histogram::new([0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0])
            }),
            delivered: Family::default(),
            undelivered: Family::default(),
            verified: Family::default(),
        };
        registry.register(
            "sms_messages",
            "Text messages, by the outcome at each gateway that was tried",
            meter.messages.clone(),
        );
        registry.register_with_unit(
            "sms_gateway_duration",
            "Time that a gateway took for a message, repetitions included",
            Unit::Seconds,
            meter.durations.clone(),
        );
        registry.register(
            "sms_delivered",
            "Text messages that a gateway reported as delivered",
            meter.delivered.clone(),
        );
        registry.register(
            "sms_undelivered",
            "Text messages that a gateway reported as not delivered",
            meter.undelivered.clone(),
        );
        registry.register(
            "sms_verified",
            "Text messages whose code was redeemed",
            meter.verified.clone(),
        );
        meter
    }

    /// Label of a country.
    pub(super) fn country(&self, country: Prefix) -> String {
        let code = country.to_string();
        if self.countries.contains(&code) { code } else { OTHER.to_owned() }
    }

    fn way(&self, gateway: &str, country: Prefix) -> Way {
        Way { gateway: gateway.to_owned(), country: self.country(country) }
    }
}

impl DispatchObserver for SmsMeter {
    fn sent(&self, country: Prefix, report: &Report) {
        let country = self.country(country);
        let count = |gateway: &str, outcome| {
            let (gateway, country) = (gateway.to_owned(), country.clone());
            self.messages.get_or_create(&Sent { gateway, country, outcome }).inc();
        };
        for visit in &report.visits {
            count(&visit.gateway, outcome_name(&visit.outcome));
            let at = At { gateway: visit.gateway.clone() };
            self.durations.get_or_create(&at).observe(visit.took.as_secs_f64());
        }
        if report.visits.is_empty() {
            count("none", outcome_name(&report.outcome));
        }
    }

    fn delivery(&self, gateway: &str, country: Prefix, delivery: Delivery) {
        let counter = match delivery {
            Delivery::Delivered => &self.delivered,
            Delivery::Undelivered => &self.undelivered,
            Delivery::Sent => return,
        };
        counter.get_or_create(&self.way(gateway, country)).inc();
    }

    fn redeemed(&self, gateway: &str, country: Prefix) {
        self.verified.get_or_create(&self.way(gateway, country)).inc();
    }
}
