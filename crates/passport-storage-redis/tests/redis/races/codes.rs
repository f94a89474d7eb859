use std::{num::NonZeroU32, sync::Arc};

use async_trait::async_trait;
use passport_codes::{
    Binding, CodeDigest, CodeKey, CodeStore, CodeStoreError, Redemption, StoredCode, testing,
};
use time::OffsetDateTime;

use super::{Room, is_caught};

/// Broken store that reads the code and then deletes it.
#[derive(Debug)]
struct RacyRedisCodeStore(Room);

impl RacyRedisCodeStore {
    async fn fresh() -> Arc<Self> {
        Arc::new(Self(Room::new().await))
    }
}

#[async_trait]
impl CodeStore for RacyRedisCodeStore {
    async fn put(
        &self,
        key: &CodeKey,
        code: StoredCode,
        _now: OffsetDateTime,
    ) -> Result<(), CodeStoreError> {
        let mut put = self.0.command("HSET", key.subject());
        put.arg("digest").arg(code.digest.as_bytes()).arg("tries").arg(code.tries_left.get());
        put.arg("end").arg(code.expires_at.unix_timestamp());
        put.arg("binding").arg(bytes(code.binding.as_ref()));
        let _: () = self.0.ask(&put).await;
        let _: () = self.0.ask(self.0.command("EXPIRE", key.subject()).arg(60)).await;
        Ok(())
    }

    async fn redeem(
        &self,
        key: &CodeKey,
        guess: CodeDigest,
        binding: Option<Binding>,
        _now: OffsetDateTime,
    ) -> Result<Redemption, CodeStoreError> {
        let mut get = self.0.command("HMGET", key.subject());
        get.arg("digest").arg("tries").arg("end").arg("binding");
        let (digest, tries, end, bound): (Option<Vec<u8>>, Option<u32>, Option<i64>, Vec<u8>) =
            self.0.ask(&get).await;
        let (Some(digest), Some(tries), Some(end)) = (digest, tries, end) else {
            return Ok(Redemption::Missing);
        };
        if bound != bytes(binding.as_ref()) {
            return Ok(Redemption::Missing);
        }
        let accepted = digest == guess.as_bytes();
        let tries_left = tries - 1;
        if accepted || tries_left == 0 {
            self.discard(key).await?;
        } else {
            let mut set = self.0.command("HSET", key.subject());
            let _: () = self.0.ask(set.arg("tries").arg(tries_left)).await;
        }
        let spent = StoredCode {
            digest: guess,
            binding,
            tries_left: NonZeroU32::new(tries).expect("as it was put"),
            expires_at: OffsetDateTime::from_unix_timestamp(end).expect("as it was put"),
        };
        Ok(if accepted { Redemption::Accepted(spent) } else { Redemption::Mismatch { tries_left } })
    }

    async fn holds(
        &self,
        key: &CodeKey,
        digest: CodeDigest,
        _now: OffsetDateTime,
    ) -> Result<bool, CodeStoreError> {
        let mut get = self.0.command("HGET", key.subject());
        let held: Option<Vec<u8>> = self.0.ask(get.arg("digest")).await;
        Ok(held.is_some_and(|held| held == digest.as_bytes()))
    }

    async fn restore(
        &self,
        key: &CodeKey,
        spent: StoredCode,
        now: OffsetDateTime,
    ) -> Result<(), CodeStoreError> {
        let is_taken: bool = self.0.ask(&self.0.command("EXISTS", key.subject())).await;
        if is_taken || spent.expires_at <= now {
            return Ok(());
        }
        self.put(key, spent, now).await
    }

    async fn withdraw(&self, key: &CodeKey, digest: CodeDigest) -> Result<(), CodeStoreError> {
        let mut get = self.0.command("HGET", key.subject());
        let living: Option<Vec<u8>> = self.0.ask(get.arg("digest")).await;
        if living.is_some_and(|living| living == digest.as_bytes()) {
            self.discard(key).await?;
        }
        Ok(())
    }

    async fn discard(&self, key: &CodeKey) -> Result<(), CodeStoreError> {
        let _: () = self.0.ask(&self.0.command("DEL", key.subject())).await;
        Ok(())
    }
}

fn bytes(binding: Option<&Binding>) -> &[u8] {
    binding.map_or(&[], |binding| binding.as_bytes())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "needs Redis"]
async fn a_racy_store_is_right_without_rivals() {
    let store = RacyRedisCodeStore::fresh().await;
    testing::survives_a_wrong_guess(store.clone()).await;
    testing::is_invalid_after_its_last_try(store.clone()).await;
    testing::restores_what_was_spent(store.clone()).await;
    testing::does_not_restore_over_a_newer_code(store.clone()).await;
    testing::withdraws_only_the_code_that_is_meant(store.clone()).await;
    testing::a_code_is_redeemed_with_its_binding_only(store.clone()).await;
    testing::put_replaces_the_binding(store).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "needs Redis"]
async fn has_one_winner_catches_it() {
    let store = RacyRedisCodeStore::fresh().await;
    is_caught(testing::has_one_winner(store)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "needs Redis"]
async fn compares_no_more_than_its_tries_catches_it() {
    let store = RacyRedisCodeStore::fresh().await;
    is_caught(testing::compares_no_more_than_its_tries(store)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "needs Redis"]
async fn a_code_that_is_put_outlives_a_restore_catches_it() {
    let store = RacyRedisCodeStore::fresh().await;
    is_caught(testing::a_code_that_is_put_outlives_a_restore(store)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "needs Redis"]
async fn a_code_that_is_put_outlives_a_withdrawal_catches_it() {
    let store = RacyRedisCodeStore::fresh().await;
    is_caught(testing::a_code_that_is_put_outlives_a_withdrawal(store)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "needs Redis"]
async fn a_code_that_is_put_outlives_guesses_at_the_former_one_catches_it() {
    let store = RacyRedisCodeStore::fresh().await;
    is_caught(testing::a_code_that_is_put_outlives_guesses_at_the_former_one(store)).await;
}
