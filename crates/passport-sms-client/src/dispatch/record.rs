use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use time::OffsetDateTime;
use tracing::error;
use uuid::Uuid;

use crate::bill::Bill;
use crate::outbox::{Attempt, AttemptStatus, Billed, Lease, LeaseCheck, Outbox, OutboxError};
use crate::outcome::{Cause, Outcome};
use crate::router::journal::{Halt, Journal, Prior, PriorStatus};
use crate::router::verdict::Next;

/// Records every step of a message in the outbox, under a lease.
pub(super) struct Record<'a> {
    pub(super) outbox: &'a dyn Outbox,
    pub(super) id: Uuid,
    pub(super) token: Uuid,
    /// Time for which each attempt renews the lease.
    pub(super) hold: Duration,
    /// Whether the record lacks the end of an attempt.
    pub(super) is_incomplete: AtomicBool,
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
    async fn begin(&self, gateway: &str, now: OffsetDateTime) -> Result<(), Halt> {
        let lease = Lease { token: self.token, until: now + self.hold };
        match self.outbox.begin(self.id, lease, gateway, now).await {
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
        let ended = self.outbox.end(self.id, self.token, gateway, status(outcome), provider_id);
        match ended.await {
            Ok(LeaseCheck::Held) => self.billed(gateway, bill).await,
            Ok(LeaseCheck::Lost) => self.is_incomplete.store(true, Ordering::Relaxed),
            Err(error) => {
                self.is_incomplete.store(true, Ordering::Relaxed);
                self.warn_of(&error, "cannot record the end of an attempt");
            }
        }
    }
}

impl Record<'_> {
    /// Records what the gateway charges. A failure changes nothing else.
    pub(super) async fn billed(&self, gateway: &str, bill: Bill) {
        if bill.is_unknown() {
            return;
        }
        if let Err(error) = self.outbox.billed(Billed::Message(self.id), gateway, bill).await {
            self.warn_of(&error, "cannot record the price of a message");
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
        // A later check would mistake a sent message for one that may not have been sent.
        let is_incomplete = self.is_incomplete.load(Ordering::Relaxed);
        let closed = match closing {
            Closing::Defer(due) if !is_incomplete => {
                self.outbox.defer(self.id, self.token, due).await
            }
            Closing::Settle | Closing::Defer(_) => {
                self.outbox.settle(self.id, self.token, now).await
            }
        };
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

    pub(super) fn warn_of(&self, error: &OutboxError, what: &str) {
        error!(id = %self.id, error = error as &dyn Error, "{what}");
    }
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
