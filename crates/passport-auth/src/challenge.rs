//! A challenge is a seed: its picture, sound and answer follow from a ticket and the deployment's key.

mod error;
mod gate;
mod id;
mod key;
mod mac;
mod seed;
mod stock;
mod tally;
mod ticket;

use std::{fmt, time::Duration};

use passport_codes::{
    Code, CodeKey, CodePolicy, CodePolicyError, CodeStoreError, Codes, Purpose, Redemption,
};
use time::OffsetDateTime;

pub use error::ChallengeError;
pub use gate::{ChallengeRefusal, Gate};
pub use id::{ChallengeId, IssuedId, ParseChallengeIdError};
pub use key::ChallengeKey;
pub use seed::ChallengeSeed;
pub use stock::PictureStock;
pub use tally::{AnswerTally, Difficulty};
pub use ticket::{ParseTicketError, Ticket};

use crate::ChallengeRenderer;

const CHALLENGE: Purpose = Purpose::new("challenge");

/// Answers of live challenges: codes with a single try.
#[derive(Clone)]
pub struct Challenges {
    codes: Codes,
    policy: CodePolicy,
    test_answer: Option<String>,
}

impl Challenges {
    /// Stores answers in `codes`, each until it is spent or `ttl` has passed.
    ///
    /// # Errors
    ///
    /// If `ttl` is out of bounds.
    pub fn new(codes: Codes, ttl: Duration) -> Result<Self, CodePolicyError> {
        Ok(Self { codes, policy: CodePolicy::new(ttl, 1)?, test_answer: None })
    }

    /// Makes every challenge accept `answer` in addition to its own, for development. All other rules
    /// apply.
    #[must_use]
    pub fn with_test_answer(self, answer: Option<String>) -> Self {
        Self { test_answer: answer, ..self }
    }

    /// Lifetime of an answer.
    pub fn ttl(&self) -> Duration {
        self.policy.ttl()
    }

    /// Stores the answer of challenge `id`.
    pub(crate) async fn remember(
        &self,
        id: ChallengeId,
        answer: &Code,
        now: OffsetDateTime,
    ) -> Result<(), CodeStoreError> {
        self.codes.issue(&key(id), answer, self.policy, now).await.map(drop)
    }

    /// Invalidates challenge `id`.
    pub(crate) async fn forget(&self, id: ChallengeId) -> Result<(), CodeStoreError> {
        self.codes.discard(&key(id)).await
    }

    /// Spends challenge `id`, whether or not `guess` is right.
    async fn redeem(
        &self,
        id: ChallengeId,
        guess: &str,
        renderer: &dyn ChallengeRenderer,
        now: OffsetDateTime,
    ) -> Result<Solution, CodeStoreError> {
        let guess = renderer.normalise(guess);
        let test_answer = self.test_answer.as_deref().map(|answer| renderer.normalise(answer));
        Ok(match self.codes.redeem(&key(id), &guess, now).await? {
            Redemption::Accepted(_) => Solution::Right,
            // The comparison stays atomic, because with a single try only one of several concurrent
            // guesses is compared.
            Redemption::Mismatch { .. } if test_answer == Some(guess) => Solution::Right,
            Redemption::Mismatch { .. } => Solution::Wrong,
            Redemption::Missing => Solution::Missing,
        })
    }
}

/// Outcome of a guess.
enum Solution {
    Right,
    Wrong,
    /// The challenge is unknown, expired or spent.
    Missing,
}

impl fmt::Debug for Challenges {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Challenges").field("policy", &self.policy).finish_non_exhaustive()
    }
}

fn key(id: ChallengeId) -> CodeKey {
    CodeKey::new(CHALLENGE, id.subject())
}
