//! Queries about repeated requests, written once and expanded for each database.

use std::time::Duration;

use async_trait::async_trait;
use diesel::{prelude::*, query_dsl::methods, upsert::excluded};
use passport_idempotency::{
    Begun, Fingerprint, IdempotencyStore, IdempotencyStoreError, LeaseToken, RequestDigest,
    SealedResponse,
};
use time::OffsetDateTime;

use crate::failure::Failure;

/// Number of records that a sweep deletes at once. Other writes get their turn between two batches.
const SWEEP_BATCH: i64 = 1_000;

/// Number of times that `begin` looks for the record of a rival. A record that is seen by the `INSERT`
/// and then gone was abandoned in between, or has just expired.
const LOOKS: usize = 5;

macro_rules! idempotency_store {
    ($store:ident, $backend:ident, $moment:ty, $between:ident) => {
        #[derive(Debug)]
        pub(crate) struct $store(pub(crate) crate::$backend::Pool);

        const _: () = {
            use crate::$backend::{schema::idempotency, values};

            impl $store {
                /// Inserts the record, or overwrites one that has expired, in one statement. Of
                /// rivals one changes the row.
                async fn take(
                    &self,
                    key: &RequestDigest,
                    fingerprint: Fingerprint,
                    token: LeaseToken,
                    until: OffsetDateTime,
                    now: OffsetDateTime,
                ) -> Result<bool, Failure> {
                    let take = diesel::insert_into(idempotency::table)
                        .values((
                            idempotency::key.eq(key.as_bytes().to_vec()),
                            idempotency::fingerprint.eq(fingerprint.as_bytes().to_vec()),
                            idempotency::lease.eq(values::id(token.as_uuid())),
                            idempotency::response.eq(None::<Vec<u8>>),
                            idempotency::expires_at.eq(values::moment(until)),
                        ))
                        .on_conflict(idempotency::key)
                        .do_update()
                        .set((
                            idempotency::fingerprint.eq(excluded(idempotency::fingerprint)),
                            idempotency::lease.eq(excluded(idempotency::lease)),
                            idempotency::response.eq(None::<Vec<u8>>),
                            idempotency::expires_at.eq(excluded(idempotency::expires_at)),
                        ));
                    // `QueryDsl::filter` is for queries only.
                    let has_ended = idempotency::expires_at.le(values::moment(now));
                    let query = methods::FilterDsl::filter(take, has_ended);
                    Ok(self.0.execute(query).await? > 0)
                }

                /// The answer of the live record, if there is one.
                async fn look(
                    &self,
                    key: &RequestDigest,
                    fingerprint: Fingerprint,
                    now: OffsetDateTime,
                ) -> Result<Option<Begun>, Failure> {
                    let now = values::moment(now);
                    let query = idempotency::table
                        .filter(idempotency::key.eq(key.as_bytes().to_vec()))
                        .filter(idempotency::expires_at.gt(now))
                        .select((
                            idempotency::fingerprint,
                            idempotency::response,
                            idempotency::expires_at,
                        ));
                    let rows: Vec<(Vec<u8>, Option<Vec<u8>>, $moment)> = self.0.load(query).await?;
                    Ok(rows.into_iter().next().map(|(content, response, until)| {
                        if content != fingerprint.as_bytes() {
                            return Begun::Reused;
                        }
                        match response {
                            Some(bytes) => Begun::Done(SealedResponse::from_bytes(bytes)),
                            None => Begun::Running { remaining: $between(now, until) },
                        }
                    }))
                }

                /// Deletes expired records; returns their number.
                pub(crate) async fn sweep(&self, now: OffsetDateTime) -> Result<u64, Failure> {
                    let now = values::moment(now);
                    let over = diesel::alias!(idempotency as over);
                    let mut swept = 0;
                    loop {
                        let batch = over
                            .filter(over.field(idempotency::expires_at).le(now))
                            .select(over.field(idempotency::key))
                            .limit(SWEEP_BATCH);
                        // Compared again, because the record may have begun anew since.
                        let query = diesel::delete(idempotency::table)
                            .filter(idempotency::key.eq_any(batch))
                            .filter(idempotency::expires_at.le(now));
                        match self.0.execute(query).await? {
                            0 => return Ok(swept),
                            count => swept += count as u64,
                        }
                    }
                }
            }

            #[async_trait]
            impl IdempotencyStore for $store {
                async fn begin(
                    &self,
                    key: &RequestDigest,
                    fingerprint: Fingerprint,
                    lease: Duration,
                    now: OffsetDateTime,
                ) -> Result<Begun, IdempotencyStoreError> {
                    let token = LeaseToken::random();
                    for _ in 0..LOOKS {
                        let taken = self.take(key, fingerprint, token, now + lease, now).await;
                        if taken.map_err(IdempotencyStoreError::new)? {
                            return Ok(Begun::Started(token));
                        }
                        let seen = self.look(key, fingerprint, now).await;
                        if let Some(begun) = seen.map_err(IdempotencyStoreError::new)? {
                            return Ok(begun);
                        }
                    }
                    Err(IdempotencyStoreError::new("the record changes too often to be read"))
                }

                async fn finish(
                    &self,
                    key: &RequestDigest,
                    token: LeaseToken,
                    response: SealedResponse,
                    expires_at: OffsetDateTime,
                    now: OffsetDateTime,
                ) -> Result<bool, IdempotencyStoreError> {
                    let query = diesel::update(idempotency::table)
                        .filter(idempotency::key.eq(key.as_bytes().to_vec()))
                        .filter(idempotency::lease.eq(values::id(token.as_uuid())))
                        .filter(idempotency::response.is_null())
                        .filter(idempotency::expires_at.gt(values::moment(now)))
                        .set((
                            idempotency::response.eq(Some(response.into_bytes())),
                            idempotency::expires_at.eq(values::moment(expires_at)),
                        ));
                    let kept = self.0.execute(query).await;
                    Ok(kept.map_err(IdempotencyStoreError::new)? > 0)
                }

                async fn abandon(
                    &self,
                    key: &RequestDigest,
                    token: LeaseToken,
                ) -> Result<(), IdempotencyStoreError> {
                    let query = diesel::delete(idempotency::table)
                        .filter(idempotency::key.eq(key.as_bytes().to_vec()))
                        .filter(idempotency::lease.eq(values::id(token.as_uuid())))
                        .filter(idempotency::response.is_null());
                    self.0.execute(query).await.map_err(IdempotencyStoreError::new)?;
                    Ok(())
                }
            }
        };
    };
}

idempotency_store!(PostgresIdempotencyStore, postgres, OffsetDateTime, between_moments);
idempotency_store!(SqliteIdempotencyStore, sqlite, i64, between_micros);

fn between_moments(now: OffsetDateTime, until: OffsetDateTime) -> Duration {
    Duration::try_from(until - now).unwrap_or_default()
}

fn between_micros(now: i64, until: i64) -> Duration {
    Duration::from_micros(u64::try_from(until.saturating_sub(now)).unwrap_or_default())
}
