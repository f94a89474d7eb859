use std::error::Error;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use time::OffsetDateTime;
use tracing::error;
use uuid::Uuid;

use crate::bill::Bill;
use crate::outbox::{
    Attempt, AttemptStatus, Billed, End, Entry, Lease, LeaseCheck, Opened, Outbox, OutboxError,
};
use crate::outcome::{Cause, Outcome, SharedError};
use crate::router::journal::{Halt, Journal, Prior, PriorStatus};
use crate::router::verdict::Next;

/// Records every step of a message in the outbox, under a lease.
///
/// A message that its first gateway takes costs two writes: it is opened together with its first
/// attempt, and closed together with the end of its last one.
pub(super) struct Record<'a> {
    outbox: &'a dyn Outbox,
    id: Uuid,
    token: Uuid,
    /// Time for which each attempt renews the lease.
    hold: Duration,
    opening: Mutex<Opening>,
    /// The end of the attempt after which there is no other, until the message is closed.
    last: Mutex<Option<LastEnd>>,
    /// Whether the record lacks the end of an attempt.
    is_incomplete: AtomicBool,
}

/// Whether the message is recorded.
#[derive(Debug, Clone)]
enum Opening {
    /// Not yet.
    Due(Entry),
    /// Under the lease of this sender.
    Done,
    /// Another sender recorded it.
    Known,
    /// The outbox refused it: it is not recorded, and never will be.
    Refused(SharedError),
    /// It may be recorded, and is then resumed by another process.
    InDoubt(SharedError),
}

#[derive(Debug)]
struct LastEnd {
    gateway: String,
    status: AttemptStatus,
    provider_id: Option<String>,
    bill: Bill,
}

/// Way of closing a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Closing {
    /// The message is finished.
    Settle,
    /// The message is checked again at that moment.
    Defer(OffsetDateTime),
}

#[async_trait]
impl Journal for Record<'_> {
    async fn pause(&self, now: OffsetDateTime) {
        _ = self.open(None, now).await;
    }

    async fn begin(&self, gateway: &str, now: OffsetDateTime) -> Result<(), Halt> {
        if self.open(Some(gateway), now).await? {
            return Ok(());
        }
        let earlier = locked(&self.last).take();
        if let Some(earlier) = earlier {
            self.write_end(earlier.as_end()).await;
            self.billed(&earlier.gateway, earlier.bill).await;
        }
        match self.outbox.begin(self.id, self.lease(now), gateway, now).await {
            Ok(LeaseCheck::Held) => Ok(()),
            Ok(LeaseCheck::Lost) => Err(Halt::TakenOver),
            Err(error) => Err(Halt::Unrecorded(Arc::new(error))),
        }
    }

    async fn end(&self, gateway: &str, outcome: &Outcome) {
        let (provider_id, bill) = match outcome {
            Outcome::Accepted { provider_id, bill } => (provider_id.as_deref(), *bill),
            _ => (None, Bill::UNKNOWN),
        };
        let end = End { gateway, status: status(outcome), provider_id };
        if end.status.is_last() {
            *locked(&self.last) = Some(LastEnd::new(end, bill));
        } else {
            self.write_end(end).await;
        }
    }
}

impl<'a> Record<'a> {
    /// The record of a new message, which is opened before its first wait or attempt.
    pub(super) fn new(outbox: &'a dyn Outbox, entry: Entry, token: Uuid, hold: Duration) -> Self {
        let record = Self::of(outbox, entry.id, token, hold);
        Self { opening: Mutex::new(Opening::Due(entry)), ..record }
    }

    /// The record of a message that this sender has claimed.
    pub(super) fn of(outbox: &'a dyn Outbox, id: Uuid, token: Uuid, hold: Duration) -> Self {
        Self {
            outbox,
            id,
            token,
            hold,
            opening: Mutex::new(Opening::Done),
            last: Mutex::default(),
            is_incomplete: AtomicBool::new(false),
        }
    }

    /// Closes or defers the message, and returns the outcome that may be reported then. If the
    /// record fails, another process may still send the message, so it must not be reported as not
    /// sent.
    pub(super) async fn close(
        &self,
        closing: Closing,
        outcome: Outcome,
        now: OffsetDateTime,
    ) -> Outcome {
        // A message without any attempt is counted, so it is recorded too.
        match self.open(None, now).await {
            Ok(_) => {}
            Err(Halt::TakenOver) => return Outcome::Unknown(Cause::InProgress),
            Err(Halt::Unrecorded(error)) if self.is_refused() => {
                return Outcome::NotSent(Cause::Unrecorded(error));
            }
            Err(Halt::Unrecorded(error)) => return Outcome::Unknown(Cause::Unrecorded(error)),
        }
        let last_end = locked(&self.last).take();
        let last = last_end.as_ref().map(LastEnd::as_end);
        // A later check would mistake a sent message for one that may not have been sent.
        let is_incomplete = self.is_incomplete.load(Ordering::Relaxed);
        let closed = match closing {
            Closing::Defer(due) if !is_incomplete => {
                self.outbox.defer(self.id, self.token, last, due).await
            }
            Closing::Settle | Closing::Defer(_) => {
                self.outbox.settle(self.id, self.token, last, now).await
            }
        };
        if closed.is_err()
            && let Some(last) = last
        {
            // With the end of its attempt the message is closed by the next process, and without it
            // that process might send the message again.
            self.write_end(last).await;
        }
        if let Some(LastEnd { gateway, bill, .. }) = &last_end {
            self.billed(gateway, *bill).await;
        }
        let cause = match closed {
            Ok(LeaseCheck::Held) => return outcome,
            Ok(LeaseCheck::Lost) => Cause::InProgress,
            Err(error) => {
                self.warn_of(&error, "cannot record the end of a message");
                Cause::Unrecorded(Arc::new(error))
            }
        };
        if outcome.is_sent() { outcome } else { Outcome::Unknown(cause) }
    }

