use std::sync::Arc;

use thiserror::Error;

use super::{AnswerTally, ChallengeId, Challenges, Solution};
use crate::{ChallengeRenderer, Clock, error::StepError};

/// Lets a request pass that solves a challenge, and spends the challenge.
///
/// Further checks of humanity, such as proof of work, belong here.
#[derive(Debug, Clone)]
pub struct Gate {
    challenges: Challenges,
    answers: Arc<AnswerTally>,
    renderer: Arc<dyn ChallengeRenderer>,
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
    /// Spends `challenges` whose answers `renderer` normalises, and counts right and wrong answers
    /// in `answers`.
    pub fn new(
        challenges: Challenges,
        answers: Arc<AnswerTally>,
        renderer: Arc<dyn ChallengeRenderer>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self { challenges, answers, renderer, clock }
    }

    /// Spends the challenge `id`, whether or not `answer` is right.
    pub(crate) async fn spend(
        &self,
        id: ChallengeId,
        answer: &str,
    ) -> Result<(), StepError<ChallengeRefusal>> {
        let now = self.clock.now();
        let redeemed = self.challenges.redeem(id, answer, &*self.renderer, now).await;
        match redeemed.map_err(StepError::denied)? {
            Solution::Right => {
                self.answers.record(true, now);
                Ok(())
            }
            Solution::Wrong => {
                self.answers.record(false, now);
                Err(StepError::Refused(ChallengeRefusal::Wrong))
            }
            Solution::Missing => Err(StepError::Refused(ChallengeRefusal::Missing)),
        }
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
