use diesel::{pg::Pg, prelude::*, sql_query, sql_types::Timestamptz};
use diesel_async::{AsyncConnection, AsyncConnectionCore, AsyncPgConnection, RunQueryDsl};
use passport_throttle::{Backoff, Permission, Series, SeriesKey, Tally};
use time::OffsetDateTime;

use super::{Pool, schema::failures, values::moment};
use crate::{
    act::Undone,
    failure::Failure,
    failures::{self as common, decide},
    prepared::Prepared,
};

impl Pool {
    /// Decides and counts in one transaction, in which the series are locked in the order of their keys,
    /// so that two attempts cannot wait for each other.
    pub(crate) async fn begin_attempt(
        &self,
        series: Vec<Series>,
        now: OffsetDateTime,
    ) -> Result<Permission, Failure> {
        if series.is_empty() {
            return Ok(decide(&series, &[], now));
        }
        // `BEGIN`, `COMMIT`, the lock, which is prepared each time, and an update for each series.
        let statements = u32::try_from(series.len()).unwrap_or(u32::MAX).saturating_add(4);
        self.ask_statements(statements, move |connection| {
            Box::pin(async move {
                let begun = connection.transaction(async move |connection| {
                    let permission = decide(&series, &lock(connection, &series, now).await?, now);
                    match permission {
                        Permission::Go(attempt) => {
                            for counted in &attempt.counted {
                                let count = diesel::update(failures::table)
                                    .filter(failures::key.eq(common::key(&counted.key)))
                                    .set((
                                        failures::count.eq(common::count(counted.failures)),
                                        failures::last_at.eq(moment(counted.at)),
                                    ));
                                connection.execute_returning_count(Prepared(count)).await?;
                            }
                            Ok(Permission::Go(attempt))
                        }
                        // The rollback takes back the rows of series without failures.
                        blocked @ Permission::Blocked(_) => Err(Undone::Refused(blocked)),
                    }
                });
                match begun.await {
                    Ok(permission) | Err(Undone::Refused(permission)) => Ok(permission),
                    Err(Undone::Failed(error)) => Err(error),
                }
            })
        })
        .await
    }

    /// Ends a series.
    pub(crate) async fn end_series(&self, key: &SeriesKey) -> Result<(), Failure> {
        self.execute(diesel::delete(failures::table.find(common::key(key)))).await?;
        Ok(())
    }

    /// Deletes series that are forgotten at `now`; returns their number.
    ///
    /// Skips rows that are locked, because an attempt that begins may wait for another row of the batch.
    pub(crate) async fn sweep_failures(&self, now: OffsetDateTime) -> Result<u64, Failure> {
        let mut swept = 0;
        loop {
            let batch = sql_query(
                "DELETE FROM failures WHERE key IN (SELECT key FROM failures \
                 WHERE last_at <= $1 LIMIT 1000 FOR UPDATE SKIP LOCKED)",
            )
            .bind::<Timestamptz, _>(moment(now - Backoff::REMEMBERED));
            match self.execute(batch).await? {
                0 => return Ok(swept),
                count => swept += count as u64,
            }
        }
    }
}

/// Locks a row for each series, which is inserted with a count of 0 if there is none; returns the tallies.
/// The rows of one `INSERT` are locked in their order.
async fn lock(
    connection: &mut AsyncPgConnection,
    series: &[Series],
    now: OffsetDateTime,
) -> QueryResult<Vec<(SeriesKey, Tally)>> {
    let mut rows: Vec<_> = series
        .iter()
        .map(|it| FailureRow { key: common::key(&it.key), count: 0, last_at: moment(now) })
        .collect();
    rows.sort_unstable_by(|one, other| one.key.cmp(&other.key));
    let locked: Vec<FailureRow> = diesel::insert_into(failures::table)
        .values(rows)
        .on_conflict(failures::key)
        .do_update()
        .set(failures::count.eq(failures::count))
        .returning(FailureRow::as_returning())
        .get_results(connection)
        .await?;
    locked.into_iter().map(FailureRow::tally).collect()
}

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = failures, check_for_backend(Pg))]
pub(crate) struct FailureRow {
    key: Vec<u8>,
    count: i32,
    last_at: OffsetDateTime,
}

impl FailureRow {
    pub(crate) fn tally(self) -> QueryResult<(SeriesKey, Tally)> {
        common::stored(self.key, self.count, self.last_at)
    }
}
