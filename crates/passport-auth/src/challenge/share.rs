use passport_throttle::{Charge, Decision, Quota, ThrottleStore};
use time::OffsetDateTime;

use super::ChallengeError;
use crate::{ClientAddress, Unavailable};

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
        client: ClientAddress,
        quota: Quota,
        now: OffsetDateTime,
    ) -> Result<(), ChallengeError> {
        let key = match self {
            Self::Made => format!("challenge:client:{client}"),
            Self::Fetched => format!("challenge:fetch:{client}"),
        };
        match throttle.hit(&[Charge::new(key, quota)], now).await.map_err(Unavailable::from)? {
            Decision::Allowed(_) => Ok(()),
            Decision::Refused(refusal) => {
                Err(ChallengeError::TooMany { retry_after: refusal.retry_after })
            }
        }
    }
}
