//! From the settings of `[sms]` to the dispatch of messages.

use std::sync::Arc;

use passport_bridges::TOPICS;
use passport_sms_client::{Dispatch, DispatchObserver, Inbox, Outbox};
use rand::{SeedableRng, rngs::StdRng};
use tracing::warn;

use super::error::WiringError;
use crate::{
    http::ReceiptEndpoint,
    settings::{Environment, Origin, Secrets, Settings},
    sms::{Gateways, GatewaysError, SmsLint},
};

/// Everything that sends messages or records their delivery.
pub(super) struct Messaging {
    pub(super) dispatch: Arc<Dispatch>,
    pub(super) receipt_endpoint: ReceiptEndpoint,
    pub(super) inbox: Option<Inbox>,
}

impl Messaging {
    /// Records messages in `outbox`.
    pub(super) fn new(
        settings: &Settings,
        origin: &Origin,
        secrets: &Secrets,
        outbox: Arc<dyn Outbox>,
        observer: Arc<dyn DispatchObserver>,
        codes_outlive_process: bool,
    ) -> Result<Self, WiringError> {
        let key = secrets.receipt_key();
        let gateways = Gateways::new(&settings.sms, origin, &key)?;
        lint(settings, &gateways)?;
        let rng = StdRng::from_rng(&mut rand::rng());
        let router = gateways.router(&settings.sms)?;
        let mut dispatch =
            Dispatch::new(router, outbox, secrets.sealing_key(), rng).observed_by(observer);
        // Otherwise a message that is sent again after a restart brings a code that is gone.
        if codes_outlive_process {
            let mut policy = settings.sms.follow_up;
            // After that the user may have a newer code, which replaced the one in this message.
            policy.resend_within = settings.sms_code.resend_after;
            dispatch = dispatch.with_follow_up(policy);
        }
        let dispatch = Arc::new(dispatch);
        let receipt_endpoint =
            ReceiptEndpoint { key, origin: origin.clone(), dispatch: Arc::clone(&dispatch) };
        Ok(Self { dispatch, receipt_endpoint, inbox: gateways.inbox })
    }
}

/// Warns about the gateways; in production, refuses to start if codes to sign up or to sign in cannot
/// be sent.
fn lint(settings: &Settings, gateways: &Gateways) -> Result<(), WiringError> {
    let lint = SmsLint::of(settings, gateways, &TOPICS);
    let required = lint.gaps.iter().filter(|gap| gap.is_required());
    let required: Vec<_> = required.map(ToString::to_string).collect();
    if settings.environment == Environment::Production && !required.is_empty() {
        return Err(WiringError::Uncovered(required.join(", ")));
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

impl From<GatewaysError> for WiringError {
    fn from(error: GatewaysError) -> Self {
        match error {
            GatewaysError::Gateway(name, fault) => Self::Gateway(name, fault.into()),
            GatewaysError::Router(fault) => Self::Sms(fault.into()),
        }
    }
}
