use std::sync::Arc;

use passport_codes::Redemption;
use passport_throttle::Hit;
use thiserror::Error;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{ChallengeId, ChallengeSeed, Challenges, Keeper, stored};
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
    /// A wrong answer is charged to the client. It is charged before it is compared, because
    /// parallel guesses must not outrun the count; unless it was wrong, the charge is refunded.
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
        match id {
            ChallengeId::Issued(id) => match self.challenges.open(&id, now) {
                Some(seed) => self.compare(&seed, &guess, client).await,
                None => Err(StepError::Refused(ChallengeRefusal::Missing)),
            },
            ChallengeId::Carried(carried) if carried.keeper == Keeper::Client => {
                match self.challenges.open_carried(&carried, now) {
                    Some(seed) => self.compare(&seed, &guess, client).await,
                    // The cookie is forged or of a former picture under this id.
                    None => self.redeem(carried.id, &guess, client, now).await,
                }
            }
            ChallengeId::Carried(carried) => self.redeem(carried.id, &guess, client, now).await,
            ChallengeId::Chosen(id) => self.redeem(id, &guess, client, now).await,
        }
    }

    /// Compares `guess` with the answer of the challenge `seed`, at most once. In one operation the store marks
    /// the challenge as answered and charges a wrong answer.
    async fn compare(
        &self,
        seed: &ChallengeSeed,
        guess: &str,
        client: ClientAddress,
    ) -> Result<bool, StepError<ChallengeRefusal>> {
        let once = self.challenges.once();
        let answered = self.limits.once(policies::CHALLENGE_ANSWERS, seed.ticket(), once);
        let wrong = self.limits.wrong_answer(client);
        let charges: Vec<_> = wrong.iter().copied().chain(answered).collect();
        let hit = self.limits.charge(&charges).await.map_err(|denied| match denied {
            Denied::TooMany(refusal) if refusal.policy == policies::CHALLENGE_ANSWERS => {
                StepError::Refused(ChallengeRefusal::Missing)
            }
            denied => StepError::Denied(denied),
        })?;
        let right = self.renderer.answer(seed);
        let is_right = guess == right.expose() || self.is_test_answer(guess);
        if is_right {
            // The mark stays.
            self.limits.refund(&Hit { id: hit.id, charges: wrong }).await;
        }
        Ok(is_right)
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
