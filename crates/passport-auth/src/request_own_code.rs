use passport_codes::tidy;
use passport_throttle::Charge;
use passport_user::PhoneNumber;
use thiserror::Error;

use crate::{
    Authenticated, Caller, ChallengeId, ChallengeRefusal, CodePurpose, ConfirmationRequired,
    Denied, Detached, Freshness, Gate, Limits, SendCode, SendRefusal, SentCode,
    error::{StepError, wraps_steps},
    event::{EventSubject, Operation, Refused},
    send_code::CodeOrder,
};

/// Sends the codes that signed-in people ask for.
///
/// They cost a message each, so the user is limited beside the number and the client: an attacker
/// could sign up many accounts.
#[derive(Debug, Clone)]
pub struct RequestOwnCode {
    /// Gate that spends challenges.
    pub gate: Gate,
    /// Sending of codes.
    pub send_code: SendCode,
    /// Freshness of sessions.
    pub freshness: Freshness,
    /// Limits.
    pub limits: Limits,
    /// Runner of operations.
    pub detached: Detached,
}

/// A challenge that was solved.
#[derive(Clone)]
pub struct Solved {
    /// The challenge.
    pub challenge: ChallengeId,
    /// Its answer, as it was typed.
    pub answer: String,
}

impl RequestOwnCode {
    /// Sends a code to the person's own number, to confirm the session. A challenge is not needed.
    ///
    /// Runs to its end even if the caller stops waiting.
    ///
    /// # Errors
    ///
    /// See [`RequestOwnCodeError`].
    pub async fn confirm(
        &self,
        person: Authenticated,
        client: Caller,
    ) -> Result<SentCode, RequestOwnCodeError> {
        let (this, subject) = (self.clone(), EventSubject::person(&person, &client));
        let act = |_| async move {
            let phone = person.user.phone.clone().ok_or(RequestOwnCodeError::NoNumber)?;
            let order = order(&person, phone, CodePurpose::Confirm, &client);
            this.send_code.check(&order).await?;
            this.send(order, &this.limits.confirm_code(person.user.id)).await
        };
        self.detached.perform(Operation::SendCode, subject, act).await
    }

    /// Sends a code to the number that the person wants to change to.
    ///
    /// Runs to its end even if the caller stops waiting.
    ///
    /// # Errors
    ///
    /// See [`RequestOwnCodeError`].
    pub async fn change_number(
        &self,
        person: Authenticated,
        phone: PhoneNumber,
        solved: Solved,
        client: Caller,
    ) -> Result<SentCode, RequestOwnCodeError> {
        let this = self.clone();
        let subject = EventSubject::person(&person, &client).phone(&phone);
        let act = |_| async move {
            this.freshness.require(&person)?;
            let user = person.user.id;
            let order = order(&person, phone, CodePurpose::ChangeNumber, &client);
            this.send_code.check(&order).await?;
            this.limits.check(&this.limits.change_code(user)).await?;
            let Solved { challenge, answer } = solved;
            this.gate.spend(challenge, &tidy(&answer), client.client).await?;
            this.limits.charge_new_number(user, &order.phone).await?;
            this.send(order, &this.limits.change_code(user)).await
        };
        self.detached.perform(Operation::SendCode, subject, act).await
    }

    /// Charges the user and sends the code. The user stays charged where a client does.
    async fn send(
        &self,
        order: CodeOrder,
        charges: &[Charge],
    ) -> Result<SentCode, RequestOwnCodeError> {
        let hit = self.limits.charge(charges).await?;
        let outcome = self.send_code.send(order).await;
        let is_free = match &outcome {
            Ok(_) => false,
            Err(StepError::Denied(_)) => true,
            Err(StepError::Refused(refusal)) => !refusal.charges_client(),
        };
        if is_free {
            self.limits.refund(&hit).await;
        }
        Ok(outcome?)
    }
}

fn order(
    person: &Authenticated,
    phone: PhoneNumber,
    purpose: CodePurpose,
    client: &Caller,
) -> CodeOrder {
    let owner = Some(person.user.id);
    CodeOrder { phone, purpose, owner, client: client.client, locale: client.locale }
}

/// Reason why no code was sent.
///
/// Exhaustive, because each wire must have an answer for each variant.
#[derive(Debug, Error)]
pub enum RequestOwnCodeError {
    /// The operation was refused, or a store could not answer. Nothing was sent.
    #[error("{0}")]
    Denied(#[from] Denied),
    /// The session is not fresh. Nothing was sent.
    #[error(transparent)]
    NotFresh(#[from] ConfirmationRequired),
    /// The challenge is not solved. Nothing was sent.
    #[error(transparent)]
    Challenge(#[from] ChallengeRefusal),
    /// The account has no number.
    #[error("account has no number")]
    NoNumber,
    /// The code was not, or not surely, sent.
    #[error(transparent)]
    Send(#[from] SendRefusal),
}

wraps_steps!(RequestOwnCodeError);

impl Refused for RequestOwnCodeError {
    fn rule(&self) -> &'static str {
        match self {
            Self::Denied(denied) => denied.rule(),
            Self::NotFresh(_) => "confirmation-required",
            Self::Challenge(refusal) => refusal.rule(),
            Self::NoNumber => "no-number",
            Self::Send(refusal) => refusal.rule(),
        }
    }
}
