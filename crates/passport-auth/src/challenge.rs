//! A challenge is a seed: its picture, sound and answer follow from a ticket and the deployment's key.

mod carried;
mod error;
mod gate;
mod id;
mod key;
mod mac;
mod meter;
mod seed;
mod stock;
mod ticket;

use std::{fmt, sync::Arc, time::Duration};

use passport_codes::{Code, CodeKey, CodePolicy, CodePolicyError, CodeStoreError, Codes, Purpose};
use passport_throttle::Quota;
use time::OffsetDateTime;
use uuid::Uuid;

pub use carried::CarriedTicket;
pub use error::ChallengeError;
pub(crate) use gate::Solution;
pub use gate::{ChallengeRefusal, Gate};
pub use id::{ChallengeId, IssuedId, ParseChallengeIdError};
pub use key::ChallengeKey;
pub use meter::ChallengeMeter;
pub use seed::ChallengeSeed;
pub use stock::PictureStock;
pub use ticket::{ParseTicketError, Ticket};

use carried::Keeper;

use crate::{ChallengeObserver, ChallengeStep, ClientAddress};

const CHALLENGE: Purpose = Purpose::new("challenge");
/// How far the clock of another node may be ahead. Less than the shortest lifetime of a challenge.
const MOST_SKEW: Duration = Duration::from_secs(30);

/// Live challenges.
///
/// A challenge that this service issues is in no store: its id is a ticket, from which all of it
/// follows, and only its answer leaves a mark. A challenge whose id the client chose has to be found
/// by that id, so its answer is stored as a code with a single try. The number of stored answers is
/// bounded for each client, each network and all of them ([`ChallengeMeter`]); beyond the bounds the
/// client carries the ticket in place of the store. So no client can fill the store, nor push
/// challenges of others out of it.
#[derive(Clone)]
pub struct Challenges {
    codes: Codes,
    key: ChallengeKey,
    meter: ChallengeMeter,
    policy: CodePolicy,
    once: Quota,
    test_answer: Option<String>,
    observer: Option<Arc<dyn ChallengeObserver>>,
}

impl Challenges {
    /// Challenges under `key` that live for `ttl`, counted in `meter`. Answers that have to be stored
    /// are stored in `codes`.
    ///
    /// # Errors
    ///
    /// If `ttl` is out of bounds.
    pub fn new(
        codes: Codes,
        key: ChallengeKey,
        meter: ChallengeMeter,
        ttl: Duration,
    ) -> Result<Self, CodePolicyError> {
        let policy = CodePolicy::new(ttl, 1)?;
        let once = Quota::new(1, ttl).map_err(|_| CodePolicyError::Ttl)?;
        Ok(Self { codes, key, meter, policy, once, test_answer: None, observer: None })
    }

    /// Makes every challenge accept `answer` in addition to its own, for development. All other rules
    /// apply.
    #[must_use]
    pub fn with_test_answer(self, answer: Option<String>) -> Self {
        Self { test_answer: answer, ..self }
    }

    /// Reports what happens to challenges to `observer`.
    #[must_use]
    pub fn observed_by(self, observer: Arc<dyn ChallengeObserver>) -> Self {
        Self { observer: Some(observer), ..self }
    }

    /// Reports `step` to the observer, if there is one.
    pub(crate) fn report(&self, step: ChallengeStep) {
        if let Some(observer) = &self.observer {
            observer.observe(step);
        }
    }

    /// Lifetime of a challenge.
    pub fn ttl(&self) -> Duration {
        self.policy.ttl()
    }

    /// Seed of a live challenge that was issued.
    pub(crate) fn open(&self, id: &IssuedId, now: OffsetDateTime) -> Option<ChallengeSeed> {
        self.key.open(id, now).filter(|_| self.is_recent(id.expires_at, now))
    }

    /// Seed of a live challenge that the client carries.
    pub(crate) fn open_carried(
        &self,
        carried: &CarriedTicket,
        now: OffsetDateTime,
    ) -> Option<ChallengeSeed> {
        let seed = self.key.open_carried(carried, now);
        seed.filter(|_| self.is_recent(carried.expires_at, now))
    }

    /// Whether a challenge with this expiry can have been made by now. Otherwise a clock was set back:
    /// the challenge would live too long, and the mark of its answer would lie too far in the future to
    /// count.
    fn is_recent(&self, expires_at: [u8; 4], now: OffsetDateTime) -> bool {
        let latest = now + self.ttl() + MOST_SKEW;
        i64::from(u32::from_be_bytes(expires_at)) <= latest.unix_timestamp()
    }

    /// Key of tickets.
    pub(crate) fn key(&self) -> &ChallengeKey {
        &self.key
    }

    /// Counts of challenges.
    pub(crate) fn meter(&self) -> &ChallengeMeter {
        &self.meter
    }

    /// Quota of what a challenge is good for once.
    pub(crate) fn once(&self) -> Quota {
        self.once
    }

    /// Binds `ticket` to the id that the client chose. Its answer is stored, or else the result is
    /// enough to answer the challenge.
    pub(crate) async fn bind(
        &self,
        id: Uuid,
        (ticket, answer): (Ticket, &Code),
        client: ClientAddress,
        now: OffsetDateTime,
    ) -> Result<CarriedTicket, CodeStoreError> {
        let keeper = if self.meter.store(client, now) {
            self.codes.issue(&stored(id), answer, None, self.policy, now).await?;
            Keeper::Store
        } else {
            // A stored answer of a former picture under the same id.
            self.codes.discard(&stored(id)).await?;
            Keeper::Client
        };
        Ok(self.key.carry(id, ticket, now + self.ttl(), keeper))
    }

    /// Invalidates the stored challenge `id`.
    pub(crate) async fn forget(&self, id: Uuid) -> Result<(), CodeStoreError> {
        self.codes.discard(&stored(id)).await
    }
}

impl fmt::Debug for Challenges {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Challenges").field("policy", &self.policy).finish_non_exhaustive()
    }
}

fn stored(id: Uuid) -> CodeKey {
    CodeKey::new(CHALLENGE, id.simple().to_string())
}
