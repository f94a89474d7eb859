use std::{fmt, sync::Arc, time::Duration};

use passport_codes::{Code, CodeLength, CodePolicy, Codes};
use passport_throttle::{Charge, Decision, Quota, Subject, ThrottleStore};
use passport_user::{CountryCode, PhoneNumber};
use rand::rng;
use thiserror::Error;
use time::OffsetDateTime;
use tracing::{info, warn};

use crate::{
    Acts, AnswerTally, BoxError, ChallengeId, ChallengeRenderer, Challenges, ClientAddress, Clock,
    CodeMessage, CodePurpose, CodeSender, Delivery, Locale, MessageId, PhoneTag, SubjectKey,
    Unavailable,
    challenge::Solution,
    charges::{refund, wrong_code},
    error::log_refusal,
    limits,
};

/// Sends a code to a number, for somebody who solved a challenge.
///
/// A message costs money, so every doubt is a refusal: the limits are charged before the message
/// leaves, the code is stored before it is sent, and a store that cannot answer means that nothing
/// is sent. Whether the number is registered plays no part.
#[derive(Debug, Clone)]
pub struct RequestCode {
    /// Holds the answers of the pictures.
    pub challenges: Challenges,
    /// Counts how challenges are answered.
    pub answers: Arc<AnswerTally>,
    /// Knows how answers are written.
    pub renderer: Arc<dyn ChallengeRenderer>,
    /// Holds the codes that were sent.
    pub codes: Codes,
    /// How long a code lives and how many tries it stands.
    pub code_policy: CodePolicy,
    /// How many digits a code has.
    pub code_length: CodeLength,
    /// Counts the messages.
    pub throttle: Arc<dyn ThrottleStore>,
    /// Key of the subjects of limits and codes.
    pub subjects: SubjectKey,
    /// How many messages a number and a client get.
    pub quotas: SendQuotas,
    /// As of [`SignUp`](crate::SignUp): a code that nobody may try is not worth a message.
    pub wrong_codes: Quota,
    /// The countries that messages are sent to.
    pub countries: Vec<CountryCode>,
    /// Sends.
    pub sender: Arc<dyn CodeSender>,
    /// Sees it through to its end.
    pub acts: Acts,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
}

/// How many messages there may be.
#[derive(Debug, Clone, Copy)]
pub struct SendQuotas {
    /// Pause between two codes to one number.
    pub per_phone_cooldown: Quota,
    /// Codes to one number in an hour.
    pub per_phone_hour: Quota,
    /// Codes to one number in a day.
    pub per_phone_day: Quota,
    /// Codes for one client in an hour.
    pub per_client_hour: Quota,
    /// Codes for one client in a day.
    pub per_client_day: Quota,
}

/// Who wants a code.
#[derive(Clone)]
pub struct CodeRequest {
    /// The number to send it to.
    pub phone: PhoneNumber,
    /// What it shall be good for.
    pub purpose: CodePurpose,
    /// The challenge that was solved.
    pub challenge: ChallengeId,
    /// How it was solved.
    pub answer: String,
    /// Where the request comes from.
    pub client: ClientAddress,
    /// The language of the message.
    pub locale: Locale,
}

/// Shows no answer: until it is redeemed it is worth a message.
impl fmt::Debug for CodeRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CodeRequest")
            .field("phone", &self.phone)
            .field("purpose", &self.purpose)
            .field("challenge", &self.challenge)
            .field("client", &self.client)
            .field("locale", &self.locale)
            .finish_non_exhaustive()
    }
}

impl RequestCode {
    /// Spends the challenge and sends a code.
    ///
    /// Runs to its end even when the caller goes away.
    ///
    /// # Errors
    ///
    /// See [`RequestCodeError`].
    pub async fn send(&self, request: CodeRequest) -> Result<(), RequestCodeError> {
        let (this, phone) = (self.clone(), request.phone.masked());
        let act = async move {
            let outcome = this.send_to_the_end(request).await;
            match &outcome {
                Ok(()) => info!(phone, "code sent"),
                Err(error) => log_refusal("code not sent", &phone, error, error.outage()),
            }
            outcome
        };
        self.acts.run(act).await
    }

