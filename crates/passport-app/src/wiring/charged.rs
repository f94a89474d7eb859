//! Codes and their charges where one act does both.

use async_trait::async_trait;
use passport_auth::{ChargedCodes, SeparateCharges, Unavailable};
use passport_codes::{CodeKey, Guess, Redemption, StoredCode};
use passport_storage_diesel::ChargedCodes as StoredChargedCodes;
use passport_storage_redis::RedisChargedCodes;
use passport_throttle::{Hit, Passage, Toll};
use time::OffsetDateTime;

/// Codes, counts and failures in one SQLite file, where an act is one write.
#[derive(Debug)]
pub(super) struct ChargedInFile(pub(super) StoredChargedCodes);

#[async_trait]
impl ChargedCodes for ChargedInFile {
    async fn put(
        &self,
        toll: &Toll,
        code: (&CodeKey, StoredCode),
        now: OffsetDateTime,
    ) -> Result<Passage<Hit>, Unavailable> {
        self.0.put(toll, code, now).await.map_err(Unavailable::new)
    }

    async fn redeem(
        &self,
        toll: &Toll,
        guess: &Guess,
        now: OffsetDateTime,
    ) -> Result<Passage<Redemption>, Unavailable> {
        self.0.redeem(toll, guess, now).await.map_err(Unavailable::new)
    }
}

/// Codes, counts and failures in one Redis, where an act is one script, unless that is a Cluster.
#[derive(Debug)]
pub(super) struct ChargedInRedis {
    pub(super) redis: RedisChargedCodes,
    /// The same stores, for a Cluster.
    pub(super) apart: SeparateCharges,
}

#[async_trait]
impl ChargedCodes for ChargedInRedis {
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
