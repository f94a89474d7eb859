//! What became of a message, in logs and JSON.

use std::{error::Error, time::Instant};

use passport_sms_client::{Class, Outcome, Rejection, Report};
use tracing::{info, warn};
use uuid::Uuid;

/// Logs one line per message; the router logs the result at each gateway. The line is a warning if
/// a user may be left without a message through no fault of their own.
pub(crate) fn log(phone: &str, id: Uuid, report: &Report, start: Instant) {
    let last = report.visits.last().map(|visit| visit.gateway.as_str());
    let gateway = report.sent_by().or(last).unwrap_or("-");
    let milliseconds = u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX);
    let (visits, outcome) = (report.visits.len(), outcome_name(&report.outcome));
    match &report.outcome {
        Outcome::Accepted { .. } | Outcome::Duplicate => {
            info!(phone, %id, gateway, outcome, visits, milliseconds, "message settled");
        }
        Outcome::Rejected(Rejection { class, .. }) if is_of_recipient(*class) => {
            info!(phone, %id, gateway, outcome, ?class, visits, milliseconds, "message settled");
        }
        Outcome::Rejected(Rejection { class, .. }) => {
            warn!(phone, %id, gateway, outcome, ?class, visits, milliseconds, "message settled");
        }
        Outcome::NotSent(cause) | Outcome::Unknown(cause) => {
            let cause = cause as &dyn Error;
            warn!(phone, %id, gateway, outcome, cause, visits, milliseconds, "message settled");
        }
    }
}

/// Whether a refusal is caused by the number, and not by this service or a gateway.
fn is_of_recipient(class: Class) -> bool {
    match class {
        Class::BadRecipient | Class::RecipientBlocked | Class::RecipientThrottled => true,
        Class::UnsupportedDestination
        | Class::AccountThrottled
        | Class::Content
        | Class::Config
        | Class::BadRequest
        | Class::Transient
        | Class::UnknownCode => false,
    }
}

/// The name of an outcome in logs and JSON.
pub fn outcome_name(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::NotSent(_) => "not_sent",
        Outcome::Accepted { .. } => "accepted",
        Outcome::Duplicate => "duplicate",
        Outcome::Rejected(_) => "rejected",
        Outcome::Unknown(_) => "unknown",
    }
}
