use async_trait::async_trait;
use passport_auth::{BoxError, CodeMessage, CodePurpose, CodeSender, Delivery, Locale, MessageId};
use passport_sms_client::{
    self as sms, Class, Intent, Message, OneTimeCode, Outcome, Purpose, Recipient, Rejection,
    Report, Router,
};
use std::time::Instant;
use tracing::{debug, info};
use uuid::Uuid;

/// Sends codes through the gateways that are set up.
#[derive(Debug)]
pub(crate) struct SmsSender {
    router: Router,
}

impl SmsSender {
    pub(crate) fn new(router: Router) -> Self {
        Self { router }
    }
}

#[async_trait]
impl CodeSender for SmsSender {
    async fn send(&self, message: &CodeMessage) -> Delivery {
        let (phone, start) = (message.to.masked(), Instant::now());
        let message = match sms_message(message) {
            Ok(message) => message,
            Err(error) => return Delivery::NotSent(error),
        };
        let report = self.router.route(&message).await;
        log(&phone, message.id, &report, start);
        delivery(report.outcome)
    }

    fn redeemed(&self, message: MessageId) {
        debug!(id = %message.as_uuid(), "message arrived");
    }
}

/// One line for each message; what happened at each gateway the router has said.
fn log(phone: &str, id: Uuid, report: &Report, start: Instant) {
    let last = report.visits.last().map(|visit| visit.gateway.as_str());
    let gateway = report.sent_by().or(last).unwrap_or("-");
    let milliseconds = u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX);
    let (visits, outcome) = (report.visits.len(), name(&report.outcome));
    match &report.outcome {
        Outcome::Rejected(Rejection { class, .. }) => {
            info!(phone, %id, gateway, outcome, ?class, visits, milliseconds, "message settled");
        }
        Outcome::NotSent(_)
        | Outcome::Accepted { .. }
        | Outcome::Duplicate
        | Outcome::Unknown(_) => {
            info!(phone, %id, gateway, outcome, visits, milliseconds, "message settled");
        }
    }
}

/// The name of an outcome in logs and JSON.
pub(crate) fn name(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::NotSent(_) => "not_sent",
        Outcome::Accepted { .. } => "accepted",
        Outcome::Duplicate => "duplicate",
        Outcome::Rejected(_) => "rejected",
        Outcome::Unknown(_) => "unknown",
    }
}

fn delivery(outcome: Outcome) -> Delivery {
    match outcome {
        Outcome::Accepted { .. } | Outcome::Duplicate => Delivery::Accepted,
        Outcome::Unknown(cause) => Delivery::Unknown(Box::new(cause)),
        Outcome::NotSent(cause) => Delivery::NotSent(Box::new(cause)),
        Outcome::Rejected(rejection) => match rejection.class {
            Class::BadRecipient | Class::RecipientBlocked => {
                Delivery::RecipientRefused(describe(&rejection))
            }
            Class::UnsupportedDestination
            | Class::RecipientThrottled
            | Class::AccountThrottled
            | Class::Content
            | Class::Config
            | Class::BadRequest
            | Class::Transient
            | Class::UnknownCode => Delivery::NotSent(describe(&rejection)),
        },
    }
}

fn sms_message(message: &CodeMessage) -> Result<Message, BoxError> {
    Ok(Message {
        id: message.id.as_uuid(),
        to: message.to.as_e164().parse::<Recipient>()?,
        intent: Intent::Code {
            purpose: match message.purpose {
                CodePurpose::Register => Purpose::Register,
            },
            code: message.code.expose().parse::<OneTimeCode>()?,
            valid_for: message.valid_for,
        },
        locale: match message.locale {
            Locale::ZhHans => sms::Locale::ZhHans,
            Locale::En => sms::Locale::En,
        },
    })
}

fn describe(rejection: &Rejection) -> BoxError {
    format!("{:?}, code {}", rejection.class, rejection.code).into()
}
