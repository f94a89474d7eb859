//! The race clauses catch an outbox that reads and then writes.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use passport_sms_client::{
    Attempt, Claimed, Delivery, End, Entry, Figure, Idle, Lease, LeaseCheck, Opened, Outbox,
    OutboxError, Receipt, ReceiptEffect, Untried, testing,
};
use time::OffsetDateTime;
use tokio::sync::Mutex;
use tokio::time::sleep;
use uuid::Uuid;

/// Correct, except that other tasks run between reading and writing.
#[derive(Debug, Default)]
struct RacyOutbox(Mutex<HashMap<Uuid, Record>>);

type Record = (Entry, Lease, Vec<Attempt>);

const TURN: Duration = Duration::from_millis(1);

#[async_trait]
impl Outbox for RacyOutbox {
    async fn open(
        &self,
        entry: &Entry,
        lease: Lease,
        first: Option<&str>,
        now: OffsetDateTime,
    ) -> Result<Opened, OutboxError> {
        if self.0.lock().await.contains_key(&entry.id) {
            return Ok(Opened::Known);
        }
        sleep(TURN).await;
        let attempts = first.map(|gateway| Attempt::new(gateway, now)).into_iter().collect();
        self.0.lock().await.insert(entry.id, (entry.clone(), lease, attempts));
        Ok(Opened::New)
    }

    async fn begin(
        &self,
        id: Uuid,
        lease: Lease,
        gateway: &str,
        now: OffsetDateTime,
    ) -> Result<LeaseCheck, OutboxError> {
        if self.0.lock().await.get(&id).is_none_or(|(_, held, _)| held.token != lease.token) {
            return Ok(LeaseCheck::Lost);
        }
        sleep(TURN).await;
        let mut records = self.0.lock().await;
        if let Some((_, held, attempts)) = records.get_mut(&id) {
            if held.token == lease.token {
                held.until = lease.until;
            }
            attempts.push(Attempt::new(gateway, now));
        }
        Ok(LeaseCheck::Held)
    }

    async fn defer(
        &self,
        id: Uuid,
        token: Uuid,
        _: Option<End<'_>>,
        due: OffsetDateTime,
    ) -> Result<LeaseCheck, OutboxError> {
        let mut records = self.0.lock().await;
        let (_, held, _) = records.get_mut(&id).expect("the clauses defer what they opened");
        assert_eq!(held.token, token, "the clauses defer what they hold");
        *held = Lease { token: Uuid::nil(), until: due };
        Ok(LeaseCheck::Held)
    }

    async fn claim(
        &self,
        idle: Idle,
        lease: Lease,
        now: OffsetDateTime,
        limit: usize,
    ) -> Result<Vec<Claimed>, OutboxError> {
        let abandoned: Vec<_> = {
            let records = self.0.lock().await;
            let open = records.values().filter(|(entry, held, _)| {
                held.token.is_nil() == (idle == Idle::Due)
                    && held.until <= now
                    && now < entry.expires_at
            });
            open.take(limit).cloned().collect()
        };
        sleep(TURN).await;
        let mut records = self.0.lock().await;
        let claimed = abandoned.into_iter().map(|(entry, _, attempts)| {
            let Entry { id, sealed, expires_at, .. } = entry;
            if let Some((_, held, _)) = records.get_mut(&id) {
                *held = lease;
            }
            Claimed { id, sealed, expires_at, attempts }
        });
        Ok(claimed.collect())
    }

    async fn end(&self, _: Uuid, _: Uuid, _: End<'_>) -> Result<LeaseCheck, OutboxError> {
        unreachable!("the clauses do not end")
    }

    async fn settle(
        &self,
        _: Uuid,
        _: Uuid,
        _: Option<End<'_>>,
        _: OffsetDateTime,
    ) -> Result<LeaseCheck, OutboxError> {
        unreachable!("the clauses do not settle")
    }

    async fn receipt(
        &self,
        _: &str,
        _: &Receipt,
        _: OffsetDateTime,
    ) -> Result<ReceiptEffect, OutboxError> {
        unreachable!("the clauses have no receipts")
    }

    async fn found(&self, _: Uuid, _: &str, _: Delivery, _: &str) -> Result<bool, OutboxError> {
        unreachable!("the clauses find nothing")
    }

    async fn redeemed(&self, _: Uuid) -> Result<bool, OutboxError> {
        unreachable!("the clauses redeem nothing")
    }

    async fn figures(
        &self,
        _: OffsetDateTime,
        _: OffsetDateTime,
    ) -> Result<Vec<Figure>, OutboxError> {
        unreachable!("the clauses count nothing")
    }

    async fn untried(
        &self,
        _: OffsetDateTime,
        _: OffsetDateTime,
    ) -> Result<Vec<Untried>, OutboxError> {
        unreachable!("the clauses count nothing")
    }

    async fn purge(&self, _: OffsetDateTime, _: OffsetDateTime) -> Result<u64, OutboxError> {
        unreachable!("the clauses purge nothing")
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_outbox_that_is_not_atomic_passes_the_other_clauses() {
    testing::a_leased_message_is_not_claimed(Arc::new(RacyOutbox::default())).await;
    testing::expired_messages_are_not_claimed(Arc::new(RacyOutbox::default())).await;
    testing::begin_renews_the_lease(Arc::new(RacyOutbox::default())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[should_panic(expected = "round")]
async fn a_message_is_opened_once_fails_on_an_outbox_that_is_not_atomic() {
    testing::a_message_is_opened_once(Arc::new(RacyOutbox::default())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[should_panic(expected = "round")]
async fn claim_is_exclusive_fails_on_an_outbox_that_is_not_atomic() {
    testing::claim_is_exclusive(Arc::new(RacyOutbox::default())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[should_panic(expected = "round")]
async fn a_due_message_is_claimed_once_fails_on_an_outbox_that_is_not_atomic() {
    testing::a_due_message_is_claimed_once(Arc::new(RacyOutbox::default())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[should_panic(expected = "round")]
async fn begin_and_claim_fails_on_an_outbox_that_is_not_atomic() {
    testing::begin_and_claim_exclude_each_other(Arc::new(RacyOutbox::default())).await;
}
