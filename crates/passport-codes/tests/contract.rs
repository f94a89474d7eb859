//! The clauses about concurrency detect a store that reads and then writes.

use std::{collections::HashMap, num::NonZeroU32, sync::Arc, time::Duration};

use async_trait::async_trait;
use passport_codes::{
    Binding, CodeDigest, CodeKey, CodeStore, CodeStoreError, Redemption, StoredCode, testing,
};
use time::OffsetDateTime;
use tokio::{sync::Mutex, time::sleep};

/// A store that is correct except for a pause between reading and writing.
#[derive(Debug, Default)]
struct RacyCodeStore(Mutex<HashMap<CodeKey, StoredCode>>);

#[async_trait]
impl CodeStore for RacyCodeStore {
    async fn put(
        &self,
        key: &CodeKey,
        code: StoredCode,
        _now: OffsetDateTime,
    ) -> Result<(), CodeStoreError> {
        self.0.lock().await.insert(key.clone(), code);
        Ok(())
    }

    async fn redeem(
        &self,
        key: &CodeKey,
        guess: CodeDigest,
        binding: Option<Binding>,
        _now: OffsetDateTime,
    ) -> Result<Redemption, CodeStoreError> {
        let Some(code) = self.0.lock().await.get(key).copied() else {
            return Ok(Redemption::Missing);
        };
        sleep(Duration::from_millis(1)).await;
        let mut codes = self.0.lock().await;
        if code.binding != binding {
            return Ok(Redemption::Missing);
        }
        if code.digest == guess {
            codes.remove(key);
            return Ok(Redemption::Accepted(code));
        }
        let tries_left = code.tries_left.get() - 1;
        match NonZeroU32::new(tries_left) {
            Some(tries_left) => codes.insert(key.clone(), StoredCode { tries_left, ..code }),
            None => codes.remove(key),
        };
        Ok(Redemption::Mismatch { tries_left })
    }

    async fn holds(
        &self,
        key: &CodeKey,
        digest: CodeDigest,
        now: OffsetDateTime,
    ) -> Result<bool, CodeStoreError> {
        let codes = self.0.lock().await;
        Ok(codes.get(key).is_some_and(|code| code.digest == digest && now < code.expires_at))
    }

    async fn restore(
        &self,
        key: &CodeKey,
        spent: StoredCode,
        now: OffsetDateTime,
    ) -> Result<(), CodeStoreError> {
        if spent.expires_at <= now || self.0.lock().await.contains_key(key) {
            return Ok(());
        }
        sleep(Duration::from_millis(1)).await;
        self.put(key, spent, now).await
    }

    async fn withdraw(&self, key: &CodeKey, digest: CodeDigest) -> Result<(), CodeStoreError> {
        if self.0.lock().await.get(key).is_none_or(|code| code.digest != digest) {
            return Ok(());
        }
        sleep(Duration::from_millis(1)).await;
        self.discard(key).await
    }

    async fn discard(&self, key: &CodeKey) -> Result<(), CodeStoreError> {
        self.0.lock().await.remove(key);
        Ok(())
    }
}

/// A store that takes the code out, compares the binding, and puts the code of another binding back.
#[derive(Debug, Default)]
struct TakingCodeStore(RacyCodeStore);

#[async_trait]
impl CodeStore for TakingCodeStore {
    async fn put(
        &self,
        key: &CodeKey,
        code: StoredCode,
        now: OffsetDateTime,
    ) -> Result<(), CodeStoreError> {
        self.0.put(key, code, now).await
    }

    async fn redeem(
        &self,
        key: &CodeKey,
        guess: CodeDigest,
        binding: Option<Binding>,
        _now: OffsetDateTime,
    ) -> Result<Redemption, CodeStoreError> {
        let codes = &self.0.0;
        let Some(code) = codes.lock().await.remove(key) else {
            return Ok(Redemption::Missing);
        };
        let is_own = code.binding == binding;
        if is_own && code.digest == guess {
            return Ok(Redemption::Accepted(code));
        }
        sleep(Duration::from_millis(1)).await;
        let tries_left = code.tries_left.get() - u32::from(is_own);
        if let Some(tries_left) = NonZeroU32::new(tries_left) {
            codes.lock().await.insert(key.clone(), StoredCode { tries_left, ..code });
        }
        Ok(if is_own { Redemption::Mismatch { tries_left } } else { Redemption::Missing })
    }

    async fn holds(
        &self,
        key: &CodeKey,
        digest: CodeDigest,
        now: OffsetDateTime,
    ) -> Result<bool, CodeStoreError> {
        self.0.holds(key, digest, now).await
    }

    async fn restore(
        &self,
        key: &CodeKey,
        spent: StoredCode,
        now: OffsetDateTime,
    ) -> Result<(), CodeStoreError> {
        self.0.restore(key, spent, now).await
    }

    async fn withdraw(&self, key: &CodeKey, digest: CodeDigest) -> Result<(), CodeStoreError> {
        self.0.withdraw(key, digest).await
    }

    async fn discard(&self, key: &CodeKey) -> Result<(), CodeStoreError> {
        self.0.discard(key).await
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_store_that_is_not_atomic_passes_the_other_clauses() {
    let store = Arc::new(RacyCodeStore::default());
    testing::survives_a_wrong_guess(store.clone()).await;
    testing::restores_what_was_spent(store.clone()).await;
    testing::does_not_restore_over_a_newer_code(store.clone()).await;
    testing::withdraws_only_the_code_that_is_meant(store.clone()).await;
    testing::a_code_is_redeemed_with_its_binding_only(store.clone()).await;
    testing::a_wrong_guess_with_the_binding_costs_a_try(store.clone()).await;
    testing::put_replaces_the_binding(store).await;
    let store = Arc::new(TakingCodeStore::default());
    testing::a_code_is_redeemed_with_its_binding_only(store.clone()).await;
    testing::a_wrong_guess_with_the_binding_costs_a_try(store.clone()).await;
    testing::put_replaces_the_binding(store).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[should_panic(expected = "round")]
async fn strangers_do_not_hinder_the_owner_fails_on_a_store_that_is_not_atomic() {
    testing::strangers_do_not_hinder_the_owner(Arc::new(TakingCodeStore::default())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[should_panic(expected = "round")]
async fn guesses_at_the_former_code_fail_on_a_store_that_is_not_atomic() {
    let store = Arc::new(RacyCodeStore::default());
    testing::a_code_that_is_put_outlives_guesses_at_the_former_one(store).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[should_panic(expected = "round")]
async fn has_one_winner_fails_on_a_store_that_is_not_atomic() {
    testing::has_one_winner(Arc::new(RacyCodeStore::default())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[should_panic(expected = "round")]
async fn compares_no_more_than_its_tries_fails_on_a_store_that_is_not_atomic() {
    testing::compares_no_more_than_its_tries(Arc::new(RacyCodeStore::default())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[should_panic(expected = "round")]
async fn a_code_that_is_put_outlives_a_restore_fails_on_a_store_that_is_not_atomic() {
    testing::a_code_that_is_put_outlives_a_restore(Arc::new(RacyCodeStore::default())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[should_panic(expected = "round")]
async fn a_code_that_is_put_outlives_a_withdrawal_fails_on_a_store_that_is_not_atomic() {
    testing::a_code_that_is_put_outlives_a_withdrawal(Arc::new(RacyCodeStore::default())).await;
}
