use std::sync::Arc;

use passport_codes::Redemption;
use thiserror::Error;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{CarriedTicket, ChallengeId, ChallengeSeed, Challenges, Keeper, stored};
use crate::{
    ChallengeRenderer, ChallengeStep, ClientAddress, Clock, Denied, Limits, error::StepError,
    policies,
};

/// Lets a request pass that solves a challenge, and spends the challenge.
///
/// Further checks of humanity, such as proof of work, belong here.
#[derive(Debug, Clone)]
pub struct Gate {
    challenges: Challenges,
    renderer: Arc<dyn ChallengeRenderer>,
    limits: Limits,
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
    /// Spends `challenges` whose answers `renderer` knows, and counts wrong answers in `limits`.
    pub fn new(
        challenges: Challenges,
        renderer: Arc<dyn ChallengeRenderer>,
        limits: Limits,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self { challenges, renderer, limits, clock }
    }

    /// Spends the challenge `id`, whether or not `answer` is right.
    ///
    /// A wrong answer is charged to the client. Parallel guesses must not outrun the count: a wrong
    /// answer of a challenge that is in no store is known here, and is counted in the operation that
    /// marks the challenge; that of a stored one is counted before it is compared, and refunded unless it
    /// was wrong.
    pub(crate) async fn spend(
        &self,
        id: ChallengeId,
        answer: &str,
        client: ClientAddress,
    ) -> Result<(), StepError<ChallengeRefusal>> {
        let outcome = self.try_spend(id, answer, client).await;
        self.challenges.report(match &outcome {
            Ok(()) => ChallengeStep::Solved,
            Err(StepError::Refused(ChallengeRefusal::Wrong)) => ChallengeStep::Wrong,
            Err(StepError::Refused(ChallengeRefusal::Missing)) => ChallengeStep::Missing,
            Err(StepError::Denied(_)) => ChallengeStep::Denied,
        });
        outcome
    }

    async fn try_spend(
        &self,
        id: ChallengeId,
        answer: &str,
        client: ClientAddress,
    ) -> Result<(), StepError<ChallengeRefusal>> {
        let now = self.clock.now();
        self.challenges.meter().fail(client, now)?;
        let outcome = self.answer(id, answer, client, now).await;
        if !matches!(outcome, Ok(false)) {
            self.challenges.meter().unfail(client);
        }
        if outcome? { Ok(()) } else { Err(StepError::Refused(ChallengeRefusal::Wrong)) }
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
        match (self.seed(&id, now), id) {
            (Some(seed), _) => self.mark(&seed, self.is_answer(&seed, &guess), client).await,
            (None, ChallengeId::Issued(_)) => Err(StepError::Refused(ChallengeRefusal::Missing)),
            // The cookie of one that the client keeps is forged, or of a former picture under this id.
            (None, ChallengeId::Carried(CarriedTicket { id, .. }) | ChallengeId::Chosen(id)) => {
                self.redeem(id, &guess, client, now).await
            }
        }
    }

    /// Seed of a live challenge whose answer is in no store.
    fn seed(&self, id: &ChallengeId, now: OffsetDateTime) -> Option<ChallengeSeed> {
        match id {
            ChallengeId::Issued(id) => self.challenges.open(id, now),
            ChallengeId::Carried(carried) if carried.keeper == Keeper::Client => {
                self.challenges.open_carried(carried, now)
            }
            ChallengeId::Carried(_) | ChallengeId::Chosen(_) => None,
        }
    }

    /// Whether `guess`, in normal form, is the answer of the challenge `seed`.
    fn is_answer(&self, seed: &ChallengeSeed, guess: &str) -> bool {
        guess == self.renderer.answer(seed).expose() || self.is_test_answer(guess)
    }

    /// Marks the challenge `seed` as answered, once; returns `is_right`. In the same operation a wrong
    /// answer is counted, and a right one needs room for a wrong one.
    async fn mark(
        &self,
        seed: &ChallengeSeed,
        is_right: bool,
        client: ClientAddress,
    ) -> Result<bool, StepError<ChallengeRefusal>> {
        let once = self.challenges.once();
        let mark = self.limits.once(policies::CHALLENGE_ANSWERS, seed.ticket(), once);
        let wrong = self.limits.wrong_answer(client);
        let hit = if is_right {
            self.limits.charge_within(&mark, &wrong).await
        } else {
            self.limits.charge(&[wrong, mark].concat()).await
        };
        match hit {
            Ok(_) => Ok(is_right),
            Err(Denied::TooMany(refusal)) if refusal.policy == policies::CHALLENGE_ANSWERS => {
                Err(StepError::Refused(ChallengeRefusal::Missing))
            }
            Err(denied) => Err(denied.into()),
        }
    }

    /// Compares `guess` with the stored answer of `id`, and deletes that.
    async fn redeem(
        &self,
        id: Uuid,
        guess: &str,
        client: ClientAddress,
        now: OffsetDateTime,
    ) -> Result<bool, StepError<ChallengeRefusal>> {
        let hit = self.limits.charge(&self.limits.wrong_answer(client)).await?;
        let redeemed = self.challenges.codes.redeem(&stored(id), guess, None, now).await;
        let is_right = match &redeemed {
            Ok(Redemption::Accepted(_)) => true,
            // The comparison stays atomic, because with a single try only one of several
            // concurrent guesses is compared.
            Ok(Redemption::Mismatch { .. }) => self.is_test_answer(guess),
            Ok(Redemption::Missing) | Err(_) => false,
        };
        if is_right || !matches!(redeemed, Ok(Redemption::Mismatch { .. })) {
            self.limits.refund(&hit).await;
        }
        match redeemed.map_err(StepError::denied)? {
            Redemption::Accepted(_) | Redemption::Mismatch { .. } => {
                self.challenges.meter().unstore(client);
                Ok(is_right)
            }
            Redemption::Missing => Err(StepError::Refused(ChallengeRefusal::Missing)),
        }
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
