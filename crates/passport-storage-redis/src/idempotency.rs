use std::{sync::LazyLock, time::Duration};

use async_trait::async_trait;
use deadpool_redis::redis::Script;
use passport_idempotency::{
    Begun, Fingerprint, IdempotencyStore, IdempotencyStoreError, LeaseToken, RequestDigest,
    SealedResponse,
};
use time::OffsetDateTime;

use crate::{
    RedisClient,
    moment::{keep, microseconds},
};

static BEGIN: LazyLock<Script> =
    LazyLock::new(|| Script::new(include_str!("idempotency/begin.lua")));
static FINISH: LazyLock<Script> =
    LazyLock::new(|| Script::new(include_str!("idempotency/finish.lua")));
static ABANDON: LazyLock<Script> =
    LazyLock::new(|| Script::new(include_str!("idempotency/abandon.lua")));

/// Records of requests in Redis: one hash per request. Each act is one script.
#[derive(Debug, Clone)]
pub struct RedisIdempotencyStore(RedisClient);

impl RedisIdempotencyStore {
    /// Stores records in the Redis of `client`.
    pub fn new(client: RedisClient) -> Self {
        Self(client)
    }

    /// Has no hash tag, because an act uses one key: in a Cluster, records spread over all nodes.
    fn key(&self, key: &RequestDigest) -> String {
        format!("{}:idempotency:{key}", self.0.prefix())
    }
}

#[async_trait]
impl IdempotencyStore for RedisIdempotencyStore {
    async fn begin(
        &self,
        key: &RequestDigest,
        fingerprint: Fingerprint,
        lease: Duration,
        now: OffsetDateTime,
    ) -> Result<Begun, IdempotencyStoreError> {
        let token = LeaseToken::random();
        let mut script = BEGIN.key(self.key(key));
        script
            .arg(fingerprint.as_bytes())
            .arg(token.as_uuid().as_bytes())
            .arg(microseconds(now + lease))
            .arg(keep((now + lease) - now))
            .arg(microseconds(now));
        let (outcome, expires_at, response): (i64, i64, Vec<u8>) =
            self.0.invoke(&script).await.map_err(IdempotencyStoreError::new)?;
        match outcome {
            0 => Ok(Begun::Started(token)),
            1 => {
                let rest = expires_at.saturating_sub(microseconds(now));
                let remaining = Duration::from_micros(u64::try_from(rest).unwrap_or_default());
                Ok(Begun::Running { remaining })
            }
            2 => Ok(Begun::Done(SealedResponse::from_bytes(response))),
            3 => Ok(Begun::Reused),
            _ => Err(IdempotencyStoreError::new(
                "redis returned an answer that begin.lua does not give",
            )),
        }
    }

    async fn finish(
        &self,
        key: &RequestDigest,
        token: LeaseToken,
        response: SealedResponse,
        expires_at: OffsetDateTime,
        now: OffsetDateTime,
    ) -> Result<bool, IdempotencyStoreError> {
        let mut script = FINISH.key(self.key(key));
        script
            .arg(token.as_uuid().as_bytes())
            .arg(response.as_bytes())
            .arg(microseconds(expires_at))
            .arg(keep(expires_at - now))
            .arg(microseconds(now));
        self.0.invoke(&script).await.map_err(IdempotencyStoreError::new)
    }

    async fn abandon(
        &self,
        key: &RequestDigest,
        token: LeaseToken,
    ) -> Result<(), IdempotencyStoreError> {
        let mut script = ABANDON.key(self.key(key));
        script.arg(token.as_uuid().as_bytes());
        self.0.invoke(&script).await.map_err(IdempotencyStoreError::new)
    }
}
