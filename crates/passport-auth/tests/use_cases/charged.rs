//! The contract of charged codes on stores that are apart, and a double that breaks its race clauses.

use std::sync::Arc;

use async_trait::async_trait;
use passport_auth::{
    ChargedCodes, SeparateCharges, Unavailable,
    testing::{self, ChargedStores},
};
use passport_codes::{CodeKey, CodeStore, Guess, Redemption, StoredCode};
use passport_storage_memory::{MemoryCodeStore, MemoryFailureStore, MemoryThrottleStore};
use passport_throttle::{Block, Decision, FailureStore, Hit, Passage, ThrottleStore, Toll};
use time::OffsetDateTime;
use tokio::task::yield_now;

#[expect(clippy::unused_async, reason = "those of databases are opened")]
async fn fresh_stores() -> ChargedStores {
    let codes: Arc<dyn CodeStore> = Arc::new(MemoryCodeStore::default());
    let throttle: Arc<dyn ThrottleStore> = Arc::new(MemoryThrottleStore::default());
    let failures: Arc<dyn FailureStore> = Arc::new(MemoryFailureStore::default());
    let charged =
        SeparateCharges::new(Arc::clone(&codes), Arc::clone(&throttle), Arc::clone(&failures));
    ChargedStores { charged: Arc::new(charged), codes, throttle, failures }
}

passport_auth::charged_codes_contract!(fresh_stores());

/// Checks first, and counts afterwards what was done.
#[derive(Debug)]
struct Racy(ChargedStores);

impl Racy {
    async fn refusal<T>(
        &self,
        toll: &Toll,
        now: OffsetDateTime,
    ) -> Result<Option<Passage<T>>, Unavailable> {
        let counts: Vec<_> = toll.counts().copied().collect();
        if let Some(refusal) = self.0.throttle.check(&counts, now).await? {
            return Ok(Some(Passage::Refused(refusal)));
        }
        let block: Option<Block> = self.0.failures.check(&toll.series, now).await?;
        yield_now().await;
        Ok(block.map(Passage::Blocked))
    }

    async fn count(&self, toll: &Toll, now: OffsetDateTime) -> Result<Hit, Unavailable> {
        match self.0.throttle.hit(&toll.charges, &[], now).await? {
            Decision::Allowed(hit) => Ok(hit),
            Decision::Refused(_) => Ok(Hit { id: uuid::Uuid::nil(), charges: Vec::new() }),
        }
    }
}

#[async_trait]
impl ChargedCodes for Racy {
    async fn put(
        &self,
        toll: &Toll,
        (key, code): (&CodeKey, StoredCode),
        now: OffsetDateTime,
    ) -> Result<Passage<Hit>, Unavailable> {
        if let Some(refusal) = self.refusal(toll, now).await? {
            return Ok(refusal);
        }
        self.0.codes.put(key, code, now).await?;
        Ok(Passage::Passed(self.count(toll, now).await?))
    }

    async fn redeem(
        &self,
        toll: &Toll,
        guess: &Guess,
        now: OffsetDateTime,
    ) -> Result<Passage<Redemption>, Unavailable> {
        if let Some(refusal) = self.refusal(toll, now).await? {
            return Ok(refusal);
        }
        let redeemed = self.0.codes.redeem(&guess.key, guess.digest, guess.binding, now).await?;
        match &redeemed {
            Redemption::Mismatch { .. } => {
                self.count(toll, now).await?;
                self.0.failures.begin(&toll.series, now).await?;
            }
            Redemption::Accepted(_) => {
                for series in &toll.series {
                    self.0.failures.clear(&series.key).await?;
                }
            }
            Redemption::Missing => {}
        }
        Ok(Passage::Passed(redeemed))
    }
}

async fn racy_stores() -> ChargedStores {
    let stores = fresh_stores().await;
    ChargedStores { charged: Arc::new(Racy(stores.clone())), ..stores }
}

#[tokio::test]
async fn a_racy_implementation_is_right_without_rivals() {
    testing::put_charges_and_stores(racy_stores().await).await;
    testing::a_put_that_does_not_pass_changes_nothing(racy_stores().await).await;
    testing::a_wrong_guess_counts_everywhere(racy_stores().await).await;
    testing::a_right_guess_ends_the_series_and_counts_nothing(racy_stores().await).await;
    testing::a_guess_at_a_missing_code_changes_nothing(racy_stores().await).await;
    testing::nothing_is_compared_without_room_for_a_wrong_guess(racy_stores().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[should_panic(expected = "round")]
async fn parallel_puts_outrun_the_counts_of_a_racy_implementation() {
    testing::parallel_puts_do_not_outrun_the_counts(racy_stores().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[should_panic(expected = "round")]
async fn parallel_guesses_outrun_the_counts_of_a_racy_implementation() {
    testing::parallel_guesses_do_not_outrun_the_counts(racy_stores().await).await;
}
