use std::sync::Arc;

use passport_auth::{Clock as _, SystemClock};
use passport_sms_client::{
    self as client, Console, Inbox, MessageKind, OriginHost, Route, Router, RouterPolicy,
    SettingsError,
};
use passport_sms_gateways::Site;
use rand::{SeedableRng, rngs::StdRng};
use thiserror::Error;

use crate::{
    secrets::ReceiptKey,
    settings::{GatewayKind, GatewaySettings, Origin, SmsSettings},
};

/// The gateways of the settings, ready to send.
pub(crate) struct Gateways {
    /// In the order of `sms.gateways`.
    pub(crate) all: Vec<Gateway>,
    /// Messages of the console, if it is one of them.
    pub(crate) inbox: Option<Inbox>,
}

/// A gateway of the settings.
#[derive(Debug, Clone)]
pub(crate) struct Gateway {
    pub(crate) settings: GatewaySettings,
    pub(crate) client: Arc<dyn client::Gateway>,
}

/// Why the settings do not make gateways.
#[derive(Debug, Error)]
pub(crate) enum GatewaysError {
    /// The settings of one gateway.
    #[error("sms.{0}.{1}")]
    Gateway(String, #[source] SettingsError),
    /// The gateways together.
    #[error("sms: {0}")]
    Router(#[source] SettingsError),
}

impl Gateways {
    /// Opens nothing yet. `origin` is where browsers and gateways reach the service.
    pub(crate) fn new(
        settings: &SmsSettings,
        origin: &Origin,
        receipt_key: &ReceiptKey,
    ) -> Result<Self, GatewaysError> {
        let mut site = Site::new(clock());
        site.origin = origin_host(origin);
        let mut inbox = None;
        let mut all = Vec::new();
        for settings in &settings.gateways {
            let client: Arc<dyn client::Gateway> = match &settings.kind {
                GatewayKind::Console => {
                    let console = console(&site);
                    inbox = Some(console.inbox());
                    Arc::new(console)
                }
                GatewayKind::Hosted(account) => {
                    let refused = |fault| GatewaysError::Gateway(settings.name.clone(), fault);
                    let site = if origin.is_https() {
                        let url = receipt_key.url(origin, &settings.name);
                        site.clone().with_receipts_url(&url).map_err(refused)?
                    } else {
                        site.clone()
                    };
                    account.open(&site).map_err(refused)?
                }
            };
            all.push(Gateway { settings: settings.clone(), client });
        }
        Ok(Self { all, inbox })
    }

    /// One client made of all of them.
    pub(crate) fn router(&self, settings: &SmsSettings) -> Result<Router, GatewaysError> {
        let mut policy = RouterPolicy::default();
        policy.deadline = settings.deadline;
        // The latency of a gateway limits its calls, and the deadline the message.
        policy.attempt_timeout = settings.deadline;
        policy.in_doubt = settings.policy;
        let routes = self.all.iter().map(|gateway| {
            let GatewaySettings { name, weight, destinations, slots, .. } = &gateway.settings;
            Route::new(name, Arc::clone(&gateway.client))
                .weight(*weight)
                .only_to(destinations.iter().copied())
                .slots(*slots)
        });
        let rng = StdRng::from_rng(&mut rand::rng());
        Router::new(routes.collect(), policy, clock(), rng).map_err(GatewaysError::Router)
    }
}

impl Gateway {
    /// Whether the router would give it such a message.
    pub(crate) fn covers(&self, kind: MessageKind) -> bool {
        let GatewaySettings { destinations, .. } = &self.settings;
        let is_routed = destinations.is_empty()
            || destinations.iter().any(|wide| kind.destination.is_within(*wide));
        is_routed && self.client.covers(&kind).is_ok()
    }
}

/// The clock of this machine.
fn clock() -> client::Clock {
    client::Clock::new(|| SystemClock.now())
}

fn console(site: &Site) -> Console {
    let console = Console::new(site.clock.clone());
    match site.origin.clone() {
        Some(host) => console.with_origin(host),
        None => console,
    }
}

/// Host in the last line of a text, so that browsers fill in its code on pages of the service only.
fn origin_host(origin: &Origin) -> Option<OriginHost> {
    origin.host().parse().ok()
}
