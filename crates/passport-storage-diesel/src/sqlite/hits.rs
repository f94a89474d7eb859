//! Statements about hits that diesel's builder cannot express. The text of each depends on the
//! number of charges only, so it is prepared once per connection and number.

use diesel::{
    QueryResult, RunQueryDsl, SqliteConnection,
    query_builder::{AstPass, Query, QueryFragment, QueryId},
    sql_types::{BigInt, Binary, Integer, Text},
    sqlite::Sqlite,
};
use passport_throttle::{Charge, Hit};

use super::values::span;

/// Finds the charges whose count is full. Loads a row for each, with the index of the charge and the
/// moment of the `limit`-th newest hit in its window.
///
/// A hit that lies a window or more in the future is ignored, because it was counted before the
/// clock was set back, and would refuse all others until that moment comes.
pub(super) struct FullCounts(Vec<Count>);

struct Count {
    charge: Charge,
    index: i32,
    after: i64,
    before: i64,
    newer_hits: i64,
}

impl FullCounts {
    /// Finds those of `charges` that are full at `now`.
    pub(super) fn of(charges: &[Charge], now: i64) -> Self {
        let count = |(index, charge): (i32, &Charge)| {
            let window = span(charge.quota.window());
            Count {
                charge: *charge,
                index,
                after: now.saturating_sub(window),
                before: now.saturating_add(window),
                newer_hits: i64::from(charge.quota.limit().get()) - 1,
            }
        };
        Self((0..).zip(charges).map(count).collect())
    }
}

impl Query for FullCounts {
    type SqlType = (Integer, BigInt);
}

impl RunQueryDsl<SqliteConnection> for FullCounts {}

impl QueryId for FullCounts {
    type QueryId = ();

    const HAS_STATIC_QUERY_ID: bool = false;
}

impl QueryFragment<Sqlite> for FullCounts {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        for (place, count) in self.0.iter().enumerate() {
            out.push_sql(if place > 0 {
                " UNION ALL SELECT * FROM (SELECT "
            } else {
                "SELECT * FROM (SELECT "
            });
            out.push_bind_param::<Integer, _>(&count.index)?;
            out.push_sql(", at FROM throttle_hits WHERE subject = ");
            out.push_bind_param::<Binary, _>(count.charge.subject.as_bytes().as_slice())?;
            out.push_sql(" AND policy = ");
            out.push_bind_param::<Text, _>(count.charge.policy.as_str())?;
            out.push_sql(" AND at > ");
            out.push_bind_param::<BigInt, _>(&count.after)?;
            out.push_sql(" AND at < ");
            out.push_bind_param::<BigInt, _>(&count.before)?;
            out.push_sql(" ORDER BY at DESC LIMIT 1 OFFSET ");
            out.push_bind_param::<BigInt, _>(&count.newer_hits)?;
            out.push_sql(")");
        }
        Ok(())
    }
}

/// Inserts a row for each charge of a hit. A count that two charges share is counted once.
pub(super) struct InsertHit {
    hit: Hit,
    at: i64,
    /// End of the window of each charge.
    ends: Vec<i64>,
}

impl InsertHit {
    /// Counts `hit` at the moment `at`.
    pub(super) fn new(hit: Hit, at: i64) -> Self {
        let end = |charge: &Charge| at.saturating_add(span(charge.quota.window()));
        Self { ends: hit.charges.iter().map(end).collect(), hit, at }
    }
}

impl QueryFragment<Sqlite> for InsertHit {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        out.push_sql(
            "INSERT OR IGNORE INTO throttle_hits (subject, policy, at, hit, expires_at) VALUES ",
        );
        for (place, (charge, end)) in self.hit.charges.iter().zip(&self.ends).enumerate() {
            out.push_sql(if place > 0 { ", (" } else { "(" });
            out.push_bind_param::<Binary, _>(charge.subject.as_bytes().as_slice())?;
            out.push_sql(", ");
            out.push_bind_param::<Text, _>(charge.policy.as_str())?;
            out.push_sql(", ");
            out.push_bind_param::<BigInt, _>(&self.at)?;
            out.push_sql(", ");
            out.push_bind_param::<Binary, _>(self.hit.id.as_bytes().as_slice())?;
            out.push_sql(", ");
            out.push_bind_param::<BigInt, _>(end)?;
            out.push_sql(")");
        }
        Ok(())
    }
}
