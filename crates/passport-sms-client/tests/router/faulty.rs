//! A record that fails at chosen steps.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use passport_sms_client::{
    Claimed, Delivery, End, Entry, Figure, Idle, Lease, LeaseCheck, Opened, Outbox, OutboxError,
    Receipt, ReceiptEffect, Untried,
};
use time::OffsetDateTime;
use tokio::time::sleep;
use uuid::Uuid;

/// Longer than the deadline of a message, and shorter than any lease.
pub(crate) const SLOWLY: Duration = Duration::from_millis(5_100);

/// Fails at some steps, before or after doing them, and otherwise acts like `within`.
#[derive(Debug)]
pub(crate) struct FaultyOutbox {
    within: Arc<dyn Outbox>,
    /// The steps that fail, and whether each is done nevertheless.
    fails: Vec<(Step, bool)>,
    was_opened: AtomicBool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    Open,
    /// The first opening.
    FirstOpen,
    /// The first opening, with the error that nothing was written.
    RefusedOpen,
    /// Opening: first with an unknown result, then with the error that nothing was written.
    OpenThenRefused,
    /// Opening, which if it is done is done after the answer.
    LateOpen,
    Begin,
    /// Beginning, which is done and takes longer than the deadline.
    SlowBegin,
    End,
    Settle,
}

impl FaultyOutbox {
    pub(crate) fn around(within: &Arc<dyn Outbox>, fails: Vec<(Step, bool)>) -> Arc<dyn Outbox> {
        Arc::new(Self { within: Arc::clone(within), fails, was_opened: AtomicBool::new(false) })
    }

    fn fails_at(&self, step: Step) -> Option<bool> {
        self.fails.iter().find(|(failing, _)| *failing == step).map(|(_, is_done)| *is_done)
    }

    /// Opens in the background, after the caller stopped waiting.
    fn open_later(&self, entry: &Entry, lease: Lease, first: Option<&str>, now: OffsetDateTime) {
        let (within, entry) = (Arc::clone(&self.within), entry.clone());
        let first = first.map(str::to_owned);
        tokio::spawn(async move {
            sleep(Duration::from_secs(1)).await;
            _ = within.open(&entry, lease, first.as_deref(), now).await;
        });
    }

    async fn step<T>(
        &self,
        step: Step,
        act: impl Future<Output = Result<T, OutboxError>>,
    ) -> Result<T, OutboxError> {
        match self.fails_at(step) {
            None => return act.await,
            Some(false) => {}
            Some(true) => drop(act.await?),
        }
        match step {
            Step::RefusedOpen => Err(OutboxError::not_written("the disk is full")),
            _ => Err(OutboxError::unknown("the connection broke")),
        }
    }
}

#[async_trait]
impl Outbox for FaultyOutbox {
    async fn open(
        &self,
        entry: &Entry,
        lease: Lease,
        first: Option<&str>,
        now: OffsetDateTime,
    ) -> Result<Opened, OutboxError> {
        if first.is_some() && self.fails_at(Step::SlowBegin).is_some() {
            sleep(SLOWLY).await;
        }
        let is_again = self.was_opened.swap(true, Ordering::Relaxed);
        let step = match (self.fails_at(Step::LateOpen), self.fails_at(Step::FirstOpen)) {
            (Some(is_done), _) => {
                if is_done {
                    self.open_later(entry, lease, first, now);
                }
                return Err(OutboxError::unknown("the answer took too long"));
            }
            (None, Some(_)) if !is_again => Step::FirstOpen,
            (None, _) if !is_again && self.fails_at(Step::RefusedOpen).is_some() => {
                Step::RefusedOpen
            }
            (None, _) if self.fails_at(Step::OpenThenRefused).is_some() => {
                if is_again {
                    return Err(OutboxError::not_written("the database cannot be reached"));
                }
                Step::OpenThenRefused
            }
            (None, _) => Step::Open,
        };
        self.step(step, self.within.open(entry, lease, first, now)).await
    }

    async fn begin(
        &self,
        id: Uuid,
        lease: Lease,
        gateway: &str,
        now: OffsetDateTime,
    ) -> Result<LeaseCheck, OutboxError> {
        if self.fails_at(Step::SlowBegin).is_some() {
            sleep(SLOWLY).await;
        }
        self.step(Step::Begin, self.within.begin(id, lease, gateway, now)).await
    }

    async fn end(&self, id: Uuid, token: Uuid, end: End<'_>) -> Result<LeaseCheck, OutboxError> {
        self.step(Step::End, self.within.end(id, token, end)).await
    }

    async fn settle(
        &self,
        id: Uuid,
        token: Uuid,
        last: Option<End<'_>>,
        at: OffsetDateTime,
    ) -> Result<LeaseCheck, OutboxError> {
        self.step(Step::Settle, self.within.settle(id, token, last, at)).await
    }

    async fn defer(
        &self,
        id: Uuid,
        token: Uuid,
        last: Option<End<'_>>,
        due: OffsetDateTime,
    ) -> Result<LeaseCheck, OutboxError> {
        self.step(Step::Settle, self.within.defer(id, token, last, due)).await
    }

    async fn claim(
        &self,
        idle: Idle,
        lease: Lease,
        now: OffsetDateTime,
        limit: usize,
    ) -> Result<Vec<Claimed>, OutboxError> {
        self.within.claim(idle, lease, now, limit).await
    }

    async fn found(
        &self,
        id: Uuid,
        gateway: &str,
        delivery: Delivery,
        code: &str,
    ) -> Result<bool, OutboxError> {
        self.within.found(id, gateway, delivery, code).await
    }

    async fn receipt(
        &self,
        _: &str,
        _: &Receipt,
        _: OffsetDateTime,
    ) -> Result<ReceiptEffect, OutboxError> {
        unreachable!("the tests have no receipts")
    }

    async fn redeemed(&self, _: Uuid) -> Result<bool, OutboxError> {
        unreachable!("the tests redeem no codes")
    }

    async fn figures(
        &self,
        from: OffsetDateTime,
        to: OffsetDateTime,
    ) -> Result<Vec<Figure>, OutboxError> {
        self.within.figures(from, to).await
    }

    async fn untried(
        &self,
        from: OffsetDateTime,
        to: OffsetDateTime,
    ) -> Result<Vec<Untried>, OutboxError> {
        self.within.untried(from, to).await
    }

    async fn purge(&self, _: OffsetDateTime, _: OffsetDateTime) -> Result<u64, OutboxError> {
        unreachable!("the tests purge nothing")
    }
}
