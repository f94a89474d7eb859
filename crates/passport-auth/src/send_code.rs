use std::{error::Error, sync::Arc, time::Duration};

use passport_codes::Binding;
use passport_throttle::{Hit, Passage, Toll};
use passport_user::{CountryCode, PhoneNumber, UserId};
use thiserror::Error;
use tracing::warn;

use crate::{
    BoxError, ClientAddress, CodeMessage, CodePurpose, CodeSender, Denied, Failures, Gate, Limits,
    Locale, PhoneCodes, SendOutcome, Solution, Unavailable,
    error::{StepError, passed},
    limits::policies::{SMS_PER_CLIENT, SMS_PER_PHONE},
    phone_codes::{CodeSlot, IssuedCode},
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
    failures: Failures,
}

/// A code that was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SentCode {
    /// Id of the request, which every guess must carry; `None` for codes that are not bound.
    pub id: Option<Binding>,
    /// Lifetime of the code.
    pub expires_in: Duration,
    /// Time after which the next code can be sent to the number.
    pub resend_after: Duration,
    /// Number of digits.
    pub length: u8,
}

/// A code to be sent.
#[derive(Debug, Clone)]
pub(crate) struct CodeOrder {
    pub(crate) phone: PhoneNumber,
    pub(crate) purpose: CodePurpose,
    /// Signed-in user who asks for the code.
    pub(crate) owner: Option<UserId>,
    pub(crate) client: ClientAddress,
    pub(crate) locale: Locale,
}

/// A code that is stored, and what was charged for it.
pub(crate) struct Issued {
    code: IssuedCode,
    hit: Hit,
}

