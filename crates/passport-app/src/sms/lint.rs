//! Faults of `[sms]` although each single value is allowed.

use std::fmt;

use passport_sms_client::{Locale, MessageKind, Topic};
use passport_user::CountryCode;

use super::{Gateway, Gateways};
use crate::settings::{GatewaySettings, Settings, calling_prefix};

/// Faults of the gateways together.
#[derive(Debug, Default)]
pub(crate) struct SmsLint {
    /// Messages that no gateway covers.
    pub(crate) gaps: Vec<UncoveredMessage>,
    /// Settings that contradict each other, a sentence each.
    pub(crate) contradictions: Vec<String>,
}

/// A kind of message that no gateway can send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct UncoveredMessage {
    pub(crate) topic: Topic,
    pub(crate) locale: Locale,
    pub(crate) country: CountryCode,
}

impl UncoveredMessage {
    /// Whether the service does not start in production without a gateway for the message. The others
    /// are of lesser weight: templates for them may still wait for approval.
    pub(crate) fn is_required(&self) -> bool {
        passport_bridges::is_required(self.topic)
    }
}

impl SmsLint {
    /// Checks each of the topics in every language for every country of `phone.countries`.
    pub(crate) fn of(settings: &Settings, gateways: &Gateways, topics: &[Topic]) -> Self {
        let gaps = gaps(settings, gateways, topics);
        Self { gaps, contradictions: contradictions(settings, gateways) }
    }
}

impl fmt::Display for UncoveredMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { topic, locale, country } = self;
        write!(f, "{} in {} to {country}", topic.as_str(), locale.as_str())
    }
}

fn gaps(settings: &Settings, gateways: &Gateways, topics: &[Topic]) -> Vec<UncoveredMessage> {
    let mut gaps = Vec::new();
    for &topic in topics {
        for locale in Locale::ALL {
            for country in &settings.phone.countries {
                let Some(destination) = calling_prefix(*country) else { continue };
                let kind = MessageKind { topic, locale, destination };
                if !gateways.all.iter().any(|gateway| gateway.covers(kind)) {
                    gaps.push(UncoveredMessage { topic, locale, country: *country });
                }
            }
        }
    }
    gaps
}

fn contradictions(settings: &Settings, gateways: &Gateways) -> Vec<String> {
    let all = &gateways.all;
    let mut found = Vec::new();
    for (place, gateway) in all.iter().enumerate() {
        found.extend(never_used(settings, gateway));
        found.extend(too_many_digits(settings, gateway));
        let is_console = gateway.settings.is_console();
        if is_console && gateway.settings.weight == 0 && place + 1 < all.len() {
            found.push(format!(
                "sms.gateways names {} before others: it takes every message and sends none",
                gateway.settings.name
            ));
        }
    }
    found
}

/// A gateway for other countries than those of the service.
fn never_used(settings: &Settings, gateway: &Gateway) -> Option<String> {
    let GatewaySettings { name, destinations, .. } = &gateway.settings;
    let mut served = settings.phone.countries.iter().filter_map(|it| calling_prefix(*it));
    let is_used = destinations.is_empty() || served.any(|country| destinations.contains(&country));
    (!is_used).then(|| {
        format!("sms.{name}.countries names none of phone.countries, so {name} is never used")
    })
}

/// A gateway whose messages cannot contain the code.
fn too_many_digits(settings: &Settings, gateway: &Gateway) -> Option<String> {
    let digits = settings.sms_code.length.digits();
    let most = gateway.client.capabilities().max_code_digits?;
    (usize::from(digits) > most).then(|| {
        format!(
            "sms_code.length is {digits}, but the templates of {} take {most} digits at most",
            gateway.settings.name
        )
    })
}
