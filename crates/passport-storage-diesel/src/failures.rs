//! Failures in a row, with queries written once and expanded for each database.

use async_trait::async_trait;
use diesel::{prelude::*, result::Error};
use passport_throttle::{
    Attempt, Block, FailureStore, FailureStoreError, Permission, Series, SeriesKey, Tally,
};
use time::OffsetDateTime;

use crate::{failure::Failure, prepared::Prepared};

macro_rules! failure_store {
    ($store:ident, $backend:ident) => {
        /// A row for each series. A success deletes it, the sweep does so after 30 days.
        #[derive(Debug)]
        pub(crate) struct $store(pub(crate) crate::$backend::Pool);

        const _: () = {
            use crate::$backend::{FailureRow, schema::failures, values};

            impl $store {
                /// Decides by what is committed, which is enough for an attempt that is blocked.
                async fn decide(
                    &self,
                    series: &[Series],
                    now: OffsetDateTime,
                ) -> Result<Permission, Failure> {
                    let keys = series.iter().map(|it| key(&it.key)).collect();
                    Ok(decide(series, &self.tallies(keys).await?, now))
                }

                /// The tallies of `keys` that there are, in any order.
                async fn tallies(
                    &self,
                    keys: Vec<Vec<u8>>,
                ) -> Result<Vec<(SeriesKey, Tally)>, Failure> {
                    let query = failures::table
                        .filter(failures::key.eq_any(keys))
                        .select(FailureRow::as_select());
                    let rows = self.0.load(Prepared(query)).await?;
                    let tallies = rows.into_iter().map(FailureRow::tally);
                    Ok(tallies.collect::<QueryResult<Vec<_>>>()?)
                }

                async fn try_begin(
                    &self,
                    series: &[Series],
                    now: OffsetDateTime,
                ) -> Result<Permission, Failure> {
                    match self.decide(series, now).await? {
                        Permission::Go(_) => self.0.begin_attempt(series.to_vec(), now).await,
                        blocked @ Permission::Blocked(_) => Ok(blocked),
                    }
                }

                /// Subtracts the failure, and its delay if it was the last one; else only the failure.
                async fn forgive_one(
                    &self,
                    counted: &passport_throttle::Counted,
                ) -> Result<(), Failure> {
                    let own = failures::table.filter(failures::key.eq(key(&counted.key)));
                    if let Some(formerly) = counted.formerly {
                        let count = count(counted.failures);
                        let query = diesel::update(own.clone())
                            .filter(failures::count.eq(count))
                            .filter(failures::last_at.eq(values::moment(counted.at)))
                            .set((
                                failures::count.eq(count - 1),
                                failures::last_at.eq(values::moment(formerly)),
                            ));
                        if self.0.execute(query).await? > 0 {
                            return Ok(());
                        }
                    }
                    let query = diesel::update(own)
                        .filter(failures::count.gt(0))
                        .set(failures::count.eq(failures::count - 1));
                    self.0.execute(query).await?;
                    Ok(())
                }
            }

            #[async_trait]
            impl FailureStore for $store {
                async fn begin(
                    &self,
                    series: &[Series],
                    now: OffsetDateTime,
                ) -> Result<Permission, FailureStoreError> {
                    self.try_begin(series, now).await.map_err(FailureStoreError::new)
                }

                async fn check(
                    &self,
                    series: &[Series],
                    now: OffsetDateTime,
                ) -> Result<Option<Block>, FailureStoreError> {
                    let decided = self.decide(series, now).await;
                    Ok(decided.map_err(FailureStoreError::new)?.block())
                }

                /// Ends each series by a statement of its own, so two calls cannot block each other.
                async fn succeed(&self, attempt: &Attempt) -> Result<(), FailureStoreError> {
                    let mut outcome = Ok(());
                    for counted in &attempt.counted {
                        outcome = outcome.and(self.0.end_series(&counted.key).await);
                    }
                    outcome.map_err(FailureStoreError::new)
                }

                async fn forgive(&self, attempt: &Attempt) -> Result<(), FailureStoreError> {
                    let mut outcome = Ok(());
                    for counted in &attempt.counted {
                        outcome = outcome.and(self.forgive_one(counted).await);
                    }
                    outcome.map_err(FailureStoreError::new)
                }

                async fn clear(&self, key: &SeriesKey) -> Result<(), FailureStoreError> {
                    self.0.end_series(key).await.map_err(FailureStoreError::new)
                }

                async fn read(
                    &self,
                    keys: &[SeriesKey],
                    now: OffsetDateTime,
                ) -> Result<Vec<Option<Tally>>, FailureStoreError> {
                    let wanted = keys.iter().map(key).collect();
                    let found = self.tallies(wanted).await.map_err(FailureStoreError::new)?;
                    let tally = |key: &SeriesKey| {
                        let (_, tally) = found.iter().find(|it| it.0 == *key)?;
                        tally.live(now)
                    };
                    Ok(keys.iter().map(tally).collect())
                }
            }
        };
    };
}

failure_store!(PostgresFailureStore, postgres);
failure_store!(SqliteFailureStore, sqlite);

/// Decides by the tallies that were found, in any order.
pub(crate) fn decide(
    series: &[Series],
    tallies: &[(SeriesKey, Tally)],
    now: OffsetDateTime,
) -> Permission {
    let found = |key: &SeriesKey| tallies.iter().find(|it| it.0 == *key).map(|it| it.1);
    let known: Vec<_> = series.iter().map(|it| (*it, found(&it.key))).collect();
    Permission::decide(&known, now)
}

pub(crate) fn key(key: &SeriesKey) -> Vec<u8> {
    key.as_bytes().to_vec()
}

pub(crate) fn count(failures: u32) -> i32 {
    i32::try_from(failures).unwrap_or(i32::MAX)
}

/// Reads the parts of a row that both databases store alike.
pub(crate) fn stored(
    key: Vec<u8>,
    count: i32,
    last: OffsetDateTime,
) -> QueryResult<(SeriesKey, Tally)> {
    let damaged = || Error::DeserializationError("stored failures are damaged".into());
    let key = SeriesKey::new(<[u8; 32]>::try_from(key).map_err(|_| damaged())?);
    let failures = u32::try_from(count).map_err(|_| damaged())?;
    Ok((key, Tally { failures, last }))
}