    /// Records what the gateway charges. A failure changes nothing else.
    pub(super) async fn billed(&self, gateway: &str, bill: Bill) {
        if bill.is_unknown() {
            return;
        }
        if let Err(error) = self.outbox.billed(Billed::Message(self.id), gateway, bill).await {
            self.warn_of(&error, "cannot record the price of a message");
        }
    }

    async fn write_end(&self, end: End<'_>) {
        match self.outbox.end(self.id, self.token, end).await {
            Ok(LeaseCheck::Held) => {}
            Ok(LeaseCheck::Lost) => self.is_incomplete.store(true, Ordering::Relaxed),
            Err(error) => {
                self.is_incomplete.store(true, Ordering::Relaxed);
                self.warn_of(&error, "cannot record the end of an attempt");
            }
        }
    }

    pub(super) fn warn_of(&self, error: &OutboxError, what: &str) {
        error!(id = %self.id, error = error as &dyn Error, "{what}");
    }

    /// Records the message if that is due, with its `first` attempt; returns whether that attempt
    /// has begun.
    async fn open(&self, first: Option<&str>, now: OffsetDateTime) -> Result<bool, Halt> {
        let opening = locked(&self.opening).clone();
        let Opening::Due(entry) = opening else { return opening.check() };
        let (opening, has_begun) = self.opened(&entry, first, now).await;
        let checked = opening.check();
        *locked(&self.opening) = opening;
        checked.map(|_| has_begun)
    }

    /// Records the message. If that leaves it unknown whether the message is or will be recorded,
    /// it is tried once more: a message is opened once, so under the same lease both calls are one.
    /// If another process opened it, the first step under this lease is lost. A second failure
    /// proves nothing about the first call.
    async fn opened(
        &self,
        entry: &Entry,
        first: Option<&str>,
        now: OffsetDateTime,
    ) -> (Opening, bool) {
        let open = || self.outbox.open(entry, self.lease(now), first, now);
        match open().await {
            Ok(Opened::New) => (Opening::Done, first.is_some()),
            Ok(Opened::Known) => (Opening::Known, false),
            Err(error @ OutboxError::NotWritten(_)) => (Opening::Refused(Arc::new(error)), false),
            Err(doubt @ OutboxError::Unknown(_)) => match open().await {
                Ok(Opened::New) => (Opening::Done, first.is_some()),
                Ok(Opened::Known) => (Opening::Done, false),
                Err(_) => (Opening::InDoubt(Arc::new(doubt)), false),
            },
        }
    }

    /// Whether it is certain that the message is not recorded.
    fn is_refused(&self) -> bool {
        matches!(&*locked(&self.opening), Opening::Refused(_))
    }

    fn lease(&self, now: OffsetDateTime) -> Lease {
        Lease { token: self.token, until: now + self.hold }
    }
}

impl Opening {
    /// Whether this sender may go on; `false`, because no attempt begins here.
    fn check(&self) -> Result<bool, Halt> {
        match self {
            Self::Due(_) | Self::Done => Ok(false),
            Self::Known => Err(Halt::TakenOver),
            Self::Refused(error) | Self::InDoubt(error) => Err(Halt::Unrecorded(Arc::clone(error))),
        }
    }
}

impl LastEnd {
    fn new(end: End<'_>, bill: Bill) -> Self {
        Self {
            gateway: end.gateway.to_owned(),
            status: end.status,
            provider_id: end.provider_id.map(str::to_owned),
            bill,
        }
    }

    fn as_end(&self) -> End<'_> {
        End {
            gateway: &self.gateway,
            status: self.status,
            provider_id: self.provider_id.as_deref(),
        }
    }
}

fn locked<T>(value: &Mutex<T>) -> MutexGuard<'_, T> {
    value.lock().unwrap_or_else(PoisonError::into_inner)
}

fn status(outcome: &Outcome) -> AttemptStatus {
    match Next::after(outcome) {
        _ if matches!(outcome, Outcome::NotSent(_)) => AttemptStatus::NotSent,
        Next::Done => AttemptStatus::Accepted,
        Next::Retry => AttemptStatus::NotSent,
        Next::Other => AttemptStatus::Refused,
        Next::Stop => AttemptStatus::Barred,
        Next::Doubt => AttemptStatus::InDoubt,
    }
}

/// The meaning of the recorded attempts for the router.
pub(super) fn priors(attempts: &[Attempt]) -> Vec<Prior> {
    let prior = |attempt: &Attempt| {
        let status = match attempt.status {
            AttemptStatus::InDoubt => PriorStatus::InDoubt,
            AttemptStatus::NotSent => PriorStatus::Free,
            // A gateway that accepted the message and could not deliver it would fail again.
            AttemptStatus::Refused | AttemptStatus::Barred | AttemptStatus::Accepted => {
                PriorStatus::Refused
            }
        };
        Prior { gateway: attempt.gateway.clone(), began_at: attempt.began_at, status }
    };
    attempts.iter().map(prior).collect()
}
