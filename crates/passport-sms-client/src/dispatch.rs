//! The router with a record.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rand::CryptoRng;
use time::OffsetDateTime;
use tracing::warn;
use uuid::{Builder, Uuid};

use crate::dispatch::record::{Record, priors};
use crate::message::{Intent, Message, Prefix};
use crate::outbox::{Claimed, Entry, Idle, Lease, Opened, Outbox, OutboxError, Tenure};
use crate::outcome::{Cause, Outcome};
use crate::router::{Report, Router};

pub use crate::dispatch::seal::{SealingKey, UnsealError};

mod record;
mod seal;

/// How long a message without a code is worth sending.
const NOTICE_LIFE: Duration = Duration::from_hours(1);
/// How long after a message began it is looked at what became of it: nobody types a code later.
const MATURITY: Duration = Duration::from_mins(10);

/// Sends messages through a [`Router`] with every step in an [`Outbox`], so that a process may die
/// at any moment: what it left is taken over by [`resume_abandoned`](Self::resume_abandoned), here
/// or on another node, with what is on record.
///
/// - An attempt is on record before its first byte leaves. When the outbox does not answer, nothing
///   is sent.
/// - An attempt without an end may have gone out. It is settled as the router settles a doubt: by
///   the same key, by asking, else by the policy.
/// - A message is sent while its code is good and not after.
pub struct Dispatch {
    router: Router,
    outbox: Arc<dyn Outbox>,
    key: SealingKey,
    hold: Duration,
    rng: Mutex<Box<dyn CryptoRng + Send>>,
}

impl Dispatch {
    /// Sends through `router` with `outbox` as the record, sealed under `key`. `rng` draws nonces
    /// and lease tokens; seed it from the system.
    pub fn new(
        router: Router,
        outbox: Arc<dyn Outbox>,
        key: SealingKey,
        rng: impl CryptoRng + Send + 'static,
    ) -> Self {
        // A living process renews its lease with each attempt and is done by the deadline. Twice
        // that leaves room for a slow outbox.
        let hold = router.deadline() * 2 + Duration::from_secs(2);
        let rng: Mutex<Box<dyn CryptoRng + Send>> = Mutex::new(Box::new(rng));
        Self { router, outbox, key, hold, rng }
    }

    /// The router that it sends through.
    #[must_use]
    pub fn router(&self) -> &Router {
        &self.router
    }

    /// The record.
    #[must_use]
    pub fn outbox(&self) -> &Arc<dyn Outbox> {
        &self.outbox
    }

    /// Sends `message` and says what is known of it.
    ///
    /// A message whose id was delivered before is not sent again: it is
    /// [`Unknown`](Outcome::Unknown), because another call has it in hand or had.
    ///
    /// Dropping the future leaves the message to be resumed. A caller whose client may hang up runs
    /// this in a task of its own.
    pub async fn deliver(&self, message: &Message) -> Report {
        let now = self.router.now();
        let lease = self.lease(now);
        let entry = Entry {
            id: message.id,
            sealed: self.key.seal(message, &mut **self.rng()),
            country: Prefix::country_of(&message.to),
            carrier: Prefix::carrier_of(&message.to),
            expires_at: now + life(&message.intent),
        };
        let outcome = match self.outbox.open(&entry, lease, now).await {
            Ok(Opened::New) => {
                let record = self.record(message.id, lease);
                let mut report = self.router.travel(message, &[], &record).await;
                report.outcome = record.settle(report.outcome, self.router.now()).await;
                return report;
            }
            Ok(Opened::Known) => Outcome::Unknown(Cause::InHand),
            Err(error) => {
                let outcome = Outcome::NotSent(Cause::Unrecorded(Arc::new(error)));
                self.close_unopened(message.id, lease, outcome).await
            }
        };
        Report { outcome, visits: Vec::new() }
    }

    /// Takes over up to `limit` messages whose sender went away, one after the other; answers their
    /// ids with what is known of them now. For a task that calls it every few seconds.
    ///
    /// # Errors
    ///
    /// When the outbox does not answer.
    pub async fn resume_abandoned(&self, limit: usize) -> Result<Vec<(Uuid, Report)>, OutboxError> {
        let mut resumed = Vec::new();
        // Each is claimed when its turn comes, so that no lease lapses in a queue.
        while resumed.len() < limit {
            let now = self.router.now();
            let lease = self.lease(now);
            let Some(claimed) = self.outbox.claim(Idle::Abandoned, lease, now, 1).await?.pop()
            else {
                break;
            };
            let id = claimed.id;
            if let Some(report) = self.resume(claimed, lease).await {
                resumed.push((id, report));
            }
        }
        Ok(resumed)
    }

    async fn resume(&self, claimed: Claimed, lease: Lease) -> Option<Report> {
        let record = self.record(claimed.id, lease);
        let message = self.key.open(claimed.id, &claimed.sealed);
        if let Err(error) = &message {
            warn!(id = %claimed.id, %error, "abandoned message is given up");
        }
        // Without priors it arrived, or must not be sent; its sender only had no time to say so.
        let Some((message, priors)) = message.ok().zip(priors(&claimed.attempts)) else {
            _ = record.settle(Outcome::Duplicate, self.router.now()).await;
            return None;
        };
        let mut report = self.router.travel(&message, &priors, &record).await;
        report.outcome = record.settle(report.outcome, self.router.now()).await;
        Some(report)
    }

    /// An outbox that failed to open a message may have opened it all the same, for somebody to
    /// resume. Only when it says that nothing is open, nothing was sent.
    async fn close_unopened(&self, id: Uuid, lease: Lease, outcome: Outcome) -> Outcome {
        match self.outbox.settle(id, lease.token, self.router.now()).await {
            Ok(Tenure::Held | Tenure::Lost) => outcome,
            Err(error) => Outcome::Unknown(Cause::Unrecorded(Arc::new(error))),
        }
    }

    /// Tells the router's [`Conversion`](crate::Conversion) what became of the messages that began
    /// since `since` and are old enough for it to be known; answers until when, for the next call.
    ///
    /// # Errors
    ///
    /// When the outbox does not answer.
    pub async fn learn(&self, since: OffsetDateTime) -> Result<OffsetDateTime, OutboxError> {
        let until = (self.router.now() - MATURITY).max(since);
        for figure in self.outbox.figures(since, until).await? {
            let counts = [figure.accepted, figure.converted]
                .map(|count| u32::try_from(count).unwrap_or(u32::MAX));
            let destination = [figure.country, figure.carrier];
            self.router.conversion().observe(&figure.gateway, destination, counts, until);
        }
        Ok(until)
    }

    fn record(&self, id: Uuid, lease: Lease) -> Record<'_> {
        Record { outbox: &*self.outbox, id, token: lease.token, hold: self.hold }
    }

    fn lease(&self, now: OffsetDateTime) -> Lease {
        let mut bytes = [0; 16];
        self.rng().fill_bytes(&mut bytes);
        Lease { token: Builder::from_random_bytes(bytes).into_uuid(), until: now + self.hold }
    }

    fn rng(&self) -> MutexGuard<'_, Box<dyn CryptoRng + Send>> {
        self.rng.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn life(intent: &Intent) -> Duration {
    match intent {
        Intent::Code { valid_for, .. } => *valid_for,
        Intent::Notice(_) => NOTICE_LIFE,
    }
}

impl fmt::Debug for Dispatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dispatch")
            .field("router", &self.router)
            .field("outbox", &self.outbox)
            .finish_non_exhaustive()
    }
}
