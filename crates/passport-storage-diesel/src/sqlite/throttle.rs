use std::time::Duration;

use async_trait::async_trait;
use diesel::{
    dsl::{Eq, Filter, count_star, max, min},
    prelude::*,
};
use passport_throttle::{Charge, Decision, Hit, Refusal, ThrottleStore, ThrottleStoreError, Usage};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{
    Pool,
    count::count,
    hits::{FullCounts, InsertHit},
    schema::throttle_hits,
    values::{id, moment, span, stored_moment},
};
use crate::failure::Failure;

/// Hits in an SQLite file: a row for each hit and policy, and so exact sliding windows.
///
/// A hit is one write of the file's writer, two statements however many charges it has. One that only
/// checks reads what is committed and does not wait for the writer.
#[derive(Debug)]
pub(crate) struct SqliteThrottleStore(pub(crate) Pool);

#[async_trait]
impl ThrottleStore for SqliteThrottleStore {
    async fn hit(
        &self,
        charges: &[Charge],
        checked: &[Charge],
        now: OffsetDateTime,
    ) -> Result<Decision, ThrottleStoreError> {
        let hit = Hit { id: Uuid::new_v4(), charges: charges.to_vec() };
        let (all, now) = ([charges, checked].concat(), moment(now));
        if all.is_empty() {
            return Ok(Decision::Allowed(hit));
        }
        if charges.is_empty() {
            let full = self.0.load(FullCounts::of(&all, now)).await;
            let full: Vec<_> = full.map_err(ThrottleStoreError::new)?;
            let refusal = refusal(&all, &full, now);
            return Ok(refusal.map_or(Decision::Allowed(hit), Decision::Refused));
        }
        let count_hit = move |connection: &mut SqliteConnection| {
            if let Some(refusal) = refusal_of(connection, &all, now)? {
                return Ok(Decision::Refused(refusal));
            }
            count(connection, InsertHit::new(hit.clone(), now))?;
            Ok(Decision::Allowed(hit))
        };
        self.0.write_once(count_hit).await.map_err(ThrottleStoreError::new)
    }

    async fn refund(&self, hit: &Hit) -> Result<(), ThrottleStoreError> {
        let hit = hit.clone();
        if hit.charges.is_empty() {
            return Ok(());
        }
        let refund = move |connection: &mut SqliteConnection| {
            for charge in &hit.charges {
                let own = hits_of(charge).filter(throttle_hits::hit.eq(id(hit.id)));
                count(connection, diesel::delete(own))?;
            }
            Ok(())
        };
        self.0.write(refund).await.map_err(ThrottleStoreError::new)
    }

    async fn usage(
        &self,
        charges: &[Charge],
        now: OffsetDateTime,
    ) -> Result<Vec<Usage>, ThrottleStoreError> {
        let mut usages = Vec::with_capacity(charges.len());
        for charge in charges {
            usages.push(self.usage_of(charge, now).await.map_err(ThrottleStoreError::new)?);
        }
        Ok(usages)
    }

    async fn clear(&self, charges: &[Charge]) -> Result<(), ThrottleStoreError> {
        let charges = charges.to_vec();
        if charges.is_empty() {
            return Ok(());
        }
        let clear = move |connection: &mut SqliteConnection| {
            for charge in &charges {
                count(connection, diesel::delete(hits_of(charge)))?;
            }
            Ok(())
        };
        self.0.write(clear).await.map_err(ThrottleStoreError::new)
    }
}

impl SqliteThrottleStore {
    async fn usage_of(&self, charge: &Charge, now: OffsetDateTime) -> Result<Usage, Failure> {
        let (window, at) = (span(charge.quota.window()), moment(now));
        let hits = hits_of(charge)
            .filter(throttle_hits::at.gt(at.saturating_sub(window)))
            .filter(throttle_hits::at.lt(at.saturating_add(window)))
            .select((count_star(), min(throttle_hits::at), max(throttle_hits::at)));
        let rows: Vec<(i64, Option<i64>, Option<i64>)> = self.0.load(hits).await?;
        let Some(&(used, Some(oldest), Some(newest))) = rows.first() else {
            return Ok(Usage::NONE);
        };
        let [oldest, newest] = [stored_moment(oldest)?, stored_moment(newest)?];
        let used = u32::try_from(used).unwrap_or(u32::MAX);
        Ok(Usage::of(used, oldest, newest, charge.quota, now))
    }
}

/// All hits of the count of `charge`.
fn hits_of(charge: &Charge) -> HitsOf {
    throttle_hits::table
        .filter(throttle_hits::subject.eq(charge.subject.as_bytes().to_vec()))
        .filter(throttle_hits::policy.eq(charge.policy.as_str()))
}

type HitsOf = Filter<
    Filter<throttle_hits::table, Eq<throttle_hits::subject, Vec<u8>>>,
    Eq<throttle_hits::policy, &'static str>,
>;

/// Refusal of a hit on `charges` at `now`, if one of them has no room.
pub(super) fn refusal_of(
    connection: &mut SqliteConnection,
    charges: &[Charge],
    now: i64,
) -> QueryResult<Option<Refusal>> {
    let full: Vec<_> = FullCounts::of(charges, now).load(connection)?;
    Ok(refusal(charges, &full, now))
}

/// Refusal of the charge with the longest wait, if any of them has to wait. `full` holds, for each
/// charge without room, its index and the moment of the hit that has to leave the window first.
fn refusal(charges: &[Charge], full: &[(i32, i64)], now: i64) -> Option<Refusal> {
    let refusals = full.iter().filter_map(|&(index, at)| {
        let charge = charges.get(usize::try_from(index).ok()?)?;
        let window = span(charge.quota.window());
        // A hit is in the future if the clock was set back. Its wait is the window at most.
        let wait = at.saturating_add(window).saturating_sub(now).min(window);
        Some(Refusal::of(charge, Duration::from_micros(u64::try_from(wait).ok()?)))
    });
    refusals.max_by_key(|refusal| refusal.retry_after)
}
