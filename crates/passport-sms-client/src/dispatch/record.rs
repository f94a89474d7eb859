use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use time::OffsetDateTime;
use tracing::error;
use uuid::Uuid;

use crate::outbox::{Attempt, Lease, Outbox, OutboxError, Standing, Tenure};
use crate::outcome::{Cause, Outcome};
use crate::router::journal::{Halt, Journal, Prior, PriorStanding};
use crate::router::verdict::Next;

/// Puts every step of a message into the outbox, under a lease.
pub(super) struct Record<'a> {
    pub(super) outbox: &'a dyn Outbox,
    pub(super) id: Uuid,
    pub(super) token: Uuid,
    /// How long the lease holds from each attempt on.
    pub(super) hold: Duration,
    /// Whether the end of an attempt is missing on record.
    pub(super) is_incomplete: AtomicBool,
}

/// What becomes of a message that is out of hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Closing {
    /// It is over.
    Settle,
    /// It is looked at again then.
    Defer(OffsetDateTime),
}

#[async_trait]
impl Journal for Record<'_> {
    async fn begin(&self, gateway: &str, now: OffsetDateTime) -> Result<(), Halt> {
        let lease = Lease { token: self.token, until: now + self.hold };
        match self.outbox.begin(self.id, lease, gateway, now).await {
            Ok(Tenure::Held) => Ok(()),
            Ok(Tenure::Lost) => Err(Halt::TakenOver),
            Err(error) => Err(Halt::Unrecorded(Arc::new(error))),
        }
    }

    async fn end(&self, gateway: &str, outcome: &Outcome) {
        let provider_id = match outcome {
            Outcome::Accepted { provider_id } => provider_id.as_deref(),
            _ => None,
        };
        let ended = self.outbox.end(self.id, self.token, gateway, standing(outcome), provider_id);
        match ended.await {
            Ok(Tenure::Held) => {}
            Ok(Tenure::Lost) => self.is_incomplete.store(true, Ordering::Relaxed),
            Err(error) => {
                self.is_incomplete.store(true, Ordering::Relaxed);
                self.lament(&error, "end of an attempt is not on record");
            }
        }
    }
}

impl Record<'_> {
    /// Closes the message or lays it aside, and answers what can be said of it then. If that is not
    /// on record, somebody may still send it: then nobody may be told that it was not sent.
    pub(super) async fn close(
        &self,
        closing: Closing,
        outcome: Outcome,
        now: OffsetDateTime,
    ) -> Outcome {
        // Whoever looked at it later would take what was sent for what may not have been.
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
            Ok(Tenure::Held) => return outcome,
            Ok(Tenure::Lost) => Cause::InHand,
            Err(error) => {
                self.lament(&error, "message is not settled on record");
                Cause::Unrecorded(Arc::new(error))
            }
        };
        if outcome.is_sent() { outcome } else { Outcome::Unknown(cause) }
    }

    pub(super) fn lament(&self, error: &OutboxError, what: &str) {
        error!(id = %self.id, error = error as &dyn Error, "{what}");
    }
}

fn standing(outcome: &Outcome) -> Standing {
    match Next::after(outcome) {
        Next::Done => Standing::Accepted,
        Next::Retry => Standing::NotSent,
        Next::Other => Standing::Refused,
        Next::Stop => Standing::Barred,
        Next::Doubt => Standing::InDoubt,
    }
}

/// What the record means for whoever goes on, where somebody may.
pub(super) fn priors(attempts: &[Attempt]) -> Vec<Prior> {
    let prior = |attempt: &Attempt| {
        let standing = match attempt.standing {
            Standing::InDoubt => PriorStanding::InDoubt,
            Standing::NotSent => PriorStanding::Free,
            // What took the message and could not deliver it would not the second time.
            Standing::Refused | Standing::Barred | Standing::Accepted => PriorStanding::Refused,
        };
        Prior { gateway: attempt.gateway.clone(), began_at: attempt.began_at, standing }
    };
    attempts.iter().map(prior).collect()
}
