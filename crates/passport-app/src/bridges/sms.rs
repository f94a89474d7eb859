use std::sync::Arc;

use async_trait::async_trait;
use passport_auth::{BoxError, CodeMessage, CodePurpose, CodeSender, Delivery, Locale};
use passport_sms_client::{
    self as sms, Class, Intent, Message, OneTimeCode, Outcome, Purpose, Recipient, Rejection,
    SmsClient,
};
use tracing::{info, warn};
use uuid::Uuid;

/// Sends codes through the first gateway that takes them.
#[derive(Debug)]
pub(crate) struct SmsSender {
    gateways: Vec<Arc<dyn SmsClient>>,
}

impl SmsSender {
    /// Prefers `gateways` in their order.
    pub(crate) fn new(gateways: Vec<Arc<dyn SmsClient>>) -> Self {
        Self { gateways }
    }
}

#[async_trait]
impl CodeSender for SmsSender {
    async fn send(&self, message: &CodeMessage) -> Delivery {
        let message = match sms_message(message) {
            Ok(message) => message,
            Err(error) => return Delivery::NotSent(error),
        };
        let mut last = Delivery::NotSent("no gateway is set".into());
        for gateway in &self.gateways {
            let (name, id) = (gateway.name(), message.id);
            last = match gateway.send(&message).await {
                Outcome::Accepted { provider_id } => {
                    let provider_id = provider_id.as_deref().unwrap_or("-");
                    info!(gateway = name, %id, provider_id, "message accepted");
                    return Delivery::Accepted;
                }
                Outcome::Duplicate => return Delivery::Accepted,
                Outcome::Unknown(cause) => {
                    warn!(gateway = name, %id, %cause, "message may or may not arrive");
                    return Delivery::Unknown(Box::new(cause));
                }
                Outcome::NotSent(cause) => {
                    warn!(gateway = name, %id, %cause, "message not sent");
                    Delivery::NotSent(Box::new(cause))
                }
                Outcome::Rejected(rejection) => {
                    let Rejection { class, code, text, .. } = &rejection;
                    warn!(gateway = name, %id, ?class, code, text, "message refused");
                    match after(*class) {
                        Next::RecipientRefused => {
                            return Delivery::RecipientRefused(describe(&rejection));
                        }
                        Next::Stop => return Delivery::NotSent(describe(&rejection)),
                        Next::OtherGateway => Delivery::NotSent(describe(&rejection)),
                    }
                }
            };
        }
        last
    }
}

/// What a refusal means for the other gateways.
enum Next {
    OtherGateway,
    Stop,
    RecipientRefused,
}

fn after(class: Class) -> Next {
    match class {
        Class::BadRecipient | Class::RecipientBlocked => Next::RecipientRefused,
        // A cap on the number is the brake against abuse; another gateway must not go around it.
        Class::RecipientThrottled | Class::Content | Class::BadRequest => Next::Stop,
        Class::UnsupportedDestination
        | Class::AccountThrottled
        | Class::Config
        | Class::Transient
        | Class::UnknownCode => Next::OtherGateway,
    }
}

fn sms_message(message: &CodeMessage) -> Result<Message, BoxError> {
    Ok(Message {
        id: Uuid::new_v4(),
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
