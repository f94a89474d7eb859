use std::sync::Arc;

use passport_codes::Redemption;
use thiserror::Error;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{AnswerTally, ChallengeId, Challenges, Keeper, Ticket, stored};
use crate::{
    ChallengeRenderer, ClientAddress, Clock, Denied, Limits, comparisons::Comparisons,
    error::StepError, policies,
};

/// Lets a request pass that solves a challenge, and spends the challenge.
///
/// Further checks of humanity, such as proof of work, belong here.
#[derive(Debug, Clone)]
pub struct Gate {
    challenges: Challenges,
    answers: Arc<AnswerTally>,
    renderer: Arc<dyn ChallengeRenderer>,
    limits: Limits,
    comparisons: Comparisons,
    clock: Arc<dyn Clock>,
}

/// Reason why a challenge lets nothing pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ChallengeRefusal {
    /// The challenge is unknown, expired or spent.
    #[error("challenge is missing")]
    Missing,
    /// The answer is wrong. The challenge is spent.
    #[error("challenge answer is wrong")]
    Wrong,
}

impl Gate {
    /// Spends `challenges` whose answers `renderer` knows, counts right and wrong answers in
    /// `answers`, and wrong ones in `limits`.
    pub fn new(
        challenges: Challenges,
        answers: Arc<AnswerTally>,
        renderer: Arc<dyn ChallengeRenderer>,
        limits: Limits,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let comparisons = Comparisons::default();
        Self { challenges, answers, renderer, limits, comparisons, clock }
    }

    /// Spends the challenge `id`, whether or not `answer` is right.
    ///
    /// A wrong answer is charged to the client, and a client at its limit is refused before anything is
    /// compared. The answers of one client are compared one after the other, because parallel guesses
    /// must not outrun the count: the limit is exceeded at most by one for each further node. A right
    /// answer costs no charge.
    pub(crate) async fn spend(
        &self,
        id: ChallengeId,
        answer: &str,
        client: ClientAddress,
    ) -> Result<(), StepError<ChallengeRefusal>> {
        let now = self.clock.now();
        let mut comparison = self.comparisons.begin(client).await;
        comparison.alone().await;
        self.limits.check(&self.limits.wrong_answer(client)).await?;
        self.challenges.meter().fail(client, now)?;
        let outcome = self.answer(id, answer, client, now).await;
        if !matches!(outcome, Ok(false)) {
            self.challenges.meter().unfail(client);
        }
        let is_right = outcome?;
        self.answers.record(is_right, now);
        if is_right {
            return Ok(());
        }
        match self.limits.charge(&self.limits.wrong_answer(client)).await {
            // Another node has used up the limit in the meantime.
            Ok(_) | Err(Denied::TooMany(_)) => Err(StepError::Refused(ChallengeRefusal::Wrong)),
            Err(denied) => Err(denied.into()),
        }
    }

    /// Whether `answer` is right.
    async fn answer(
        &self,
        id: ChallengeId,
        answer: &str,
        client: ClientAddress,
        now: OffsetDateTime,
    ) -> Result<bool, StepError<ChallengeRefusal>> {
        let guess = self.renderer.normalise(answer);
        match id {
            ChallengeId::Issued(id) => match self.challenges.open(&id, now) {
                Some(ticket) => self.compare(ticket, &guess).await,
                None => Err(StepError::Refused(ChallengeRefusal::Missing)),
            },
            ChallengeId::Carried(carried) if carried.keeper == Keeper::Client => {
                match self.challenges.open_carried(&carried, now) {
                    Some(ticket) => self.compare(ticket, &guess).await,
                    // The cookie is forged or of a former picture under this id.
                    None => self.redeem(carried.id, &guess, client, now).await,
                }
            }
            ChallengeId::Carried(carried) => self.redeem(carried.id, &guess, client, now).await,
            ChallengeId::Chosen(id) => self.redeem(id, &guess, client, now).await,
        }
    }

    /// Compares `guess` with the answer of `ticket`, at most once: the store marks the challenge as
    /// answered before.
    async fn compare(
        &self,
        ticket: Ticket,
        guess: &str,
    ) -> Result<bool, StepError<ChallengeRefusal>> {
        let once = self.challenges.once();
        let answered = self.limits.once(policies::CHALLENGE_ANSWERS, ticket, once);
        self.limits.charge(&[answered]).await.map_err(|denied| match denied {
            Denied::TooMany(_) => StepError::Refused(ChallengeRefusal::Missing),
            denied => StepError::Denied(denied),
        })?;
        let right = self.renderer.answer(&self.challenges.key().seed(ticket));
        Ok(guess == right.expose() || self.is_test_answer(guess))
    }

    /// Compares `guess` with the stored answer of `id`, and deletes that.
    async fn redeem(
        &self,
        id: Uuid,
        guess: &str,
        client: ClientAddress,
        now: OffsetDateTime,
    ) -> Result<bool, StepError<ChallengeRefusal>> {
        let redeemed = self.challenges.codes.redeem(&stored(id), guess, now).await;
        let is_right = match redeemed.map_err(StepError::denied)? {
            Redemption::Accepted(_) => true,
            // The comparison stays atomic, because with a single try only one of several
            // concurrent guesses is compared.
            Redemption::Mismatch { .. } => self.is_test_answer(guess),
            Redemption::Missing => return Err(StepError::Refused(ChallengeRefusal::Missing)),
        };
        self.challenges.meter().unstore(client);
        Ok(is_right)
    }

    fn is_test_answer(&self, guess: &str) -> bool {
        let test_answer = self.challenges.test_answer.as_deref();
        test_answer.is_some_and(|answer| guess == self.renderer.normalise(answer))
    }
}

impl ChallengeRefusal {
    /// Name of the rule, as events carry it.
    pub(crate) fn rule(self) -> &'static str {
        match self {
            Self::Missing => "challenge-gone",
            Self::Wrong => "challenge-wrong",
        }
    }
}
