//! What is done now and then, whether or not somebody asks for anything.

use std::{error::Error, sync::Arc, time::Duration};

use actix_web::rt::{spawn, time::sleep};
use passport_auth::{Clock, SystemClock};
use passport_session::SessionStore;
use passport_sms_client::Dispatch;
use tracing::{debug, info, warn};

use crate::sms::outcome_name;

const SWEEP_EVERY: Duration = Duration::from_mins(10);
const RESUME_EVERY: Duration = Duration::from_secs(2);
/// So that one node does not take all that another one left.
const RESUMED_AT_ONCE: usize = 16;
const FOLLOWED_UP_AT_ONCE: usize = 64;
const LEARN_EVERY: Duration = Duration::from_mins(1);
/// What happened longer ago says nothing about now.
const LEARNED_AT_START: Duration = Duration::from_hours(6);
/// How long figures are kept: as far back as `passport sms status` can look.
pub(crate) const FIGURES_KEPT: Duration = Duration::from_hours(7 * 24);

/// Starts all of it on the actix runtime that calls. Codes that lie in the memory of a process die
/// with it: `codes_outlive_us` says that they do not, so that what was left is worth sending.
pub(crate) fn start(
    sessions: Arc<dyn SessionStore>,
    dispatch: Arc<Dispatch>,
    codes_outlive_us: bool,
) {
    spawn(sweep_sessions(sessions));
    if codes_outlive_us {
        spawn(resume_messages(Arc::clone(&dispatch)));
        spawn(follow_messages_up(Arc::clone(&dispatch)));
    }
    spawn(learn_rates(Arc::clone(&dispatch)));
    spawn(sweep_messages(dispatch));
}

/// Deletes the records of sessions that are over.
async fn sweep_sessions(sessions: Arc<dyn SessionStore>) {
    loop {
        sleep(SWEEP_EVERY).await;
        match sessions.purge(SystemClock.now()).await {
            Ok(count) => debug!(count, "sessions swept"),
            Err(error) => lament(&error, "sessions could not be swept"),
        }
    }
}

/// Goes on with the messages of a process that was killed.
async fn resume_messages(dispatch: Arc<Dispatch>) {
    loop {
        match dispatch.resume_abandoned(RESUMED_AT_ONCE).await {
            Ok(resumed) => {
                for (id, report) in resumed {
                    let outcome = outcome_name(&report.outcome);
                    info!(%id, outcome, "abandoned message resumed");
                }
            }
            Err(error) => lament(&error, "abandoned messages could not be resumed"),
        }
        sleep(RESUME_EVERY).await;
    }
}

/// Asks what became of messages, and sends again what was certainly not delivered.
async fn follow_messages_up(dispatch: Arc<Dispatch>) {
    loop {
        match dispatch.follow_up(FOLLOWED_UP_AT_ONCE).await {
            Ok(sent) => {
                for (id, report) in sent {
                    let outcome = outcome_name(&report.outcome);
                    info!(%id, outcome, "undelivered message sent again");
                }
            }
            Err(error) => lament(&error, "messages could not be followed up"),
        }
        sleep(RESUME_EVERY).await;
    }
}

/// Tells the router which gateways' messages arrive.
async fn learn_rates(dispatch: Arc<Dispatch>) {
    let mut since = SystemClock.now() - LEARNED_AT_START;
    loop {
        match dispatch.learn(since).await {
            Ok(until) => since = until,
            Err(error) => lament(&error, "what arrived could not be learned"),
        }
        sleep(LEARN_EVERY).await;
    }
}

/// Wipes messages that expired, and forgets them when nobody looks at their figures any more.
async fn sweep_messages(dispatch: Arc<Dispatch>) {
    loop {
        let now = SystemClock.now();
        match dispatch.outbox().purge(now, now - FIGURES_KEPT).await {
            Ok(count) => debug!(count, "messages swept"),
            Err(error) => lament(&error, "messages could not be swept"),
        }
        sleep(SWEEP_EVERY).await;
    }
}

fn lament(error: &(dyn Error + 'static), what: &str) {
    warn!(error, "{what}");
}