    async fn send_to_the_end(&self, request: CodeRequest) -> Result<(), RequestCodeError> {
        let now = self.clock.now();
        if !request.phone.country().is_some_and(|country| self.countries.contains(&country)) {
            return Err(RequestCodeError::CountryNotServed);
        }
        let phone = self.subjects.phone(&request.phone);
        let charges = self.quotas.charges(phone, self.subjects.client(request.client));
        let wrong_code = wrong_code(phone, self.wrong_codes);
        // Turned away here, a person keeps their challenge; what counts is the hit below.
        let asked = [&charges[..], &[wrong_code]].concat();
        if let Some(refusal) = self.throttle.check(&asked, now).await.map_err(Unavailable::from)? {
            return Err(RequestCodeError::TooMany { retry_after: refusal.retry_after });
        }
        self.redeem_challenge(&request, now).await?;

        let receipt = match self.throttle.hit(&charges, now).await.map_err(Unavailable::from)? {
            Decision::Allowed(receipt) => receipt,
            Decision::Refused(refusal) => {
                return Err(RequestCodeError::TooMany { retry_after: refusal.retry_after });
            }
        };
        let code = Code::numeric(self.code_length, &mut rng());
        let key = request.purpose.key(phone);
        let stored = match self.codes.issue(&key, &code, self.code_policy, now).await {
            Ok(stored) => stored,
            Err(error) => {
                refund(&*self.throttle, &receipt).await;
                return Err(RequestCodeError::NotStored(Unavailable::from(error)));
            }
        };
        let message = CodeMessage {
            id: MessageId::of(&stored),
            to: request.phone,
            code,
            purpose: request.purpose,
            valid_for: self.code_policy.ttl(),
            locale: request.locale,
        };
        let failure = match self.sender.send(&message).await {
            Delivery::Accepted => return Ok(()),
            // It may arrive: then the code has to work, and the message has to count.
            Delivery::Unknown(cause) => return Err(RequestCodeError::DeliveryUnknown(cause)),
            Delivery::RecipientRefused(cause) => RequestCodeError::RecipientRefused(cause),
            Delivery::NotSent(cause) => RequestCodeError::NotSent(cause),
            Delivery::NotRecorded(cause) => RequestCodeError::NotStored(Unavailable(cause)),
        };
        // This code and no other: a gateway may have taken so long to fail that the number has had
        // its next code by now.
        if let Err(error) = self.codes.withdraw(&key, &message.code).await {
            warn!(error = &error as &dyn std::error::Error, "unsent code was not withdrawn");
        }
        refund(&*self.throttle, &receipt).await;
        Err(failure)
    }

    async fn redeem_challenge(
        &self,
        request: &CodeRequest,
        now: OffsetDateTime,
    ) -> Result<(), RequestCodeError> {
        let (id, answer) = (request.challenge, &request.answer);
        let redeemed = self.challenges.redeem(id, answer, &*self.renderer, now).await;
        match redeemed.map_err(Unavailable::from)? {
            Solution::Right => {
                self.answers.record(true, now);
                Ok(())
            }
            Solution::Wrong => {
                self.answers.record(false, now);
                Err(RequestCodeError::ChallengeWrong)
            }
            Solution::Missing => Err(RequestCodeError::ChallengeMissing),
        }
    }
}

impl SendQuotas {
    fn charges(&self, phone: PhoneTag, client: Subject) -> [Charge; 5] {
        let phone = phone.into();
        [
            Charge::new(limits::SMS_PER_PHONE_COOLDOWN, phone, self.per_phone_cooldown),
            Charge::new(limits::SMS_PER_PHONE_HOUR, phone, self.per_phone_hour),
            Charge::new(limits::SMS_PER_PHONE_DAY, phone, self.per_phone_day),
            Charge::new(limits::SMS_PER_CLIENT_HOUR, client, self.per_client_hour),
            Charge::new(limits::SMS_PER_CLIENT_DAY, client, self.per_client_day),
        ]
    }
}

/// Why no code was sent.
#[derive(Debug, Error)]
pub enum RequestCodeError {
    /// Messages are not sent to the number's country.
    #[error("country is not served")]
    CountryNotServed,
    /// The number or the client had its share of messages.
    #[error("too many messages")]
    TooMany {
        /// How long to wait.
        retry_after: Duration,
    },
    /// A store could not answer; nothing was sent.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
    /// The challenge is unknown, expired or spent.
    #[error("challenge is missing")]
    ChallengeMissing,
    /// The answer is wrong, and the challenge is spent.
    #[error("challenge answer is wrong")]
    ChallengeWrong,
    /// The code or its message could not be stored; nothing was sent. Code and charge are taken back
    /// as for [`RecipientRefused`](Self::RecipientRefused).
    #[error("code could not be stored")]
    NotStored(#[source] Unavailable),
    /// The number cannot get messages. The code is dead and nothing was charged, as far as the
    /// stores answered; where one did not, the code lives that nobody got, or the charge stands.
    #[error("recipient was refused")]
    RecipientRefused(#[source] BoxError),
    /// The gateway failed. Code and charge are taken back as for
    /// [`RecipientRefused`](Self::RecipientRefused).
    #[error("message was not sent")]
    NotSent(#[source] BoxError),
    /// The message may arrive. Its code works, and it was charged.
    #[error("delivery is unknown")]
    DeliveryUnknown(#[source] BoxError),
}

impl RequestCodeError {
    /// What a gateway says is logged by whoever speaks with it, and knows which one it is.
    fn outage(&self) -> Option<&Unavailable> {
        match self {
            Self::Unavailable(outage) | Self::NotStored(outage) => Some(outage),
            Self::CountryNotServed
            | Self::TooMany { .. }
            | Self::ChallengeMissing
            | Self::ChallengeWrong
            | Self::RecipientRefused(_)
            | Self::NotSent(_)
            | Self::DeliveryUnknown(_) => None,
        }
    }
}
