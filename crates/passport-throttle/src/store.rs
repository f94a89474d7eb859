use std::{error::Error, fmt, time::Duration};

use async_trait::async_trait;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::Charge;

/// Counts hits and refuses the one too many.
///
/// Exact: within any window of a quota's length no more hits are allowed than its limit, also under
/// concurrent calls. All charges of a call are one act: either every one is counted, or none.
///
/// Time enters as `now`; nodes that share a store keep their clocks together (NTP is enough).
/// Whoever implements this runs [`throttle_store_contract!`](crate::throttle_store_contract).
#[async_trait]
pub trait ThrottleStore: fmt::Debug + Send + Sync + 'static {
    /// Counts a hit on each charge, if every quota still has room.
    async fn hit(
        &self,
        charges: &[Charge],
        now: OffsetDateTime,
    ) -> Result<Decision, ThrottleStoreError>;

    /// Says whether a hit would be refused now, and counts nothing.
    ///
    /// A hint, for turning away early: what counts is what [`hit`](Self::hit) decides.
    async fn check(
        &self,
        charges: &[Charge],
        now: OffsetDateTime,
    ) -> Result<Option<Refusal>, ThrottleStoreError>;

    /// Takes a hit back, as if it had never been. Doing so twice does nothing more.
    async fn refund(&self, receipt: &Receipt) -> Result<(), ThrottleStoreError>;
}

/// Whether an act may go on.
#[derive(Debug, Clone)]
pub enum Decision {
    /// Every charge was counted.
    Allowed(Receipt),
    /// Nothing was counted.
    Refused(Refusal),
}

/// Proof of a counted hit, to take it back with.
#[derive(Clone)]
pub struct Receipt {
    /// Names the hit in the store.
    pub hit: Uuid,
    /// The keys it was counted under.
    pub keys: Vec<String>,
}

/// Shows no key: one may hold a phone number or an address.
impl fmt::Debug for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Receipt").field("hit", &self.hit).finish_non_exhaustive()
    }
}

/// Which quota is used up, and when to come back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refusal {
    /// The place among the charges of the one that has to wait longest.
    pub charge: usize,
    /// After this long, and not before, the same charges are allowed, if nobody else comes first.
    pub retry_after: Duration,
}

/// The store could not answer. Where money or access is at stake, treat it as a refusal.
#[derive(Debug, thiserror::Error)]
#[error("throttle store is unavailable")]
pub struct ThrottleStoreError(#[source] Box<dyn Error + Send + Sync>);

impl ThrottleStoreError {
    /// Wraps the failure of a driver.
    pub fn new(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self(cause.into())
    }
}