/// Reason why an order was not, or not surely, carried out.
///
/// Exhaustive, because each wire must have an answer for each variant.
#[derive(Debug, Error)]
pub enum SendRefusal {
    /// No messages are sent to the number's country.
    #[error("country is not served")]
    CountryNotServed,
    /// The message could not be recorded, or a former code not be discarded; nothing was sent. Code and
    /// charge are undone as for [`NotSent`](Self::NotSent).
    #[error("code could not be stored")]
    NotStored(#[source] Unavailable),
    /// The number cannot get messages. The code was withdrawn. The client stays charged, because it
    /// caused a call of the gateway; the number does not.
    #[error("recipient was refused")]
    RecipientRefused(#[source] BoxError),
    /// The number has reached a cap of the gateway. The code was withdrawn. Number and client stay
    /// charged, because each further request would extend the cap.
    #[error("number has reached a cap of the gateway")]
    RecipientThrottled {
        /// Time after which the next request may succeed, as far as it is known.
        retry_after: Duration,
        /// Refusal of the gateway.
        #[source]
        cause: BoxError,
    },
    /// No gateway sends to the number. Code and charge are treated as for
    /// [`RecipientRefused`](Self::RecipientRefused).
    #[error("no gateway sends to the number")]
    NumberNotServed(#[source] BoxError),
    /// Every gateway refused the message. The code was withdrawn. The number stays charged, because the
    /// next message would be refused as well; the client does not, because the fault may be ours.
    #[error("message was refused")]
    MessageRefused(#[source] BoxError),
    /// The gateway failed. The code was withdrawn and the charge refunded. If a store failed
    /// meanwhile, the undelivered code may still be valid or the charge may remain.
    #[error("message was not sent")]
    NotSent(#[source] BoxError),
    /// The message may arrive. Its code is valid, and it was charged.
    #[error("delivery is unknown")]
    DeliveryUnknown {
        /// The code.
        sent: SentCode,
        /// What is known of the failure.
        #[source]
        cause: BoxError,
    },
}

impl CodeOrder {
    fn slot(&self) -> CodeSlot<'_> {
        CodeSlot { purpose: self.purpose, phone: &self.phone, owner: self.owner }
    }
}

impl SendCode {
    /// Sends `codes` through `sender` to numbers of `countries`.
    pub fn new(
        codes: PhoneCodes,
        sender: Arc<dyn CodeSender>,
        countries: Vec<CountryCode>,
        limits: Limits,
        failures: Failures,
    ) -> Self {
        Self { codes, sender, countries, limits, failures }
    }

    /// Refuses an order that [`send`](Self::send) would refuse now, and charges nothing: so a person
    /// who is refused keeps the challenge. A number or client whose wrong codes are used up gets no
    /// code, because it could not be redeemed.
    pub(crate) async fn check(&self, order: &CodeOrder) -> Result<(), StepError<SendRefusal>> {
        self.serves(order)?;
        let sms = self.limits.sms(&order.phone, order.client);
        let charges = [&sms[..], &self.limits.wrong_code(order.client)].concat();
        // A hit that counts nothing, as `issue_for` makes one that counts: a store may take longer for a check
        // that refuses, and the time must not tell which of the two refused.
        self.limits.charge_within(&[], &charges).await?;
        Ok(self.check_failures(order).await?)
    }

    /// Refuses a number whose wrong codes are used up.
    pub(crate) async fn check_failures(&self, order: &CodeOrder) -> Result<(), Denied> {
        self.failures.check(&self.failures.of_codes(&order.phone)).await
    }

    /// Whether `gate` counts challenges where messages are counted.
    pub(crate) fn counts_with(&self, gate: &Gate) -> bool {
        gate.counts_with(&self.limits)
    }

    /// Refuses a number of a country to which no messages are sent.
    fn serves(&self, order: &CodeOrder) -> Result<(), StepError<SendRefusal>> {
        let country = order.phone.country();
        if country.is_some_and(|country| self.countries.contains(&country)) {
            Ok(())
        } else {
            Err(StepError::Refused(SendRefusal::CountryNotServed))
        }
    }

    /// Charges the limits and stores a code, then sends it.
    pub(crate) async fn send(&self, order: CodeOrder) -> Result<SentCode, StepError<SendRefusal>> {
        let charges = self.limits.sms(&order.phone, order.client);
        let toll = Toll { charges, ..Toll::default() };
        let issued = passed(self.issue(&order, &toll).await?)?;
        self.deliver(order, issued).await
    }

    /// Charges the limits and stores a code if all has room that [`check`](Self::check) checks, and the
    /// challenge of `order` is marked as `solution` says: one act. Then the code is to be delivered.
    pub(crate) async fn issue_for(
        &self,
        order: &CodeOrder,
        solution: &Solution,
    ) -> Result<Passage<Issued>, StepError<SendRefusal>> {
        self.serves(order)?;
        let sms = self.limits.sms(&order.phone, order.client);
        let wrong_code = self.limits.wrong_code(order.client);
        let toll = Toll {
            charges: [&sms[..], &solution.mark].concat(),
            checked: [&wrong_code[..], &solution.within].concat(),
            series: self.failures.of_codes(&order.phone),
        };
        let mut passage = self.issue(order, &toll).await?;
        if let Passage::Passed(issued) = &mut passage {
            // From here on the mark of the challenge stays.
            issued.hit.charges = sms;
        }
        Ok(passage)
    }

    async fn issue(
        &self,
        order: &CodeOrder,
        toll: &Toll,
    ) -> Result<Passage<Issued>, StepError<SendRefusal>> {
        let slot = order.slot();
        let issued = self.codes.issue(slot, toll).await.map_err(StepError::denied)?;
        Ok(match issued {
            Passage::Passed((code, hit)) => {
                let issued = Issued { code, hit };
                if let Err(error) = self.codes.discard_former(slot).await {
                    self.undo(&issued).await;
                    return Err(StepError::Refused(SendRefusal::NotStored(error.into())));
                }
                Passage::Passed(issued)
            }
            Passage::Refused(refusal) => Passage::Refused(refusal),
            Passage::Blocked(block) => Passage::Blocked(block),
        })
    }

    /// Sends a code that is charged and stored.
    pub(crate) async fn deliver(
        &self,
        order: CodeOrder,
        issued: Issued,
    ) -> Result<SentCode, StepError<SendRefusal>> {
        let Issued { code, hit } = &issued;
        let refusal = match self.sender.send(&self.message(order, code)).await {
            SendOutcome::Accepted => return Ok(self.sent(code)),
            // A message that may arrive has to count, and its code has to work.
            SendOutcome::Unknown(cause) => {
                SendRefusal::DeliveryUnknown { sent: self.sent(code), cause }
            }
            SendOutcome::RecipientRefused(cause) => {
                self.withdraw(code).await;
                self.limits.refund_only(&SMS_PER_PHONE, hit).await;
                SendRefusal::RecipientRefused(cause)
            }
            SendOutcome::NumberNotServed(cause) => {
                self.withdraw(code).await;
                self.limits.refund_only(&SMS_PER_PHONE, hit).await;
                SendRefusal::NumberNotServed(cause)
            }
            SendOutcome::RecipientThrottled { until, cause } => {
                self.withdraw(code).await;
                let retry_after = self.limits.wait(&hit.charges, until).await;
                SendRefusal::RecipientThrottled { retry_after, cause }
            }
            SendOutcome::MessageRefused(cause) => {
                self.withdraw(code).await;
                self.limits.refund_only(&SMS_PER_CLIENT, hit).await;
                SendRefusal::MessageRefused(cause)
            }
            SendOutcome::NotSent(cause) => {
                self.undo(&issued).await;
                SendRefusal::NotSent(cause)
            }
            SendOutcome::NotRecorded(cause) => {
                self.undo(&issued).await;
                SendRefusal::NotStored(Unavailable(cause))
            }
        };
        Err(StepError::Refused(refusal))
    }

    fn sent(&self, issued: &IssuedCode) -> SentCode {
        SentCode {
            id: issued.binding,
            expires_in: self.codes.policy().ttl(),
            resend_after: self.limits.resend_after(),
            length: self.codes.length().digits(),
        }
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

    async fn undo(&self, issued: &Issued) {
        self.withdraw(&issued.code).await;
        self.limits.refund(&issued.hit).await;
    }

    async fn withdraw(&self, issued: &IssuedCode) {
        if let Err(error) = self.codes.withdraw(issued).await {
            warn!(error = &error as &dyn Error, "unsent code was not withdrawn");
        }
    }
}

impl SendRefusal {
    /// Whether the client stays charged.
    pub(crate) fn charges_client(&self) -> bool {
        match self {
            Self::CountryNotServed
            | Self::NotStored(_)
            | Self::MessageRefused(_)
            | Self::NotSent(_) => false,
            Self::RecipientRefused(_)
            | Self::RecipientThrottled { .. }
            | Self::NumberNotServed(_)
            | Self::DeliveryUnknown { .. } => true,
        }
    }

    /// Name of the rule, as events carry it.
    pub(crate) fn rule(&self) -> &'static str {
        match self {
            Self::CountryNotServed => "country-not-served",
            Self::NotStored(_) => "unavailable",
            Self::RecipientRefused(_) => "recipient-refused",
            Self::RecipientThrottled { .. } => "recipient-throttled",
            Self::NumberNotServed(_) => "number-not-served",
            Self::MessageRefused(_) => "message-refused",
            Self::NotSent(_) => "not-sent",
            Self::DeliveryUnknown { .. } => "delivery-unknown",
        }
    }
}
