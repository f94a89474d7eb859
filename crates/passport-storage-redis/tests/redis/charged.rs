//! Codes with their charges: the contract, on one Redis and on a Cluster.

use std::sync::Arc;

use async_trait::async_trait;
use passport_auth::{
    ChargedCodes, SeparateCharges, Unavailable,
    testing::{self, ChargedStores},
};
use passport_codes::{CodeKey, CodeStore, Guess, Redemption, StoredCode};
use passport_storage_redis::{
    RedisChargedCodes, RedisClient, RedisCodeStore, RedisFailureStore, RedisThrottleStore,
};
use passport_throttle::{FailureStore, Hit, Passage, ThrottleStore, Toll};
use time::OffsetDateTime;

use crate::{
    cluster::cluster,
    server::{client, open, prefix},
};

/// As a service uses the adapter.
#[derive(Debug)]
struct Charged {
    redis: RedisChargedCodes,
    apart: SeparateCharges,
}

#[async_trait]
impl ChargedCodes for Charged {
    async fn put(
        &self,
        toll: &Toll,
        code: (&CodeKey, StoredCode),
        now: OffsetDateTime,
    ) -> Result<Passage<Hit>, Unavailable> {
        match self.redis.put(toll, code, now).await.map_err(Unavailable::new)? {
            Some(passage) => Ok(passage),
            None => self.apart.put(toll, code, now).await,
        }
    }

    async fn redeem(
        &self,
        toll: &Toll,
        guess: &Guess,
        now: OffsetDateTime,
    ) -> Result<Passage<Redemption>, Unavailable> {
        match self.redis.redeem(toll, guess, now).await.map_err(Unavailable::new)? {
            Some(passage) => Ok(passage),
            None => self.apart.redeem(toll, guess, now).await,
        }
    }
}

fn stores(client: &RedisClient) -> ChargedStores {
    let codes: Arc<dyn CodeStore> = Arc::new(RedisCodeStore::new(client.clone()));
    let throttle: Arc<dyn ThrottleStore> = Arc::new(RedisThrottleStore::new(client.clone()));
    let failures: Arc<dyn FailureStore> = Arc::new(RedisFailureStore::new(client.clone()));
    let charged = Charged {
        redis: RedisChargedCodes::new(client.clone()),
        apart: SeparateCharges::new(
            Arc::clone(&codes),
            Arc::clone(&throttle),
            Arc::clone(&failures),
        ),
    };
    ChargedStores { charged: Arc::new(charged), codes, throttle, failures }
}

#[expect(clippy::unused_async, reason = "those of databases are opened")]
async fn fresh_stores() -> ChargedStores {
    stores(&client())
}

passport_auth::charged_codes_contract!(
    #[ignore = "needs Redis"]
    fresh_stores()
);

/// The clauses but for those on races of puts: there a code may be stored whose hit is refunded a moment
/// later, and a hit may keep out another one that would have had room.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "needs redis-server"]
async fn x14_the_contract_holds_where_no_script_can_do_the_act() {
    let server = cluster().await;
    let fresh = || stores(&open(&server.url, &prefix()));
    testing::put_charges_and_stores(fresh()).await;
    testing::a_put_that_does_not_pass_changes_nothing(fresh()).await;
    testing::a_put_without_charges_passes(fresh()).await;
    testing::a_wrong_guess_counts_everywhere(fresh()).await;
    testing::a_right_guess_ends_the_series_and_counts_nothing(fresh()).await;
    testing::a_guess_at_a_missing_code_changes_nothing(fresh()).await;
    testing::nothing_is_compared_without_room_for_a_wrong_guess(fresh()).await;
    testing::parallel_guesses_do_not_outrun_the_counts(fresh()).await;
    testing::parallel_right_guesses_have_one_winner(fresh()).await;
}
