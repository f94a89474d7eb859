//! Router whose attempts are recorded in an outbox.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures::stream::{StreamExt, try_unfold};
use rand::CryptoRng;
use time::OffsetDateTime;
use tracing::{info, warn};
use uuid::{Builder, Uuid};

use crate::client::Finding;
use crate::dispatch::follow_up::{FollowUp, Step, step};
use crate::dispatch::pass::Pass;
use crate::dispatch::record::{Closing, Record};
use crate::message::{Intent, Message, Prefix};
use crate::outbox::{Attempt, AttemptStatus, Claimed, Entry, Idle, Lease, Outbox, OutboxError};
use crate::outcome::Outcome;
use crate::router::{Report, Router};

pub use crate::dispatch::follow_up::FollowUpPolicy;
pub use crate::dispatch::observer::DispatchObserver;
pub use crate::dispatch::seal::{SealingKey, UnsealError};

mod follow_up;
mod observer;
mod pass;
mod record;
mod seal;

/// Time for which a message without a code is worth sending.
const NOTICE_LIFE: Duration = Duration::from_hours(1);
/// Age at which a message enters the conversion statistics; codes are not redeemed later than that.
const MATURITY: Duration = Duration::from_mins(10);

/// Sends messages through a [`Router`] and records every step in an [`Outbox`], so that a process
/// may stop at any moment: [`resume_abandoned`](Self::resume_abandoned) takes its messages over,
/// here or on another node, with their record.
///
/// - An attempt is recorded before its first byte is sent. If the outbox cannot record a message,
///   the outcome is [`NotSent`](Outcome::NotSent). If the outbox does not answer, nothing is sent
///   now either, but the outcome is [`Unknown`](Outcome::Unknown): the message may still be
///   recorded, and is then resumed.
/// - An attempt without an end may have sent the message. It is settled like a doubt of the router:
///   by the same idempotency key, by a query, or by the policy.
/// - A message is sent only while its code is valid.
pub struct Dispatch {
    router: Router,
    outbox: Arc<dyn Outbox>,
    key: SealingKey,
    hold: Duration,
    rng: Mutex<Box<dyn CryptoRng + Send>>,
    follow_up: Option<FollowUpPolicy>,
    observer: Option<Arc<dyn DispatchObserver>>,
}

impl Dispatch {
    /// Sends through `router` and records in `outbox`, sealed under `key`. `rng` draws nonces and
    /// lease tokens; seed it from the operating system.
    pub fn new(
        router: Router,
        outbox: Arc<dyn Outbox>,
        key: SealingKey,
        rng: impl CryptoRng + Send + 'static,
    ) -> Self {
        // A running process renews its lease with each attempt and hands over nothing after the
        // deadline, however slow the outbox is. The rest is for the record of the end.
        let hold = router.deadline() + Duration::from_secs(3);
        let rng: Mutex<Box<dyn CryptoRng + Send>> = Mutex::new(Box::new(rng));
        Self { router, outbox, key, hold, rng, follow_up: None, observer: None }
    }

    /// Follows up messages that a gateway accepted, according to `policy`.
    ///
    /// Their sealed content is then kept in the outbox until they are delivered or no longer
    /// followed up, so [`follow_up`](Self::follow_up) has to be called.
    #[must_use]
    pub fn with_follow_up(mut self, policy: FollowUpPolicy) -> Self {
        self.follow_up = Some(policy);
        self
    }

    /// Reports what happens to messages to `observer`.
    #[must_use]
    pub fn observed_by(self, observer: Arc<dyn DispatchObserver>) -> Self {
        Self { observer: Some(observer), ..self }
    }

    /// The router.
    #[must_use]
    pub fn router(&self) -> &Router {
        &self.router
    }

    /// The outbox.
    #[must_use]
    pub fn outbox(&self) -> &Arc<dyn Outbox> {
        &self.outbox
    }

