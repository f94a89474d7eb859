use std::{error::Error, sync::Arc};

use passport_throttle::Hit;
use passport_user::{CountryCode, PhoneNumber};
use thiserror::Error;
use tracing::warn;

use crate::{
    BoxError, ClientAddress, CodeMessage, CodePurpose, CodeSender, Limits, Locale, PhoneCodes,
    SendOutcome, Unavailable, error::StepError, phone_codes::IssuedCode,
};

/// Sends codes to phone numbers, within limits.
///
/// A message costs money, so every doubt is a refusal: the limits are charged before the message is
/// sent, the code is stored before it is sent, and if a store cannot answer nothing is sent. Whether
/// the number is registered plays no part.
#[derive(Debug, Clone)]
pub struct SendCode {
    codes: PhoneCodes,
    sender: Arc<dyn CodeSender>,
    countries: Vec<CountryCode>,
    limits: Limits,
}

/// A code to be sent.
#[derive(Debug, Clone)]
pub(crate) struct CodeOrder {
    pub(crate) phone: PhoneNumber,
    pub(crate) purpose: CodePurpose,
    pub(crate) client: ClientAddress,
    pub(crate) locale: Locale,
}

/// Reason why an order was not, or not surely, carried out.
///
/// Exhaustive, because each wire must have an answer for each variant.
#[derive(Debug, Error)]
pub enum SendRefusal {
    /// No messages are sent to the number's country.
    #[error("country is not served")]
    CountryNotServed,
    /// The code or its message could not be stored; nothing was sent. Code and charge are undone as
    /// for [`RecipientRefused`](Self::RecipientRefused).
    #[error("code could not be stored")]
    NotStored(#[source] Unavailable),
    /// The number cannot get messages. The code was withdrawn and the charge refunded. If a store
    /// failed meanwhile, the undelivered code may still be valid or the charge may remain.
    #[error("recipient was refused")]
    RecipientRefused(#[source] BoxError),
    /// The gateway failed. Code and charge are undone as for
    /// [`RecipientRefused`](Self::RecipientRefused).
    #[error("message was not sent")]
    NotSent(#[source] BoxError),
    /// The message may arrive. Its code is valid, and it was charged.
    #[error("delivery is unknown")]
    DeliveryUnknown(#[source] BoxError),
}

impl SendCode {
    /// Sends `codes` through `sender` to numbers of `countries`.
    pub fn new(
        codes: PhoneCodes,
        sender: Arc<dyn CodeSender>,
        countries: Vec<CountryCode>,
        limits: Limits,
    ) -> Self {
        Self { codes, sender, countries, limits }
    }

    /// Refuses an order that [`send`](Self::send) would refuse now, and charges nothing: so a person
    /// who is refused keeps the challenge. A number or client whose wrong codes are used up gets no
    /// code, because it could not be redeemed.
    pub(crate) async fn check(&self, order: &CodeOrder) -> Result<(), StepError<SendRefusal>> {
        let country = order.phone.country();
        if !country.is_some_and(|country| self.countries.contains(&country)) {
            return Err(StepError::Refused(SendRefusal::CountryNotServed));
        }
        let sms = self.limits.sms(&order.phone, order.client);
        let charges = [&sms[..], &self.limits.wrong_code(&order.phone, order.client)].concat();
        Ok(self.limits.check(&charges).await?)
    }

    /// Charges the limits, stores a code and sends it.
    pub(crate) async fn send(&self, order: CodeOrder) -> Result<(), StepError<SendRefusal>> {
        let hit = self.limits.charge(&self.limits.sms(&order.phone, order.client)).await?;
        let issued = match self.codes.issue(order.purpose, &order.phone).await {
            Ok(issued) => issued,
            Err(error) => {
                self.limits.refund(&hit).await;
                return Err(StepError::Refused(SendRefusal::NotStored(error.into())));
            }
        };
        let refusal = match self.sender.send(&self.message(order, &issued)).await {
            SendOutcome::Accepted => return Ok(()),
            SendOutcome::RecipientRefused(cause) => SendRefusal::RecipientRefused(cause),
            SendOutcome::NotSent(cause) => SendRefusal::NotSent(cause),
            SendOutcome::NotRecorded(cause) => SendRefusal::NotStored(Unavailable(cause)),
            SendOutcome::Unknown(cause) => SendRefusal::DeliveryUnknown(cause),
        };
        // A message that may arrive has to count, and its code has to work.
        if !matches!(refusal, SendRefusal::DeliveryUnknown(_)) {
            self.undo(&issued, &hit).await;
        }
        Err(StepError::Refused(refusal))
    }

    fn message(&self, order: CodeOrder, issued: &IssuedCode) -> CodeMessage {
        CodeMessage {
            id: issued.message,
            to: order.phone,
            code: issued.code.clone(),
            purpose: order.purpose,
            valid_for: self.codes.policy().ttl(),
            locale: order.locale,
        }
    }

    async fn undo(&self, issued: &IssuedCode, hit: &Hit) {
        if let Err(error) = self.codes.withdraw(issued).await {
            warn!(error = &error as &dyn Error, "unsent code was not withdrawn");
        }
        self.limits.refund(hit).await;
    }
}

impl SendRefusal {
    /// Name of the rule, as events carry it.
    pub(crate) fn rule(&self) -> &'static str {
        match self {
            Self::CountryNotServed => "country-not-served",
            Self::NotStored(_) => "unavailable",
            Self::RecipientRefused(_) => "recipient-refused",
            Self::NotSent(_) => "not-sent",
            Self::DeliveryUnknown(_) => "delivery-unknown",
        }
    }
}
