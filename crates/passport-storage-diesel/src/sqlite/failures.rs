use diesel::{prelude::*, result::Error, sqlite::Sqlite, upsert::excluded};
use passport_throttle::{Attempt, Backoff, Counted, Permission, Series, SeriesKey, Tally};
use time::OffsetDateTime;

use super::{
    Pool,
    count::count,
    schema::failures,
    values::{moment, stored_moment},
};
use crate::{failure::Failure, failures as common};

/// Number of rows that a batch of the sweep deletes. Other writes get their turn between two batches.
const BATCH: i64 = 1_000;

impl Pool {
    /// Decides and counts in one write of the file's writer.
    pub(crate) async fn begin_attempt(
        &self,
        series: Vec<Series>,
        now: OffsetDateTime,
    ) -> Result<Permission, Failure> {
        let begin = move |connection: &mut SqliteConnection| {
            let permission = decide(connection, &series, now)?;
            if let Permission::Go(attempt) = &permission {
                count_attempt(connection, attempt)?;
            }
            Ok(permission)
        };
        self.write(begin).await
    }

    /// Ends a series. Most that are to end have no failures: that is read, and the writer is not asked.
    pub(crate) async fn end_series(&self, key: &SeriesKey) -> Result<(), Failure> {
        let own = failures::table.find(common::key(key)).select(failures::count);
        let found: Vec<i32> = self.load(own).await?;
        if !found.is_empty() {
            self.execute(diesel::delete(failures::table.find(common::key(key)))).await?;
        }
        Ok(())
    }

    /// Deletes series that are forgotten at `now`; returns their number.
    pub(crate) async fn sweep_failures(&self, now: OffsetDateTime) -> Result<u64, Failure> {
        let before = moment(now - Backoff::REMEMBERED);
        let mut swept = 0;
        loop {
            let batch = move |connection: &mut SqliteConnection| {
                let over = diesel::alias!(failures as over);
                let forgotten = over
                    .filter(over.field(failures::last_at).le(before))
                    .select(over.field(failures::key))
                    .limit(BATCH);
                let forgotten = failures::key.eq_any(forgotten);
                count(connection, diesel::delete(failures::table).filter(forgotten))
            };
            match self.write(batch).await? {
                0 => return Ok(swept),
                count => swept += count as u64,
            }
        }
    }
}

/// Decides about an attempt, as a part of a write.
pub(super) fn decide(
    connection: &mut SqliteConnection,
    series: &[Series],
    now: OffsetDateTime,
) -> QueryResult<Permission> {
    let mut tallies = Vec::with_capacity(series.len());
    for Series { key, .. } in series {
        let own = failures::table.find(common::key(key)).select(FailureRow::as_select());
        let row: Option<FailureRow> = own.first(connection).optional()?;
        tallies.extend(row.map(FailureRow::tally).transpose()?);
    }
    Ok(common::decide(series, &tallies, now))
}

/// Writes what an attempt has counted, as a part of a write.
pub(super) fn count_attempt(
    connection: &mut SqliteConnection,
    attempt: &Attempt,
) -> QueryResult<()> {
    for counted in &attempt.counted {
        let put = diesel::insert_into(failures::table)
            .values(FailureRow::from(counted))
            .on_conflict(failures::key)
            .do_update()
            .set((
                failures::count.eq(excluded(failures::count)),
                failures::last_at.eq(excluded(failures::last_at)),
            ));
        count(connection, put)?;
    }
    Ok(())
}

/// Ends a series, as a part of a write.
pub(super) fn end(connection: &mut SqliteConnection, key: &SeriesKey) -> QueryResult<()> {
    count(connection, diesel::delete(failures::table.find(common::key(key)))).map(drop)
}

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = failures, check_for_backend(Sqlite))]
pub(crate) struct FailureRow {
    key: Vec<u8>,
    count: i32,
    last_at: i64,
}

impl FailureRow {
    pub(crate) fn tally(self) -> QueryResult<(SeriesKey, Tally)> {
        let last = stored_moment(self.last_at)
            .map_err(|error| Error::DeserializationError(Box::new(error)))?;
        common::stored(self.key, self.count, last)
    }
}

impl From<&Counted> for FailureRow {
    fn from(counted: &Counted) -> Self {
        Self {
            key: common::key(&counted.key),
            count: common::count(counted.failures),
            last_at: moment(counted.at),
        }
    }
}