    /// Sends `message` and returns what is known of it.
    ///
    /// A message whose id was delivered before is not sent again. It is
    /// [`Unknown`](Outcome::Unknown), because another call sends it or sent it.
    ///
    /// Dropping the future leaves the message to be resumed, because it is recorded before the first
    /// attempt and before any wait. If the caller's client may disconnect, run this in a separate
    /// task.
    pub async fn deliver(&self, message: &Message) -> Report {
        let expires_at = self.router.now() + life(&message.intent);
        let entry = Entry {
            id: message.id,
            sealed: self.key.seal(message, &mut **self.rng()),
            country: Prefix::country_of(&message.to),
            carrier: Prefix::carrier_of(&message.to),
            expires_at,
        };
        let record = Record::new(&*self.outbox, entry, self.token(), self.hold);
        let mut report = self.router.travel(message, &[], &record).await;
        self.close(&record, &mut report, expires_at).await;
        self.observe(message, &report);
        report
    }

    /// Takes over up to `limit` messages whose sending process stopped, eight at a time; returns
    /// their ids with what is known of them now. To be called every few seconds.
    ///
    /// # Errors
    ///
    /// The outbox did not answer.
    pub async fn resume_abandoned(&self, limit: usize) -> Result<Vec<(Uuid, Report)>, OutboxError> {
        self.process_idle(Idle::Abandoned, limit).await
    }

    /// Checks up to `limit` messages that a gateway accepted a while ago, eight at a time, and
    /// queries the gateway for their delivery status if it supports queries. Messages that were
    /// certainly not delivered are sent through another gateway, according to the
    /// [`FollowUpPolicy`]. Returns the ids of those with their reports. To be called together with
    /// [`resume_abandoned`](Self::resume_abandoned). Codes must stay valid as long as the outbox
    /// keeps messages.
    ///
    /// Messages with a receipt of failure come first. A gateway that does not answer a query is not
    /// queried again in the same call, so a gateway that hangs costs one time limit.
    ///
    /// # Errors
    ///
    /// The outbox did not answer.
    pub async fn follow_up(&self, limit: usize) -> Result<Vec<(Uuid, Report)>, OutboxError> {
        self.process_idle(Idle::Due, limit).await
    }

    async fn process_idle(
        &self,
        idle: Idle,
        limit: usize,
    ) -> Result<Vec<(Uuid, Report)>, OutboxError> {
        let pass = Pass::default();
        // Each message is claimed when its turn comes, so that no lease expires in a queue.
        let claims = try_unfold(limit, |left| self.claim(idle, left));
        let turns = claims.map(|claim| self.turn(claim, &pass));
        let mut turns = turns.buffer_unordered(Pass::AT_ONCE).boxed();
        let mut sent = Ok(Vec::new());
        // Claimed messages are finished even if the outbox fails.
        while let Some(turn) = turns.next().await {
            match (turn, &mut sent) {
                (Ok(report), Ok(sent)) => sent.extend(report),
                (Ok(_), Err(_)) => {}
                (Err(error), _) => sent = Err(error),
            }
        }
        sent
    }

    /// Claims one message if `left` is not zero; returns it with the number left then.
    async fn claim(
        &self,
        idle: Idle,
        left: usize,
    ) -> Result<Option<((Claimed, Lease), usize)>, OutboxError> {
        let Some(left) = left.checked_sub(1) else { return Ok(None) };
        let now = self.router.now();
        let lease = self.lease(now);
        let claimed = self.outbox.claim(idle, lease, now, 1).await?.pop();
        Ok(claimed.map(|claimed| ((claimed, lease), left)))
    }

    async fn turn(
        &self,
        claim: Result<(Claimed, Lease), OutboxError>,
        pass: &Pass,
    ) -> Result<Option<(Uuid, Report)>, OutboxError> {
        let (claimed, lease) = claim?;
        let id = claimed.id;
        Ok(self.advance(claimed, lease, pass).await.map(|report| (id, report)))
    }

