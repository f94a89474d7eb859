//! From the settings of `[sms]` to what sends messages.

use std::{collections::BTreeMap, sync::Arc};

use passport_auth::{Clock as _, SystemClock};
use passport_sms_client::{
    self as sms, Aliyun, Console, Dispatch, FollowUpPolicy, Huawei, Inbox, MessageKind, OriginHost,
    Outbox, ReceiptReader, Route, Router, RouterPolicy, SettingsError, SmsClient, Sns, Tencent,
    Twilio, Vonage, Webhook, Yuntongxun,
};
use rand::{SeedableRng, rngs::StdRng};
use secrecy::SecretString;
use tracing::warn;

use super::WiringError;
use crate::{
    bridges::{NamedGateway, TOPICS},
    http::ReceiptDesk,
    secrets::ReceiptKey,
    settings::{
        Environment, GatewayKind, GatewaySettings, MasterSecret, Origin, Settings, SmsSettings,
    },
    sms_lint::SmsLint,
};

/// Everything that has to do with messages.
pub(super) struct Messaging {
    pub(super) dispatch: Arc<Dispatch>,
    pub(super) receipt_desk: ReceiptDesk,
    pub(super) inbox: Option<Inbox>,
}

impl Messaging {
    /// Puts messages on record in `outbox`.
    pub(super) fn new(
        settings: &Settings,
        origin: &Origin,
        secret: &MasterSecret,
        outbox: Arc<dyn Outbox>,
    ) -> Result<Self, WiringError> {
        let key = secret.receipt_key();
        let gateways = Gateways::new(&settings.sms, origin, &key)?;
        lint(settings, &gateways)?;
        let rng = StdRng::from_rng(&mut rand::rng());
        let router = gateways.router(&settings.sms)?;
        let readers = gateways.receipt_readers();
        let mut dispatch = Dispatch::new(router, Arc::clone(&outbox), secret.sealing_key(), rng);
        // Nobody could use a code that died with its process.
        if !settings.store.is_memory() {
            let policy = FollowUpPolicy {
                // From then on the person may have another code, and this one be dead.
                resend_within: settings.sms_code.resend_after,
                ..settings.sms.follow_up
            };
            dispatch = dispatch.with_follow_up(policy, readers.clone());
        }
        let receipt_desk = ReceiptDesk { key, origin: origin.clone(), readers, outbox };
        Ok(Self { dispatch: Arc::new(dispatch), receipt_desk, inbox: gateways.inbox })
    }
}

/// Says what is wrong with the gateways, and refuses to start in production where nobody could sign
/// up.
fn lint(settings: &Settings, gateways: &Gateways) -> Result<(), WiringError> {
    let lint = SmsLint::of(settings, gateways, &TOPICS);
    if settings.environment == Environment::Production && !lint.gaps.is_empty() {
        let gaps: Vec<_> = lint.gaps.iter().map(ToString::to_string).collect();
        return Err(WiringError::Uncovered(gaps.join(", ")));
    }
    for contradiction in &lint.contradictions {
        warn!("{contradiction}");
    }
    if let Some(first) = lint.gaps.first() {
        let gaps = lint.gaps.len();
        warn!(gaps, %first, "some messages no gateway could send: `passport sms lint` names them");
    }
    Ok(())
}

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
    /// Reads what it pushes, if it does.
    pub(crate) receipts: Option<Arc<dyn ReceiptReader>>,
}

impl Gateway {
    /// Whether it would be asked to send such a message.
    pub(crate) fn covers(&self, kind: MessageKind) -> bool {
        let GatewaySettings { destinations, .. } = &self.settings;
        let is_routed = destinations.is_empty()
            || destinations.iter().any(|wide| kind.destination.is_within(*wide));
        is_routed && self.client.covers(&kind).is_ok()
    }
}

