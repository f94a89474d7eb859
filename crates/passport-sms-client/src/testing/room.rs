use std::sync::Arc;
use std::time::Duration;

use time::OffsetDateTime;
use uuid::Uuid;

use crate::client::{Delivery, Receipt};
use crate::message::{Prefix, Recipient};
use crate::outbox::{
    AttemptStatus, Claimed, End, Entry, Idle, Lease, LeaseCheck, Opened, Outbox, ReceiptEffect,
    SealedMessage,
};
use crate::testing::NOW;

/// Duration of a lease.
pub(super) const HOLD: Duration = Duration::from_secs(30);
/// Life of a message.
pub(super) const LIFE: Duration = Duration::from_mins(5);

/// A lease with a new token.
pub(super) fn lease(now: OffsetDateTime) -> Lease {
    Lease { token: Uuid::new_v4(), until: now + HOLD }
}

/// An opened message, and its lease.
#[derive(Debug, Clone)]
pub(super) struct Room {
    pub(super) outbox: Arc<dyn Outbox>,
    pub(super) lease: Lease,
    entry: Entry,
}

impl Room {
    pub(super) async fn open(outbox: Arc<dyn Outbox>, now: OffsetDateTime) -> Self {
        Self::open_to(outbox, "+8613800138000", now).await
    }

    pub(super) async fn open_to(outbox: Arc<dyn Outbox>, to: &str, now: OffsetDateTime) -> Self {
        Self::open_with(None, outbox, to, now).await
    }

    /// A message that is opened together with its first attempt.
    pub(super) async fn opened_at(
        gateway: &str,
        outbox: Arc<dyn Outbox>,
        now: OffsetDateTime,
    ) -> Self {
        Self::open_with(Some(gateway), outbox, "+8613800138000", now).await
    }

    async fn open_with(
        first: Option<&str>,
        outbox: Arc<dyn Outbox>,
        to: &str,
        now: OffsetDateTime,
    ) -> Self {
        let room = Self { outbox, lease: lease(now), entry: new_entry(to, now) };
        let opened = room.outbox.open(&room.entry, room.lease, first, now).await;
        assert_eq!(opened.expect("outbox answers"), Opened::New);
        room
    }

    /// A message that `gateway` accepted under that id.
    pub(super) async fn accepted(
        outbox: Arc<dyn Outbox>,
        gateway: &str,
        provider_id: &str,
    ) -> Self {
        let room = Self::open(outbox, NOW).await;
        assert_eq!(room.begin(gateway, NOW).await, LeaseCheck::Held);
        room.end(gateway, AttemptStatus::Accepted, Some(provider_id)).await;
        room
    }

    pub(super) fn entry(&self) -> &Entry {
        &self.entry
    }

    /// Begins at `now`, with the original duration of the lease.
    pub(super) async fn begin(&self, gateway: &str, now: OffsetDateTime) -> LeaseCheck {
        let lease = Lease { until: now + HOLD, ..self.lease };
        self.outbox.begin(self.entry.id, lease, gateway, now).await.expect("outbox answers")
    }

    pub(super) async fn end(
        &self,
        gateway: &str,
        status: AttemptStatus,
        provider_id: Option<&str>,
    ) {
        let (id, token) = (self.entry.id, self.lease.token);
        let ended = self.outbox.end(id, token, End { gateway, status, provider_id }).await;
        assert_eq!(ended.expect("outbox answers"), LeaseCheck::Held);
    }

    pub(super) async fn settle(&self) -> LeaseCheck {
        self.settle_with(None).await
    }

    pub(super) async fn settle_with(&self, last: Option<End<'_>>) -> LeaseCheck {
        let (id, token) = (self.entry.id, self.lease.token);
        self.outbox.settle(id, token, last, NOW).await.expect("outbox answers")
    }

    /// The messages that another process claims at `now`.
    pub(super) async fn claim(&self, now: OffsetDateTime) -> Vec<Claimed> {
        self.outbox.claim(Idle::Abandoned, lease(now), now, 10).await.expect("outbox answers")
    }

    pub(super) async fn defer(&self, due: OffsetDateTime) -> LeaseCheck {
        self.defer_with(None, due).await
    }

    pub(super) async fn defer_with(
        &self,
        last: Option<End<'_>>,
        due: OffsetDateTime,
    ) -> LeaseCheck {
        let (id, token) = (self.entry.id, self.lease.token);
        self.outbox.defer(id, token, last, due).await.expect("outbox answers")
    }

    /// The deferred messages that a process claims at `now`.
    pub(super) async fn due(&self, now: OffsetDateTime) -> Vec<Claimed> {
        self.outbox.claim(Idle::Due, lease(now), now, 10).await.expect("outbox answers")
    }

    /// Whether the receipt is new.
    pub(super) async fn receipt(
        &self,
        gateway: &str,
        provider_id: &str,
        delivery: Delivery,
    ) -> bool {
        self.coded_receipt(gateway, provider_id, delivery, "").await
    }

    pub(super) async fn coded_receipt(
        &self,
        gateway: &str,
        provider_id: &str,
        delivery: Delivery,
        code: &str,
    ) -> bool {
        let receipt = Receipt::new(provider_id, delivery, code);
        let noted = self.outbox.receipt(gateway, &receipt, NOW).await;
        noted.expect("outbox answers") == ReceiptEffect::News
    }

    /// The effect of a receipt of failure.
    pub(super) async fn noted(
        &self,
        gateway: &str,
        provider_id: &str,
        now: OffsetDateTime,
    ) -> ReceiptEffect {
        let receipt = Receipt::new(provider_id, Delivery::Undelivered, "");
        self.outbox.receipt(gateway, &receipt, now).await.expect("outbox answers")
    }
}

pub(super) fn new_entry(to: &str, now: OffsetDateTime) -> Entry {
    let id = Uuid::new_v4();
    let to: Recipient = to.parse().expect("valid phone number");
    Entry {
        id,
        sealed: SealedMessage::from_bytes(id.as_bytes().repeat(5)),
        country: Prefix::country_of(&to),
        carrier: Prefix::carrier_of(&to),
        expires_at: now + LIFE,
    }
}
