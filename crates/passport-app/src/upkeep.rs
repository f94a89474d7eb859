//! Periodic work, independent of requests.

use std::{error::Error, sync::Arc, time::Duration};

use async_trait::async_trait;
use passport_auth::{BoxError, Clock, PurgeUsers, SystemClock};
use passport_bridges::outcome_name;
use passport_session::SessionStore;
use passport_sms_client::{Dispatch, Outbox};
use passport_user::Journal;
use passport_webhooks::WebhookStore;
use time::OffsetDateTime;
use tokio::{runtime::Handle, time::sleep};
use tracing::{debug, info, warn};

use crate::metrics::Samples;

const SWEEP_EVERY: Duration = Duration::from_mins(10);
const RESUME_EVERY: Duration = Duration::from_secs(2);
/// Largest batch, so that one node does not resume all messages that another one left behind.
const RESUMED_AT_ONCE: usize = 16;
const FOLLOWED_UP_AT_ONCE: usize = 64;
const LEARN_EVERY: Duration = Duration::from_mins(1);
const SAMPLE_EVERY: Duration = Duration::from_mins(1);
/// Age of the oldest outcomes that the router learns from at the start; older ones say nothing about
/// the gateways of now.
const LEARNED_AT_START: Duration = Duration::from_hours(6);
/// Retention of delivery statistics: the longest period of `passport sms status`.
pub(crate) const FIGURES_KEPT: Duration = Duration::from_hours(7 * 24);

/// Retention of webhooks that were delivered, or failed: the time in which they can be looked at.
const WEBHOOKS_KEPT: Duration = Duration::from_hours(7 * 24);
/// Retention of webhooks that wait: those of an endpoint that is disabled, or not in the settings any
/// more. Their events are kept at least as long.
const WAITING_WEBHOOKS_KEPT: Duration = Duration::from_hours(29 * 24);

/// What the periodic work needs.
pub(crate) struct Upkeep {
    pub(crate) sessions: Arc<dyn SessionStore>,
    pub(crate) dispatch: Arc<Dispatch>,
    /// Whether codes survive the process. Otherwise an abandoned message is not worth sending,
    /// because its code cannot be redeemed.
    pub(crate) codes_outlive_process: bool,
    /// Database, whose expired records have to be deleted.
    pub(crate) sweep: Arc<dyn Sweep>,
    pub(crate) purge_users: PurgeUsers,
    pub(crate) journal: Arc<dyn Journal>,
    /// Age at which events are deleted.
    pub(crate) events_kept: Duration,
    pub(crate) webhooks: Arc<dyn WebhookStore>,
    /// Metrics that are read from stores.
    pub(crate) samples: Samples,
}

/// A store that does not delete by itself what has expired.
#[async_trait]
pub(crate) trait Sweep: Send + Sync + 'static {
    /// Deletes what has expired; returns the number of records.
    async fn sweep(&self, now: OffsetDateTime) -> Result<u64, BoxError>;
}

impl Upkeep {
    /// Starts all tasks on `runtime`.
    pub(crate) fn start(self, runtime: &Handle) {
        let Self { sessions, dispatch, codes_outlive_process, sweep, .. } = self;
        let outbox = Arc::clone(dispatch.outbox());
        let webhooks = Arc::clone(&self.webhooks);
        runtime.spawn(take_samples(self.samples, Arc::clone(&sessions), outbox, webhooks));
        runtime.spawn(sweep_sessions(sessions));
        runtime.spawn(sweep_store(sweep));
        runtime.spawn(purge_users(self.purge_users));
        runtime.spawn(purge_events(self.journal, self.events_kept));
        runtime.spawn(purge_webhooks(self.webhooks));
        if codes_outlive_process {
            runtime.spawn(resume_messages(Arc::clone(&dispatch)));
            runtime.spawn(follow_messages_up(Arc::clone(&dispatch)));
        }
        runtime.spawn(learn_rates(Arc::clone(&dispatch)));
        runtime.spawn(sweep_messages(dispatch));
    }
}

/// Reads what the metrics show of stores.
async fn take_samples(
    samples: Samples,
    sessions: Arc<dyn SessionStore>,
    outbox: Arc<dyn Outbox>,
    webhooks: Arc<dyn WebhookStore>,
) {
    loop {
        samples.take(&*sessions, &*outbox, &*webhooks).await;
        sleep(SAMPLE_EVERY).await;
    }
}

