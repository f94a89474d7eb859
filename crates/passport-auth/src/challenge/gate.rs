use std::sync::Arc;

use passport_codes::Redemption;
use passport_throttle::{Charge, Refusal, Toll};
use thiserror::Error;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{CarriedTicket, ChallengeId, ChallengeSeed, Challenges, Keeper, stored};
use crate::{
    ChallengeRenderer, ChallengeStep, ChargedCodes, ClientAddress, Clock, Denied, Limits,
    error::{StepError, passed},
    policies,
};

/// Lets a request pass that solves a challenge, and spends the challenge.
///
/// Further checks of humanity, such as proof of work, belong here.
#[derive(Debug, Clone)]
pub struct Gate {
    challenges: Challenges,
    answers: Arc<dyn ChargedCodes>,
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

/// A right answer of a challenge that is not yet marked as answered.
#[derive(Debug)]
pub(crate) struct Solution {
    /// Marks the challenge, once.
    pub(crate) mark: Vec<Charge>,
    /// Wrong answers of the client, which have to have room.
    pub(crate) within: Vec<Charge>,
}

impl Gate {
    /// Spends `challenges` whose answers `renderer` knows, and counts wrong answers in `limits`. Those of
    /// stored challenges are counted in `answers`, which is over the stores of both.
    pub fn new(
        challenges: Challenges,
        answers: Arc<dyn ChargedCodes>,
        renderer: Arc<dyn ChallengeRenderer>,
        limits: Limits,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self { challenges, answers, renderer, limits, clock }
    }

    /// What marks the challenge `id` as answered, if it is in no store and `answer` is right; for an act
    /// that does so together with something else. If the act marks it, it has to be
    /// [settled](Self::settle), and if counts of the challenge refuse the act, [refused](Self::refuse).
    ///
    /// `None` if `answer` is not known to be right without asking a store: then [`spend`](Self::spend)
    /// tells.
    pub(crate) fn solve(
        &self,
        id: &ChallengeId,
        answer: &str,
        client: ClientAddress,
    ) -> Option<Solution> {
        let now = self.clock.now();
        let seed = self.seed(id, now)?;
        if !self.is_answer(&seed, &self.renderer.normalise(answer)) {
            return None;
        }
        // A right answer too needs room for a wrong one.
        self.challenges.meter().fail(client, now).ok()?;
        self.challenges.meter().unfail(client);
        Some(self.solution(&seed, client))
    }

    /// Whether challenges are counted where `limits` are, so that one act can do both.
    pub(crate) fn counts_with(&self, limits: &Limits) -> bool {
        self.limits.share_store(limits)
    }

    /// Reports that a challenge was marked as answered.
    pub(crate) fn settle(&self) {
        self.challenges.report(ChallengeStep::Solved);
    }

    /// Why a challenge was not marked, if `refusal` is of its counts.
    pub(crate) fn refuse(&self, refusal: Refusal) -> StepError<ChallengeRefusal> {
        let refused = refused(Denied::TooMany(refusal));
        self.challenges.report(match &refused {
            StepError::Refused(_) => ChallengeStep::Missing,
            StepError::Denied(_) => ChallengeStep::Denied,
        });
        refused
    }

    fn solution(&self, seed: &ChallengeSeed, client: ClientAddress) -> Solution {
        let once = self.challenges.once();
        Solution {
            mark: self.limits.once(policies::CHALLENGE_ANSWERS, seed.ticket(), once),
            within: self.limits.wrong_answer(client),
        }
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
        let Solution { mark, within: wrong } = self.solution(seed, client);
        let hit = if is_right {
            self.limits.charge_within(&mark, &wrong).await
        } else {
            self.limits.charge(&[wrong, mark].concat()).await
        };
        hit.map_err(refused)?;
        Ok(is_right)
    }

    /// Compares `guess` with the stored answer of `id`, and deletes that. With a single try only one of
    /// several concurrent guesses is compared.
    async fn redeem(
        &self,
        id: Uuid,
        guess: &str,
        client: ClientAddress,
        now: OffsetDateTime,
    ) -> Result<bool, StepError<ChallengeRefusal>> {
        let wrong = self.limits.wrong_answer(client);
        let is_test_answer = self.is_test_answer(guess);
        let toll = if is_test_answer {
            Toll { checked: wrong, ..Toll::default() }
        } else {
            Toll { charges: wrong, ..Toll::default() }
        };
        let guess = self.challenges.codes.guess(&stored(id), guess, None, now).await;
        let guess = guess.map_err(StepError::denied)?;
        let redeemed = self.answers.redeem(&toll, &guess, now).await;
        let is_right = match passed(redeemed.map_err(StepError::denied)?)? {
            Redemption::Accepted(_) => true,
            Redemption::Mismatch { .. } => is_test_answer,
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

/// An answer whose challenge has a mark already is missing.
fn refused(denied: Denied) -> StepError<ChallengeRefusal> {
    match denied {
        Denied::TooMany(refusal) if refusal.policy == policies::CHALLENGE_ANSWERS => {
            StepError::Refused(ChallengeRefusal::Missing)
        }
        denied => denied.into(),
    }
}

impl Solution {
    /// Whether `refusal` is of the counts of the challenge.
    pub(crate) fn is_refused_by(&self, refusal: &Refusal) -> bool {
        let mut counts = self.mark.iter().chain(&self.within);
        counts.any(|charge| charge.policy == refusal.policy)
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
