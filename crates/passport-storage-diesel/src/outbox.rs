//! Queries about outgoing messages, written once and expanded for each database.

use async_trait::async_trait;
use diesel::{
    dsl::{count_star, exists, not},
    prelude::*,
    query_builder::{QueryFragment, QueryId},
    query_dsl::methods,
};
use futures::{FutureExt, future::BoxFuture};
use passport_sms_client::{
    AttemptStatus, Bill, Billed, Claimed, Cost, Delivery, End, Entry, Figure, Idle, Lease,
    LeaseCheck, Opened, Outbox, OutboxError, RECEIPT_WINDOW, Receipt, ReceiptEffect, Untried, Way,
    Which,
};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::failure::Failure;

pub(crate) use stored::{delivery, standing};

use self::{
    attempts::attempts,
    figures::{fold, fold_untried},
    stored::{DEFERRED, IN_DOUBT, MAY_ARRIVE, MAY_BE_TRIED, PURGE_BATCH, lease_check, rank},
};

mod attempts;
mod bills;
mod figures;
mod stored;
mod ways;

macro_rules! outbox {
    ($outbox:ident, $backend:ident) => {
        #[derive(Debug)]
        pub(crate) struct $outbox(pub(crate) crate::$backend::Pool);

        const _: () = {
            use crate::$backend::{
                AttemptRow, Backend, MessageRow,
                schema::{outbox_attempts, outbox_messages},
                values,
            };

            attempts!();

            #[async_trait]
            impl Outbox for $outbox {
                /// The primary key decides; nothing is read beforehand.
                async fn open(
                    &self,
                    entry: &Entry,
                    lease: Lease,
                    first: Option<&str>,
                    now: OffsetDateTime,
                ) -> Result<Opened, OutboxError> {
                    let message = diesel::insert_into(outbox_messages::table)
                        .values(MessageRow::new(entry, lease))
                        .on_conflict(outbox_messages::id)
                        .do_nothing();
                    let opened = match first {
                        None => self.0.execute(message).await,
                        Some(gateway) => {
                            let attempt = begun(entry.id, lease.token, gateway, now);
                            self.0.execute_then(message, attempt).await
                        }
                    };
                    match opened.map_err(OutboxError::from)? {
                        0 => Ok(Opened::Known),
                        _ => Ok(Opened::New),
                    }
                }

                /// Writes the attempt, and proves that the lease is held. A claim before the proof
                /// makes it fail; a claim after it reads the attempt.
                async fn begin(
                    &self,
                    id: Uuid,
                    lease: Lease,
                    gateway: &str,
                    now: OffsetDateTime,
                ) -> Result<LeaseCheck, OutboxError> {
                    let attempt = begun_under_lease(id, lease.token, gateway, now);
                    let proof = diesel::update(outbox_messages::table)
                        .filter(outbox_messages::id.eq(values::id(id)))
                        .filter(outbox_messages::lease.eq(values::id(lease.token)))
                        .filter(outbox_messages::settled_at.is_null())
                        .set(outbox_messages::leased_until.eq(values::moment(lease.until)));
                    let held = self.0.execute_both(attempt, proof).await;
                    held.map(lease_check).map_err(OutboxError::from)
                }

                async fn end(
                    &self,
                    id: Uuid,
                    token: Uuid,
                    end: End<'_>,
                ) -> Result<LeaseCheck, OutboxError> {
                    let ended = self.0.execute(ended(id, token, end)).await;
                    ended.map(lease_check).map_err(OutboxError::from)
                }

                async fn settle(
                    &self,
                    id: Uuid,
                    token: Uuid,
                    last: Option<End<'_>>,
                    now: OffsetDateTime,
                ) -> Result<LeaseCheck, OutboxError> {
                    let settle = diesel::update(outbox_messages::table)
                        .filter(outbox_messages::id.eq(values::id(id)))
                        .filter(outbox_messages::lease.eq(values::id(token)))
                        .filter(outbox_messages::settled_at.is_null())
                        .set((
                            outbox_messages::settled_at.eq(values::moment(now)),
                            outbox_messages::sealed.eq(None::<Vec<u8>>),
                        ));
                    let settled = match last {
                        None => self.0.execute(settle).await,
                        Some(end) => self.0.execute_both(ended(id, token, end), settle).await,
                    };
                    settled.map(lease_check).map_err(OutboxError::from)
                }

                async fn defer(
                    &self,
                    id: Uuid,
                    token: Uuid,
                    last: Option<End<'_>>,
                    due: OffsetDateTime,
                ) -> Result<LeaseCheck, OutboxError> {
                    let defer = diesel::update(outbox_messages::table)
                        .filter(outbox_messages::id.eq(values::id(id)))
                        .filter(outbox_messages::lease.eq(values::id(token)))
                        .filter(outbox_messages::settled_at.is_null())
                        .set((
                            outbox_messages::lease.eq(values::id(DEFERRED)),
                            outbox_messages::leased_until.eq(values::moment(due)),
                        ));
                    let deferred = match last {
                        None => self.0.execute(defer).await,
                        Some(end) => self.0.execute_both(ended(id, token, end), defer).await,
                    };
                    deferred.map(lease_check).map_err(OutboxError::from)
                }

                /// Claims message by message, each by one conditional update, so exactly one of concurrent
                /// callers changes a row. After a failure some messages may be claimed.
                async fn claim(
                    &self,
                    idle: Idle,
                    lease: Lease,
                    now: OffsetDateTime,
                    limit: usize,
                ) -> Result<Vec<Claimed>, OutboxError> {
                    let open = || {
                        let is_deferred = outbox_messages::lease.eq(values::id(DEFERRED));
                        outbox_messages::table
                            .filter(outbox_messages::settled_at.is_null())
                            .filter(is_deferred.eq(idle == Idle::Due))
                            .filter(outbox_messages::leased_until.le(values::moment(now)))
                            .filter(outbox_messages::expires_at.gt(values::moment(now)))
                    };
                    let list = open()
                        .order((outbox_messages::leased_until.asc(), outbox_messages::id.asc()))
                        .limit(i64::try_from(limit).unwrap_or(i64::MAX))
                        .select(outbox_messages::id);
                    let mut claimed = Vec::new();
                    for id in self.0.load(list).await.map_err(OutboxError::from)? {
                        let id: values::Id = id;
                        let take = diesel::update(
                            open().filter(outbox_messages::id.eq(id.clone())),
                        )
                        .set((
                            outbox_messages::lease.eq(values::id(lease.token)),
                            outbox_messages::leased_until.eq(values::moment(lease.until)),
                        ));
                        if self.0.execute(take).await.map_err(OutboxError::unknown)? == 0 {
                            continue;
                        }
                        let message = outbox_messages::table
                            .filter(outbox_messages::id.eq(id.clone()))
                            .select(MessageRow::as_select());
                        let attempts = outbox_attempts::table
                            .filter(outbox_attempts::message.eq(id))
                            .order((
                                outbox_attempts::began_at.asc(),
                                outbox_attempts::gateway.asc(),
                            ))
                            .select(AttemptRow::as_select());
                        let mut message =
                            self.0.load(message).await.map_err(OutboxError::unknown)?;
                        let attempts = self.0.load(attempts).await.map_err(OutboxError::unknown)?;
                        if let Some(message) = message.pop() {
                            let it: Result<Claimed, Failure> =
                                MessageRow::claimed(message, attempts);
                            claimed.push(it.map_err(OutboxError::unknown)?);
                        }
                    }
                    Ok(claimed)
                }

                /// Reads both conditions in one snapshot before the update: an attempt that ends
                /// after it is still in doubt in it, and one that ended before is updated.
                async fn receipt(
                    &self,
                    gateway: &str,
                    receipt: &Receipt,
                    now: OffsetDateTime,
                ) -> Result<ReceiptEffect, OutboxError> {
                    let named = || {
                        outbox_attempts::table
                            .filter(outbox_attempts::provider_id.eq(receipt.provider_id.clone()))
                            .filter(outbox_attempts::gateway.eq(gateway.to_owned()))
                            .filter(outbox_attempts::standing.eq(AttemptStatus::Accepted.as_str()))
                            .filter(
                                outbox_attempts::began_at.gt(values::moment(now - RECEIPT_WINDOW)),
                            )
                    };
                    let in_hand = outbox_messages::table
                        .inner_join(outbox_attempts::table)
                        .filter(outbox_messages::settled_at.is_null())
                        .filter(outbox_messages::lease.ne(values::id(DEFERRED)))
                        .filter(outbox_messages::leased_until.gt(values::moment(now)))
                        .filter(outbox_attempts::gateway.eq(gateway.to_owned()))
                        .filter(outbox_attempts::standing.eq(AttemptStatus::InDoubt.as_str()))
                        .filter(outbox_attempts::began_at.le(values::moment(now)));
                    let found = diesel::select((exists(named()), exists(in_hand)));
                    // Boxed, because otherwise the compiler does not see that the future is `Send`.
                    let found: BoxFuture<'_, Result<Vec<(bool, bool)>, Failure>> =
                        self.0.load(found).boxed();
                    let found = found.await.map_err(OutboxError::from)?;
                    match found.as_slice() {
                        [(true, _)] => {}
                        [(false, true)] => return Ok(ReceiptEffect::Early),
                        _ => return Ok(ReceiptEffect::Stray),
                    }
                    let delivery = rank(receipt.delivery);
                    let news = || named().filter(outbox_attempts::delivery.lt(delivery));
                    let note = diesel::update(news()).set((
                        outbox_attempts::delivery.eq(delivery),
                        outbox_attempts::code.eq(receipt.code.clone()),
                    ));
                    let changed = if receipt.delivery == Delivery::Undelivered {
                        let earliest = values::moment(OffsetDateTime::UNIX_EPOCH);
                        let messages = news().select(outbox_attempts::message);
                        let wake = diesel::update(outbox_messages::table)
                            .filter(outbox_messages::id.eq_any(messages))
                            .filter(outbox_messages::settled_at.is_null())
                            .filter(outbox_messages::lease.eq(values::id(DEFERRED)))
                            .set(outbox_messages::leased_until.eq(earliest));
                        self.0.execute_both(wake, note).await
                    } else {
                        self.0.execute(note).await
                    };
                    match changed.map_err(OutboxError::from)? {
                        0 => Ok(ReceiptEffect::Known),
                        _ => Ok(ReceiptEffect::News),
                    }
                }

                async fn found(
                    &self,
                    id: Uuid,
                    gateway: &str,
                    delivery: Delivery,
                    code: &str,
                ) -> Result<bool, OutboxError> {
                    let query = diesel::update(outbox_attempts::table)
                        .filter(outbox_attempts::message.eq(values::id(id)))
                        .filter(outbox_attempts::gateway.eq(gateway.to_owned()))
                        .filter(outbox_attempts::standing.eq(AttemptStatus::Accepted.as_str()))
                        .filter(outbox_attempts::delivery.lt(rank(delivery)))
                        .set((
                            outbox_attempts::delivery.eq(rank(delivery)),
                            outbox_attempts::code.eq(code.to_owned()),
                        ));
                    self.0.execute(query).await.map(|count| count > 0).map_err(OutboxError::from)
                }

                async fn billed(
                    &self,
                    attempt: Billed<'_>,
                    gateway: &str,
                    bill: Bill,
                ) -> Result<bool, OutboxError> {
                    self.bill(attempt, gateway, bill).await.map_err(OutboxError::from)
                }

                async fn costs(
                    &self,
                    from: OffsetDateTime,
                    to: OffsetDateTime,
                ) -> Result<Vec<Cost>, OutboxError> {
                    self.sum(from, to).await.map_err(OutboxError::from)
                }

                async fn ways(&self, which: Which<'_>) -> Result<Vec<Way>, OutboxError> {
                    self.ways_of(which).await.map_err(OutboxError::from)
                }

                async fn redeemed(&self, id: Uuid) -> Result<bool, OutboxError> {
                    let query = diesel::update(outbox_attempts::table)
                        .filter(outbox_attempts::message.eq(values::id(id)))
                        .filter(outbox_attempts::standing.eq_any(MAY_ARRIVE))
                        .filter(outbox_attempts::redeemed.eq(false))
                        .set(outbox_attempts::redeemed.eq(true));
                    self.0.execute(query).await.map(|count| count > 0).map_err(OutboxError::from)
                }

                async fn figures(
                    &self,
                    from: OffsetDateTime,
                    to: OffsetDateTime,
                ) -> Result<Vec<Figure>, OutboxError> {
                    let groups = (
                        outbox_attempts::gateway,
                        outbox_messages::country,
                        outbox_messages::carrier,
                        outbox_attempts::standing,
                        outbox_attempts::delivery,
                        outbox_attempts::redeemed,
                    );
                    let query = outbox_attempts::table
                        .inner_join(outbox_messages::table)
                        .filter(outbox_attempts::began_at.ge(values::moment(from)))
                        .filter(outbox_attempts::began_at.lt(values::moment(to)))
                        .group_by(groups)
                        .select((groups, count_star()));
                    let rows = self.0.load(query).await.map_err(OutboxError::from)?;
                    fold(rows).map_err(OutboxError::from)
                }

                async fn untried(
                    &self,
                    from: OffsetDateTime,
                    to: OffsetDateTime,
                ) -> Result<Vec<Untried>, OutboxError> {
                    let places = (outbox_messages::country, outbox_messages::carrier);
                    let attempts = outbox_attempts::table
                        .filter(outbox_attempts::message.eq(outbox_messages::id));
                    let query = outbox_messages::table
                        .filter(outbox_messages::settled_at.ge(values::moment(from)))
                        .filter(outbox_messages::settled_at.lt(values::moment(to)))
                        .filter(not(exists(attempts)))
                        .group_by(places)
                        .select((places, count_star()));
                    let rows = self.0.load(query).await.map_err(OutboxError::from)?;
                    fold_untried(rows).map_err(OutboxError::from)
                }

                /// A settled message has no content any more, so only open ones are searched.
                async fn purge(
                    &self,
                    now: OffsetDateTime,
                    forget_before: OffsetDateTime,
                ) -> Result<u64, OutboxError> {
                    let (now, forget_before) = (values::moment(now), values::moment(forget_before));
                    let over = diesel::alias!(outbox_messages as over);
                    loop {
                        let batch = over
                            .filter(over.field(outbox_messages::settled_at).is_null())
                            .filter(over.field(outbox_messages::expires_at).le(now.clone()))
                            .filter(over.field(outbox_messages::sealed).is_not_null())
                            .select(over.field(outbox_messages::id))
                            .limit(PURGE_BATCH);
                        let wipe = diesel::update(outbox_messages::table)
                            .filter(outbox_messages::id.eq_any(batch))
                            .set(outbox_messages::sealed.eq(None::<Vec<u8>>));
                        if self.0.execute(wipe).await.map_err(OutboxError::unknown)? == 0 {
                            break;
                        }
                    }
                    let mut forgotten = 0;
                    loop {
                        let batch = over
                            .filter(over.field(outbox_messages::expires_at).lt(forget_before))
                            .select(over.field(outbox_messages::id))
                            .limit(PURGE_BATCH);
                        let forget = diesel::delete(outbox_messages::table)
                            .filter(outbox_messages::id.eq_any(batch));
                        match self.0.execute(forget).await.map_err(OutboxError::unknown)? {
                            0 => return Ok(forgotten),
                            count => forgotten += count as u64,
                        }
                    }
                }
            }
        };
    };
}

outbox!(PostgresOutbox, postgres);
outbox!(SqliteOutbox, sqlite);