/// Deletes expired sessions.
async fn sweep_sessions(sessions: Arc<dyn SessionStore>) {
    loop {
        sleep(SWEEP_EVERY).await;
        match sessions.purge(SystemClock.now()).await {
            Ok(count) => debug!(count, "expired sessions deleted"),
            Err(error) => warn_of(&error, "expired sessions could not be deleted"),
        }
    }
}

/// Deletes expired codes, hits and other records.
async fn sweep_store(store: Arc<dyn Sweep>) {
    loop {
        sleep(SWEEP_EVERY).await;
        match store.sweep(SystemClock.now()).await {
            Ok(count) => debug!(count, "expired records deleted"),
            Err(error) => warn_of(&*error, "expired records could not be deleted"),
        }
    }
}

/// Deletes accounts whose grace period has ended.
async fn purge_users(purge_users: PurgeUsers) {
    loop {
        match purge_users.run().await {
            Ok(0) => debug!("no account is to be deleted"),
            Ok(count) => info!(count, "accounts deleted after their grace period"),
            Err(error) => warn_of(&error, "accounts to be deleted could not be listed"),
        }
        sleep(SWEEP_EVERY).await;
    }
}

/// Deletes old events.
async fn purge_events(journal: Arc<dyn Journal>, kept: Duration) {
    loop {
        match journal.purge(SystemClock.now() - kept).await {
            Ok(count) => debug!(count, "old events deleted"),
            Err(error) => warn_of(&error, "old events could not be deleted"),
        }
        sleep(SWEEP_EVERY).await;
    }
}

/// Deletes old deliveries of webhooks.
async fn purge_webhooks(webhooks: Arc<dyn WebhookStore>) {
    loop {
        let now = SystemClock.now();
        match webhooks.purge(now - WEBHOOKS_KEPT, now - WAITING_WEBHOOKS_KEPT).await {
            Ok(count) => debug!(count, "old webhooks deleted"),
            Err(error) => warn_of(&error, "old webhooks could not be deleted"),
        }
        sleep(SWEEP_EVERY).await;
    }
}

/// Resumes messages that a killed process left behind.
async fn resume_messages(dispatch: Arc<Dispatch>) {
    loop {
        match dispatch.resume_abandoned(RESUMED_AT_ONCE).await {
            Ok(resumed) => {
                for (id, report) in resumed {
                    let outcome = outcome_name(&report.outcome);
                    info!(%id, outcome, "abandoned message resumed");
                }
            }
            Err(error) => warn_of(&error, "abandoned messages could not be resumed"),
        }
        sleep(RESUME_EVERY).await;
    }
}

/// Queries the delivery status of messages, and sends those again that were certainly not delivered.
async fn follow_messages_up(dispatch: Arc<Dispatch>) {
    loop {
        match dispatch.follow_up(FOLLOWED_UP_AT_ONCE).await {
            Ok(sent) => {
                for (id, report) in sent {
                    let outcome = outcome_name(&report.outcome);
                    info!(%id, outcome, "undelivered message sent again");
                }
            }
            Err(error) => warn_of(&error, "delivery status of messages could not be checked"),
        }
        sleep(RESUME_EVERY).await;
    }
}

/// Gives the router the delivery rates of the gateways.
async fn learn_rates(dispatch: Arc<Dispatch>) {
    let mut since = SystemClock.now() - LEARNED_AT_START;
    loop {
        match dispatch.learn(since).await {
            Ok(until) => since = until,
            Err(error) => warn_of(&error, "delivery rates could not be read"),
        }
        sleep(LEARN_EVERY).await;
    }
}

/// Wipes expired messages, and deletes their records after the retention of statistics.
async fn sweep_messages(dispatch: Arc<Dispatch>) {
    loop {
        let now = SystemClock.now();
        match dispatch.outbox().purge(now, now - FIGURES_KEPT).await {
            Ok(count) => debug!(count, "expired messages wiped"),
            Err(error) => warn_of(&error, "expired messages could not be wiped"),
        }
        sleep(SWEEP_EVERY).await;
    }
}

fn warn_of(error: &(dyn Error + 'static), message: &str) {
    warn!(error, "{message}");
}
