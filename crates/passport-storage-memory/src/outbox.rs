use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use passport_sms_client::{
    AttemptStatus, Bill, Billed, Claimed, Cost, Costs, Delivery, End, Entry, Figure, Idle, Lease,
    LeaseCheck, Opened, Outbox, OutboxError, RECEIPT_WINDOW, Receipt, ReceiptEffect, SealedMessage,
    Untried, Way, Which,
};
use time::OffsetDateTime;
use uuid::Uuid;

use self::{
    record::{Record, Try},
    ways::{may_arrive, ways},
};

mod record;
mod ways;

/// Messages in the memory of this process. They are lost when it ends and are not resumed; receipts
/// and statistics work. Call [`purge`](Outbox::purge) from time to time, because until then every
/// message is kept.
#[derive(Debug, Default)]
pub struct MemoryOutbox(Mutex<HashMap<Uuid, Record>>);

/// Ends the `last` attempt; returns the record if the message is held under that lease.
fn close<'a>(
    records: &'a mut HashMap<Uuid, Record>,
    id: Uuid,
    token: Uuid,
    last: Option<End<'_>>,
) -> Option<&'a mut Record> {
    let record = records.get_mut(&id)?;
    if let Some(last) = last {
        record.end(token, last);
    }
    Some(record).filter(|record| record.is_held(token))
}

impl MemoryOutbox {
    fn records(&self) -> Result<MutexGuard<'_, HashMap<Uuid, Record>>, OutboxError> {
        self.0.lock().map_err(|_: PoisonError<_>| {
            OutboxError::not_written("a thread panicked while it held the lock of the outbox")
        })
    }
}

#[async_trait]
impl Outbox for MemoryOutbox {
    async fn open(
        &self,
        entry: &Entry,
        lease: Lease,
        first: Option<&str>,
        now: OffsetDateTime,
    ) -> Result<Opened, OutboxError> {
        let mut records = self.records()?;
        if records.contains_key(&entry.id) {
            return Ok(Opened::Known);
        }
        let first = first.map(|gateway| Try::new(gateway, lease.token, now));
        let tries = first.into_iter().collect();
        let record = Record { entry: entry.clone(), lease, settled_at: None, tries };
        records.insert(entry.id, record);
        Ok(Opened::New)
    }

    async fn begin(
        &self,
        id: Uuid,
        lease: Lease,
        gateway: &str,
        now: OffsetDateTime,
    ) -> Result<LeaseCheck, OutboxError> {
        let mut records = self.records()?;
        let Some(record) = records.get_mut(&id).filter(|it| it.is_held(lease.token)) else {
            return Ok(LeaseCheck::Lost);
        };
        record.lease = lease;
        match record.tries.iter_mut().find(|it| it.attempt.gateway == gateway) {
            Some(earlier) => match earlier.attempt.status {
                AttemptStatus::InDoubt | AttemptStatus::NotSent => {
                    earlier.attempt.status = AttemptStatus::InDoubt;
                    earlier.token = lease.token;
                }
                AttemptStatus::Refused | AttemptStatus::Barred | AttemptStatus::Accepted => {}
            },
            None => record.tries.push(Try::new(gateway, lease.token, now)),
        }
        Ok(LeaseCheck::Held)
    }

    async fn end(&self, id: Uuid, token: Uuid, end: End<'_>) -> Result<LeaseCheck, OutboxError> {
        let mut records = self.records()?;
        let is_ended = records.get_mut(&id).is_some_and(|record| record.end(token, end));
        Ok(if is_ended { LeaseCheck::Held } else { LeaseCheck::Lost })
    }

    async fn settle(
        &self,
        id: Uuid,
        token: Uuid,
        last: Option<End<'_>>,
        now: OffsetDateTime,
    ) -> Result<LeaseCheck, OutboxError> {
        let mut records = self.records()?;
        let Some(record) = close(&mut records, id, token, last) else {
            return Ok(LeaseCheck::Lost);
        };
        record.settled_at = Some(now);
        record.entry.sealed = SealedMessage::from_bytes([]);
        Ok(LeaseCheck::Held)
    }

