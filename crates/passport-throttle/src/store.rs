use std::{error::Error, fmt};

use async_trait::async_trait;
use time::OffsetDateTime;

use crate::{Charge, Decision, Hit, Refusal, Usage};

/// Counts hits and refuses those beyond a quota.
///
/// Exact: no window of a quota's length holds more hits than its limit, also under concurrent
/// calls. All charges of a call are one operation: either every charge is counted, or none. Counts that
/// a call only checks belong to it: of two calls that each count what the other checks, and for which there
/// is room for one, one passes at most.
///
/// # Several subjects
///
/// A store that spreads subjects over servers may count them one after the other, in the order of the
/// charges, then those that are only checked, and undo the earlier ones if a later one is refused or
/// fails. No quota is ever exceeded.
/// For that moment, and if the undoing fails for a window at most, an operation may be refused that
/// would have had room. So charges of the subject that causes the call, such as the client, come first:
/// then a client at its own limit cannot use up counts of others.
///
/// # Quotas that change
///
/// A count is named by policy and subject alone. Each call decides by the quota it brings, over all
/// hits that the store remembers. **A hit is remembered for at least the window under which it was
/// counted**, whatever quotas later calls bring, and [`check`](Self::check) forgets nothing. So:
///
/// - A changed limit is exact at once.
/// - A narrower window is exact at once, and going back to the wider window loses nothing.
/// - A wider window takes in every hit that is still remembered. Hits older than the narrower window
///   may be gone, so a window widened from *a* to *b* is exact *b* − *a* after the change.
///
/// # Time
///
/// Time enters as `now`; nodes that share a store keep their clocks in step (NTP is enough). If a
/// clock was ahead and is set back, hits lie in the future. A wait is never longer than the window,
/// and a hit that lies a window or more in the future does not count.
///
/// Implementations run [`throttle_store_contract!`](crate::throttle_store_contract).
#[async_trait]
pub trait ThrottleStore: fmt::Debug + Send + Sync + 'static {
    /// Counts a hit on each of `charges`, if each of them and each of `checked` has room. The latter
    /// are not counted: an operation may depend on a count that only others use.
    async fn hit(
        &self,
        charges: &[Charge],
        checked: &[Charge],
        now: OffsetDateTime,
    ) -> Result<Decision, ThrottleStoreError>;

    /// Returns the refusal that a hit would meet now, and counts nothing: a [`hit`](Self::hit) in which
    /// all charges are only checked. It need not wait for hits that are under way.
    ///
    /// The answer is a hint for refusing early, because other hits may come first; only a hit that counts
    /// decides. A refusal may take longer than permission.
    async fn check(
        &self,
        charges: &[Charge],
        now: OffsetDateTime,
    ) -> Result<Option<Refusal>, ThrottleStoreError> {
        Ok(match self.hit(&[], charges, now).await? {
            Decision::Allowed(_) => None,
            Decision::Refused(refusal) => Some(refusal),
        })
    }

    /// Removes a hit from the counts of its charges, as if it had not been counted. Idempotent.
    ///
    /// A hit that lists some of its charges only is removed from those counts, and remains in the
    /// others.
    async fn refund(&self, hit: &Hit) -> Result<(), ThrottleStoreError>;

    /// How much of the quota of each charge is used at `now`, in the order of `charges`. Counts nothing.
    ///
    /// For people who look into a limit; whether an operation has room is decided by
    /// [`hit`](Self::hit).
    async fn usage(
        &self,
        charges: &[Charge],
        now: OffsetDateTime,
    ) -> Result<Vec<Usage>, ThrottleStoreError>;

    /// Removes all hits from the counts of `charges`. Idempotent.
    async fn clear(&self, charges: &[Charge]) -> Result<(), ThrottleStoreError>;
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
