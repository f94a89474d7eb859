use std::fmt;

use passport_codes::tidy;
use passport_throttle::Passage;
use passport_user::{AccountEvent, PhoneNumber};
use thiserror::Error;

use crate::{
    Caller, ChallengeId, ChallengeRefusal, CodePurpose, Denied, Detached, Gate, Locale, SendCode,
    SendRefusal, SentCode, Solution,
    error::wraps_steps,
    event::{Effect, EventSubject, Operation, Refused},
    send_code::CodeOrder,
};

/// Sends a code to a number, for a client that solved a challenge.
#[derive(Debug, Clone)]
pub struct RequestCode {
    /// Gate that spends the challenge.
    pub gate: Gate,
    /// Sending of codes.
    pub send_code: SendCode,
    /// Runner of operations.
    pub detached: Detached,
}

/// Request for a code.
#[derive(Clone)]
pub struct CodeRequest {
    /// Phone number to send the code to.
    pub phone: PhoneNumber,
    /// Purpose of the code.
    pub purpose: CodePurpose,
    /// Challenge that was solved.
    pub challenge: ChallengeId,
    /// Answer of the challenge, as it was typed.
    pub answer: String,
    /// The client.
    pub client: Caller,
    /// Language of the message.
    pub locale: Locale,
}

impl RequestCode {
    /// Spends the challenge and sends a code.
    ///
    /// Runs to its end even if the caller stops waiting.
    ///
    /// # Errors
    ///
    /// See [`RequestCodeError`].
    pub async fn send(&self, request: CodeRequest) -> Result<SentCode, RequestCodeError> {
        let this = self.clone();
        let subject = EventSubject::of(&request.client).phone(&request.phone);
        let act = |_| async move {
            let CodeRequest { phone, purpose, challenge, answer, client, locale } = request;
            let client = client.client;
            let order = CodeOrder { phone, purpose, owner: None, client, locale };
            let answer = tidy(&answer);
            if this.send_code.counts_with(&this.gate)
                && let Some(solution) = this.gate.solve(&challenge, &answer, client)
            {
                return this.send_for(order, &solution).await;
            }
            this.send_code.check(&order).await?;
            this.gate.spend(challenge, &answer, client).await?;
            Ok(this.send_code.send(order).await?)
        };
        self.detached.perform(Operation::SendCode, subject, act).await
    }

    /// Spends the challenge of `solution` in the act that charges the message and stores its code.
    async fn send_for(
        &self,
        order: CodeOrder,
        solution: &Solution,
    ) -> Result<SentCode, RequestCodeError> {
        match self.send_code.issue_for(&order, solution).await? {
            Passage::Passed(issued) => {
                self.gate.settle();
                Ok(self.send_code.deliver(order, issued).await?)
            }
            Passage::Refused(refusal) if solution.is_refused_by(&refusal) => {
                // The limits of messages are told before what became of the challenge.
                self.send_code.check(&order).await?;
                Err(self.gate.refuse(refusal).into())
            }
            Passage::Refused(refusal) => Err(Denied::TooMany(refusal).into()),
            Passage::Blocked(block) => {
                // For a wrong answer this is a question of its own. The time of a refusal must not tell
                // whether the answer is right, because a refused request does not spend the challenge.
                self.send_code.check_failures(&order).await?;
                Err(Denied::from(block).into())
            }
        }
    }
}

/// Reason why no code was sent.
///
/// Exhaustive, because each wire must have an answer for each variant.
#[derive(Debug, Error)]
pub enum RequestCodeError {
    /// The operation was refused, or a store could not answer. Nothing was sent.
    #[error("{0}")]
    Denied(#[from] Denied),
    /// The challenge is not solved. Nothing was sent.
    #[error(transparent)]
    Challenge(#[from] ChallengeRefusal),
    /// The code was not, or not surely, sent.
    #[error(transparent)]
    Send(#[from] SendRefusal),
}

wraps_steps!(RequestCodeError);

impl Refused for RequestCodeError {
    fn rule(&self) -> &'static str {
        match self {
            Self::Denied(denied) => denied.rule(),
            Self::Challenge(refusal) => refusal.rule(),
            Self::Send(refusal) => refusal.rule(),
        }
    }
}

/// Omits the answer, because until it is redeemed it is worth a message.
impl fmt::Debug for CodeRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CodeRequest")
            .field("phone", &self.phone)
            .field("purpose", &self.purpose)
            .field("challenge", &self.challenge)
            .field("client", &self.client.client)
            .field("locale", &self.locale)
            .finish_non_exhaustive()
    }
}

impl Effect for SentCode {
    fn describe(&self, _: &mut AccountEvent) -> bool {
        true
    }
}