    /// Takes the next step for a claimed message; returns the report if a gateway was tried.
    async fn advance(&self, claimed: Claimed, lease: Lease, pass: &Pass) -> Option<Report> {
        let Claimed { id, sealed, expires_at, mut attempts } = claimed;
        let record = Record::of(&*self.outbox, id, lease.token, self.hold);
        let mut message = match self.key.open(id, &sealed) {
            Ok(message) => message,
            Err(error) => {
                warn!(%id, %error, "recorded message cannot be read and is discarded");
                self.close_as(&record, Closing::Settle).await;
                return None;
            }
        };
        if let Some(policy) = &self.follow_up {
            let grown = self.router.now().saturating_sub(policy.first_check());
            for attempt in attempts.iter_mut().filter(|it| it.began_at <= grown && it.is_pending())
            {
                self.query_status(&message, attempt, &record, pass).await;
            }
        }
        let follow_up = self.follow_up.map(|policy| FollowUp { policy, router: &self.router });
        match step(follow_up.as_ref(), &attempts, self.router.now(), expires_at) {
            Step::Send(priors) => {
                if attempts.iter().any(|it| it.status == AttemptStatus::Accepted) {
                    info!(%id, "message was not delivered and is sent through another gateway");
                    // The text states the validity from now on.
                    if let Intent::Code { valid_for, .. } = &mut message.intent {
                        let left = expires_at - self.router.now();
                        *valid_for = Duration::try_from(left).unwrap_or_default().min(*valid_for);
                    }
                }
                let mut report = self.router.travel(&message, &priors, &record).await;
                self.close(&record, &mut report, expires_at).await;
                self.observe(&message, &report);
                Some(report)
            }
            Step::Close(closing) => {
                self.close_as(&record, closing).await;
                None
            }
        }
    }

    /// Queries the gateway for the delivery status. A status that could not be stored is ignored.
    async fn query_status(
        &self,
        message: &Message,
        attempt: &mut Attempt,
        record: &Record<'_>,
        pass: &Pass,
    ) {
        let gateway = attempt.gateway.as_str();
        if pass.is_unresponsive(gateway) {
            return;
        }
        let Some(finding) = self.router.query(gateway, message, attempt.began_at).await else {
            return pass.mark_unresponsive(gateway);
        };
        let Finding::Has { delivery, code, bill, .. } = finding else { return };
        record.billed(gateway, bill).await;
        let Some(delivery) = delivery else { return };
        match self.outbox.found(message.id, gateway, delivery, &code).await {
            Ok(true) => {
                info!(id = %message.id, gateway, %delivery, "gateway was asked");
                if let Some(observer) = &self.observer {
                    observer.delivery(gateway, Prefix::country_of(&message.to), delivery);
                }
                (attempt.delivery, attempt.code) = (Some(delivery), code);
            }
            Ok(false) => {}
            Err(error) => record.warn_of(&error, "cannot record the delivery status"),
        }
    }

    /// Defers the message if it was accepted by a gateway that reports deliveries, and settles it
    /// otherwise.
    async fn close(&self, record: &Record<'_>, report: &mut Report, expires_at: OffsetDateTime) {
        let now = self.router.now();
        let closing = match (&self.follow_up, report.sent_by()) {
            (Some(policy), Some(gateway)) if self.router.reports_delivery(gateway) => {
                policy.next_check(now, now, expires_at)
            }
            _ => Closing::Settle,
        };
        let outcome = report.outcome.clone();
        report.outcome = record.close(closing, outcome, now).await;
    }

    /// Closes a message without an outcome to report.
    async fn close_as(&self, record: &Record<'_>, closing: Closing) {
        _ = record.close(closing, Outcome::Duplicate, self.router.now()).await;
    }

    /// Passes the results of messages that began since `since` to the router's
    /// [`Conversion`](crate::Conversion), if they are old enough; returns the end of that period,
    /// for the next call.
    ///
    /// # Errors
    ///
    /// The outbox did not answer.
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

    fn observe(&self, message: &Message, report: &Report) {
        if let Some(observer) = &self.observer {
            observer.sent(Prefix::country_of(&message.to), report);
        }
    }

    fn lease(&self, now: OffsetDateTime) -> Lease {
        Lease { token: self.token(), until: now + self.hold }
    }

    fn token(&self) -> Uuid {
        let mut bytes = [0; 16];
        self.rng().fill_bytes(&mut bytes);
        Builder::from_random_bytes(bytes).into_uuid()
    }

    fn rng(&self) -> MutexGuard<'_, Box<dyn CryptoRng + Send>> {
        self.rng.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn life(intent: &Intent) -> Duration {
    match intent {
        Intent::Code { valid_for, .. } => *valid_for,
        Intent::Notice(_) => NOTICE_LIFE,
        Intent::Custom(content) => content.validity(),
    }
}

impl fmt::Debug for Dispatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dispatch")
            .field("router", &self.router)
            .field("outbox", &self.outbox)
            .field("follow_up", &self.follow_up)
            .finish_non_exhaustive()
    }
}