    async fn defer(
        &self,
        id: Uuid,
        token: Uuid,
        last: Option<End<'_>>,
        due: OffsetDateTime,
    ) -> Result<LeaseCheck, OutboxError> {
        let mut records = self.records()?;
        let Some(record) = close(&mut records, id, token, last) else {
            return Ok(LeaseCheck::Lost);
        };
        record.lease = Lease { token: Uuid::nil(), until: due };
        Ok(LeaseCheck::Held)
    }

    async fn claim(
        &self,
        idle: Idle,
        lease: Lease,
        now: OffsetDateTime,
        limit: usize,
    ) -> Result<Vec<Claimed>, OutboxError> {
        let mut records = self.records()?;
        let mut open: Vec<_> =
            records.values_mut().filter(|record| record.is_idle(idle, now)).collect();
        open.sort_by_key(|record| (record.lease.until, record.entry.id));
        open.truncate(limit);
        let claimed = open.into_iter().map(|record| {
            record.lease = lease;
            Claimed {
                id: record.entry.id,
                sealed: record.entry.sealed.clone(),
                expires_at: record.entry.expires_at,
                attempts: record.tries.iter().map(|it| it.attempt.clone()).collect(),
            }
        });
        Ok(claimed.collect())
    }

    async fn receipt(
        &self,
        gateway: &str,
        receipt: &Receipt,
        now: OffsetDateTime,
    ) -> Result<ReceiptEffect, OutboxError> {
        let mut records = self.records()?;
        let mut noted = ReceiptEffect::Stray;
        for record in records.values_mut() {
            let is_deferred = record.is_deferred();
            if noted == ReceiptEffect::Stray && record.is_doubted(gateway, now) {
                noted = ReceiptEffect::Early;
            }
            for it in record.tries.iter_mut().filter(|it| {
                it.attempt.gateway == gateway
                    && it.attempt.status == AttemptStatus::Accepted
                    && it.provider_id.as_ref() == Some(&receipt.provider_id)
                    && now < it.attempt.began_at + RECEIPT_WINDOW
            }) {
                if noted != ReceiptEffect::News {
                    noted = ReceiptEffect::Known;
                }
                if it.came(receipt.delivery, &receipt.code) {
                    noted = ReceiptEffect::News;
                    if is_deferred && receipt.delivery == Delivery::Undelivered {
                        record.lease.until = OffsetDateTime::UNIX_EPOCH;
                    }
                }
            }
        }
        Ok(noted)
    }

    async fn found(
        &self,
        id: Uuid,
        gateway: &str,
        delivery: Delivery,
        code: &str,
    ) -> Result<bool, OutboxError> {
        let mut records = self.records()?;
        let mut tries = records.get_mut(&id).into_iter().flat_map(|record| &mut record.tries);
        let known = tries.find(|it| it.attempt.gateway == gateway);
        Ok(known.is_some_and(|it| it.came(delivery, code)))
    }

    async fn billed(
        &self,
        attempt: Billed<'_>,
        gateway: &str,
        bill: Bill,
    ) -> Result<bool, OutboxError> {
        let mut records = self.records()?;
        let mut is_known = false;
        for (id, record) in records.iter_mut() {
            for it in record.tries.iter_mut().filter(|it| {
                it.attempt.gateway == gateway && it.attempt.status == AttemptStatus::Accepted
            }) {
                let is_meant = match attempt {
                    Billed::Message(message) => *id == message,
                    Billed::ProviderId(known) => it.provider_id.as_deref() == Some(known),
                };
                if is_meant {
                    is_known = true;
                    let (price, parts) =
                        (bill.price.or(it.bill.price), bill.parts.or(it.bill.parts));
                    it.bill = Bill::UNKNOWN.with_price(price).with_parts(parts);
                }
            }
        }
        Ok(is_known)
    }

