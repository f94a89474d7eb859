use passport_throttle::{Charge, Decision, Quota, Subject, ThrottleStore};
use time::OffsetDateTime;

use super::ChallengeError;
use crate::{Unavailable, limits};

/// What a client has a share of. Each is counted by itself.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Share {
    /// Challenges, whether their picture comes at once or is fetched.
    Made,
    /// Pictures and sounds of challenges that were made.
    Fetched,
}

impl Share {
    /// Counts one more for `client`, if `quota` has room.
    pub(crate) async fn charge(
        self,
        throttle: &dyn ThrottleStore,
        client: Subject,
        quota: Quota,
        now: OffsetDateTime,
    ) -> Result<(), ChallengeError> {
        let policy = match self {
            Self::Made => limits::CHALLENGES_MADE,
            Self::Fetched => limits::CHALLENGES_FETCHED,
        };
        match throttle
            .hit(&[Charge::new(policy, client, quota)], now)
            .await
            .map_err(Unavailable::from)?
        {
            Decision::Allowed(_) => Ok(()),
            Decision::Refused(refusal) => {
                Err(ChallengeError::TooMany { retry_after: refusal.retry_after })
            }
        }
    }
}
