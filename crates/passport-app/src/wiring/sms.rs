//! From the settings of `[sms]` to what sends messages.

use std::sync::Arc;

use passport_auth::{Clock as _, SystemClock};
use passport_sms_client::{
    self as sms, Console, Inbox, OriginHost, Route, Router, RouterPolicy, SmsClient, Yuntongxun,
};
use rand::{SeedableRng, rngs::StdRng};

use super::WiringError;
use crate::{
    bridges::NamedGateway,
    settings::{GatewayKind, GatewaySettings, Origin, SmsSettings},
};

/// The gateways of the settings, ready to send.
pub(crate) struct Gateways {
    pub(crate) gateways: Vec<Gateway>,
    /// What the gateway for development keeps.
    pub(crate) inbox: Option<Inbox>,
}

/// One of them.
#[derive(Debug, Clone)]
pub(crate) struct Gateway {
    pub(crate) settings: GatewaySettings,
    pub(crate) client: Arc<dyn SmsClient>,
}

impl Gateways {
    /// Opens nothing yet. `origin` is where browsers see the service.
    pub(crate) fn new(settings: &SmsSettings, origin: &Origin) -> Result<Self, WiringError> {
        let mut inbox = None;
        let gateways = settings.gateways.iter().map(|settings| {
            let client = client(&settings.kind, origin, &mut inbox)
                .map_err(|error| WiringError::Gateway(settings.name.clone(), error.into()))?;
            let client = Arc::new(NamedGateway::new(settings.name.clone(), client));
            Ok(Gateway { settings: settings.clone(), client })
        });
        let gateways = gateways.collect::<Result<_, WiringError>>()?;
        Ok(Self { gateways, inbox })
    }

    /// One client made of all of them.
    pub(crate) fn router(&self, settings: &SmsSettings) -> Result<Router, WiringError> {
        let policy = RouterPolicy {
            deadline: settings.deadline,
            // Each gateway has its share of the deadline; one alone may use all of it.
            attempt_timeout: settings.deadline,
            in_doubt: settings.policy,
            ..RouterPolicy::default()
        };
        let routes = self.gateways.iter().map(|gateway| {
            let GatewaySettings { weight, destinations, slots, .. } = &gateway.settings;
            Route::new(Arc::clone(&gateway.client))
                .weight(*weight)
                .only_to(destinations.iter().copied())
                .slots(*slots)
        });
        let rng = StdRng::from_rng(&mut rand::rng());
        Router::new(routes.collect(), policy, clock(), rng)
            .map_err(|error| WiringError::Sms(error.into()))
    }
}

/// The time of this machine.
pub(crate) fn clock() -> sms::Clock {
    sms::Clock::new(|| SystemClock.now())
}

fn client(
    kind: &GatewayKind,
    origin: &Origin,
    inbox: &mut Option<Inbox>,
) -> Result<Arc<dyn SmsClient>, sms::SettingsError> {
    Ok(match kind {
        GatewayKind::Console => {
            let mut console = Console::new(clock());
            if let Some(host) = origin_host(origin) {
                console = console.with_origin(host);
            }
            *inbox = Some(console.inbox());
            Arc::new(console)
        }
        GatewayKind::Yuntongxun(settings) => {
            Arc::new(Yuntongxun::new((**settings).clone(), clock())?)
        }
    })
}

/// What the last line of a text names, so that browsers fill in its code on our pages only.
fn origin_host(origin: &Origin) -> Option<OriginHost> {
    origin.host().parse().ok()
}