    async fn costs(
        &self,
        from: OffsetDateTime,
        to: OffsetDateTime,
    ) -> Result<Vec<Cost>, OutboxError> {
        let records = self.records()?;
        let mut costs = Costs::default();
        for Record { entry, tries, .. } in records.values() {
            for it in tries.iter().filter(|it| {
                it.attempt.status == AttemptStatus::Accepted
                    && (from..to).contains(&it.attempt.began_at)
            }) {
                costs.add(&it.attempt.gateway, entry.country, it.bill, 1);
            }
        }
        Ok(costs.into_sorted())
    }

    async fn ways(&self, which: Which<'_>) -> Result<Vec<Way>, OutboxError> {
        Ok(ways(self.records()?.iter(), which))
    }

    async fn redeemed(&self, id: Uuid) -> Result<bool, OutboxError> {
        let mut records = self.records()?;
        let tries = records.get_mut(&id).into_iter().flat_map(|record| &mut record.tries);
        let mut is_news = false;
        for it in tries.filter(|it| may_arrive(it.attempt.status) && !it.attempt.is_redeemed) {
            it.attempt.is_redeemed = true;
            is_news = true;
        }
        Ok(is_news)
    }

    async fn figures(
        &self,
        from: OffsetDateTime,
        to: OffsetDateTime,
    ) -> Result<Vec<Figure>, OutboxError> {
        let records = self.records()?;
        let mut figures = BTreeMap::new();
        for Record { entry, tries, .. } in records.values() {
            for it in tries.iter().filter(|it| (from..to).contains(&it.attempt.began_at)) {
                let gateway = &it.attempt.gateway;
                figures
                    .entry((gateway.clone(), entry.country, entry.carrier))
                    .or_insert_with(|| Figure::new(gateway, entry.country, entry.carrier))
                    .add(it.attempt.status, it.attempt.delivery, it.attempt.is_redeemed, 1);
            }
        }
        Ok(figures.into_values().collect())
    }

    async fn untried(
        &self,
        from: OffsetDateTime,
        to: OffsetDateTime,
    ) -> Result<Vec<Untried>, OutboxError> {
        let records = self.records()?;
        let mut counts = BTreeMap::new();
        for Record { entry, .. } in records.values().filter(|it| {
            it.tries.is_empty() && it.settled_at.is_some_and(|at| (from..to).contains(&at))
        }) {
            *counts.entry((entry.country, entry.carrier)).or_default() += 1;
        }
        let untried = |((country, carrier), count)| Untried { country, carrier, count };
        Ok(counts.into_iter().map(untried).collect())
    }

    async fn purge(
        &self,
        now: OffsetDateTime,
        forget_before: OffsetDateTime,
    ) -> Result<u64, OutboxError> {
        let mut records = self.records()?;
        let before = records.len();
        records.retain(|_, record| record.entry.expires_at >= forget_before);
        for record in records.values_mut().filter(|it| it.entry.expires_at <= now) {
            record.entry.sealed = SealedMessage::from_bytes([]);
        }
        Ok((before - records.len()) as u64)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use passport_sms_client::testing;

    use super::*;

    /// A poisoned lock is the only way to fail.
    #[tokio::test]
    async fn unwritten_messages_do_not_exist() {
        let outbox = Arc::new(MemoryOutbox::default());
        let panicking = Arc::clone(&outbox);
        let thread = std::thread::spawn(move || {
            let _guard = panicking.records();
            panic!("a thread that panics while it holds the outbox");
        });
        thread.join().expect_err("it panicked");
        let failing: Arc<dyn Outbox> = outbox.clone();
        testing::unwritten_messages_do_not_exist(Arc::clone(&failing), async || {
            outbox.0.clear_poison();
            failing
        })
        .await;
    }
}
