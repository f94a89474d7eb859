//! Codes, together with what is charged for them.

use std::{error::Error, fmt, sync::Arc};

use async_trait::async_trait;
use passport_codes::{CodeKey, CodeStore, Guess, Redemption, StoredCode};
use passport_throttle::{
    Attempt, Block, Decision, FailureStore, Hit, Passage, Permission, Series, SeriesKey,
    ThrottleStore, Toll,
};
use time::OffsetDateTime;
use tracing::error;

use crate::{
    Unavailable,
    comparisons::{Comparison, Comparisons},
};

/// Stores and redeems codes, and charges that: one act where codes and counts are in one store.
///
/// Implementations must pass [`charged_codes_contract!`](crate::charged_codes_contract).
#[async_trait]
pub trait ChargedCodes: fmt::Debug + Send + Sync + 'static {
    /// Stores a code as [`CodeStore::put`] does, and counts a hit, if all of `toll` lets it pass; else does
    /// neither. Counts no failure.
    ///
    /// # Errors
    ///
    /// If a store could not answer. The code must not be sent, although it may have been stored and
    /// charged.
    async fn put(
        &self,
        toll: &Toll,
        code: (&CodeKey, StoredCode),
        now: OffsetDateTime,
    ) -> Result<Passage<Hit>, Unavailable>;

    /// Compares a guess as [`CodeStore::redeem`] does, if all of `toll` has room for a wrong one.
    ///
    /// A wrong guess counts as a hit and as a failure in every series, a right one ends the series. A guess
    /// at a code that is missing changes nothing. Parallel guesses must not outrun the counts.
    ///
    /// # Errors
    ///
    /// If a store could not answer. The code may have been spent.
    async fn redeem(
        &self,
        toll: &Toll,
        guess: &Guess,
        now: OffsetDateTime,
    ) -> Result<Passage<Redemption>, Unavailable>;
}

/// [`ChargedCodes`] whose counts, failures and codes are in different stores: one call after the other, so
/// arranged that every doubt is a refusal.
///
/// A guess is counted before it is compared; unless it was wrong, that is undone. A charge or a failure that
/// cannot be undone is logged, and remains.
#[derive(Debug, Clone)]
pub struct SeparateCharges {
    codes: Arc<dyn CodeStore>,
    throttle: Arc<dyn ThrottleStore>,
    failures: Arc<dyn FailureStore>,
    comparisons: Comparisons<SeriesKey>,
}

impl SeparateCharges {
    /// Charges the use of `codes` in `throttle` and `failures`.
    pub fn new(
        codes: Arc<dyn CodeStore>,
        throttle: Arc<dyn ThrottleStore>,
        failures: Arc<dyn FailureStore>,
    ) -> Self {
        Self { codes, throttle, failures, comparisons: Comparisons::default() }
    }

    /// Begins an attempt in `series`.
    ///
    /// A number may be at its limit only because of guesses that are running, such as those of strangers
    /// without the id of the request, which are not wrong in the end. So a refusal waits for them, as far
    /// as they run on this node.
    async fn begin(
        &self,
        series: &[Series],
        comparison: &mut Option<Comparison<SeriesKey>>,
        now: OffsetDateTime,
    ) -> Result<Permission, Unavailable> {
        let Some(comparison) = comparison else {
            return Ok(Permission::Go(Attempt { counted: Vec::new() }));
        };
        match self.failures.begin(series, now).await? {
            Permission::Blocked(_) => {
                comparison.alone().await;
                let decided = self.failures.begin(series, now).await;
                comparison.share();
                Ok(decided?)
            }
            go @ Permission::Go(_) => Ok(go),
        }
    }

    async fn blocked(
        &self,
        series: &[Series],
        now: OffsetDateTime,
    ) -> Result<Option<Block>, Unavailable> {
        if series.is_empty() {
            return Ok(None);
        }
        Ok(self.failures.check(series, now).await?)
    }

    async fn refund(&self, hit: &Hit) {
        if hit.charges.is_empty() {
            return;
        }
        if let Err(error) = self.throttle.refund(hit).await {
            error!(error = &error as &dyn Error, "charge was not refunded");
        }
    }

    async fn succeed(&self, attempt: &Attempt) {
        if attempt.counted.is_empty() {
            return;
        }
        if let Err(error) = self.failures.succeed(attempt).await {
            error!(error = &error as &dyn Error, "failures were not cleared");
        }
    }

    async fn forgive(&self, attempt: &Attempt) {
        if attempt.counted.is_empty() {
            return;
        }
        if let Err(error) = self.failures.forgive(attempt).await {
            error!(error = &error as &dyn Error, "failure was not subtracted");
        }
    }
}

#[async_trait]
impl ChargedCodes for SeparateCharges {
    async fn put(
        &self,
        toll: &Toll,
        (key, code): (&CodeKey, StoredCode),
        now: OffsetDateTime,
    ) -> Result<Passage<Hit>, Unavailable> {
        let hit = match self.throttle.hit(&toll.charges, &toll.checked, now).await? {
            Decision::Allowed(hit) => hit,
            Decision::Refused(refusal) => return Ok(Passage::Refused(refusal)),
        };
        let stored = match self.blocked(&toll.series, now).await {
            Ok(Some(block)) => Ok(Passage::Blocked(block)),
            Ok(None) => match self.codes.put(key, code, now).await {
                Ok(()) => return Ok(Passage::Passed(hit)),
                Err(outage) => Err(outage.into()),
            },
            Err(outage) => Err(outage),
        };
        self.refund(&hit).await;
        stored
    }

    async fn redeem(
        &self,
        toll: &Toll,
        guess: &Guess,
        now: OffsetDateTime,
    ) -> Result<Passage<Redemption>, Unavailable> {
        let hit = match self.throttle.hit(&toll.charges, &toll.checked, now).await? {
            Decision::Allowed(hit) => hit,
            Decision::Refused(refusal) => return Ok(Passage::Refused(refusal)),
        };
        let mut comparison = match toll.series.first() {
            Some(series) => Some(self.comparisons.begin(series.key).await),
            None => None,
        };
        let attempt = match self.begin(&toll.series, &mut comparison, now).await {
            Ok(Permission::Go(attempt)) => attempt,
            Ok(Permission::Blocked(block)) => {
                self.refund(&hit).await;
                return Ok(Passage::Blocked(block));
            }
            Err(outage) => {
                self.refund(&hit).await;
                return Err(outage);
            }
        };
        let redeemed = self.codes.redeem(&guess.key, guess.digest, guess.binding, now).await;
        match &redeemed {
            Ok(Redemption::Mismatch { .. }) => {}
            Ok(Redemption::Accepted(_)) => {
                self.refund(&hit).await;
                self.succeed(&attempt).await;
            }
            Ok(Redemption::Missing) | Err(_) => {
                self.refund(&hit).await;
                self.forgive(&attempt).await;
            }
        }
        Ok(Passage::Passed(redeemed?))
    }
}