impl Gateways {
    /// Opens nothing yet. `origin` is where browsers see the service, and where gateways find it.
    pub(crate) fn new(
        settings: &SmsSettings,
        origin: &Origin,
        receipt_key: &ReceiptKey,
    ) -> Result<Self, WiringError> {
        let mut inbox = None;
        let mut gateways = Vec::new();
        for settings in &settings.gateways {
            let name = &settings.name;
            let url = origin.is_https().then(|| receipt_key.url(origin, name).into());
            let (client, receipts) = make(&settings.kind, origin, url.as_ref(), &mut inbox)
                .map_err(|error| WiringError::Gateway(name.clone(), error.into()))?;
            let client = Arc::new(NamedGateway::new(name.clone(), client));
            gateways.push(Gateway { settings: settings.clone(), client, receipts });
        }
        Ok(Self { gateways, inbox })
    }

    /// Those that push receipts, by their names.
    pub(crate) fn receipt_readers(&self) -> BTreeMap<String, Arc<dyn ReceiptReader>> {
        let named =
            |gateway: &Gateway| Some((gateway.settings.name.clone(), gateway.receipts.clone()?));
        self.gateways.iter().filter_map(named).collect()
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

type Made = (Arc<dyn SmsClient>, Option<Arc<dyn ReceiptReader>>);

/// A gateway, which is told with each message that receipts go to `receipts_url`, where it can be.
fn make(
    kind: &GatewayKind,
    origin: &Origin,
    receipts_url: Option<&SecretString>,
    inbox: &mut Option<Inbox>,
) -> Result<Made, SettingsError> {
    Ok(match kind {
        GatewayKind::Console => {
            let console = console(origin);
            *inbox = Some(console.inbox());
            (Arc::new(console), None)
        }
        GatewayKind::Aliyun(settings) => both(Aliyun::new((**settings).clone(), clock())?),
        GatewayKind::Huawei(settings) => {
            let mut settings = (**settings).clone();
            settings.status_callback = receipts_url.cloned();
            both(Huawei::new(settings, clock())?)
        }
        GatewayKind::Sns(settings) => {
            let mut settings = (**settings).clone();
            settings.origin = origin_host(origin);
            (Arc::new(Sns::new(settings, clock())?), None)
        }
        GatewayKind::Tencent(settings) => both(Tencent::new((**settings).clone(), clock())?),
        GatewayKind::Twilio(settings) => {
            let mut settings = (**settings).clone();
            settings.origin = origin_host(origin);
            both(twilio(settings, receipts_url)?)
        }
        GatewayKind::Vonage(settings) => {
            let mut settings = (**settings).clone();
            settings.origin = origin_host(origin);
            settings.callback = receipts_url.cloned();
            both(Vonage::new(settings, clock())?)
        }
        GatewayKind::Webhook(settings) => {
            let mut settings = (**settings).clone();
            settings.origin = origin_host(origin);
            both(Webhook::new(settings, clock())?)
        }
        GatewayKind::Yuntongxun(settings) => both(Yuntongxun::new((**settings).clone(), clock())?),
    })
}

fn both<G: SmsClient + ReceiptReader>(gateway: G) -> Made {
    let gateway = Arc::new(gateway);
    (gateway.clone(), Some(gateway))
}

/// It refuses an address that it cannot reach, or whose receipts could not be verified: then
/// messages go without.
fn twilio(
    settings: sms::twilio::Settings,
    url: Option<&SecretString>,
) -> Result<Twilio, SettingsError> {
    let told = sms::twilio::Settings { status_callback: url.cloned(), ..settings.clone() };
    Twilio::new(told, clock()).or_else(|_| Twilio::new(settings, clock()))
}

fn console(origin: &Origin) -> Console {
    let console = Console::new(clock());
    match origin_host(origin) {
        Some(host) => console.with_origin(host),
        None => console,
    }
}

/// What the last line of a text names, so that browsers fill in its code on our pages only.
fn origin_host(origin: &Origin) -> Option<OriginHost> {
    origin.host().parse().ok()
}
