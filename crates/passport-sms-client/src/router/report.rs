use std::time::Duration;

use crate::outcome::Outcome;

/// What became of a message, and how.
#[derive(Debug, Clone)]
#[must_use = "a message may have gone out, or not"]
#[non_exhaustive]
pub struct Report {
    /// What is known of the message after everything that was tried.
    pub outcome: Outcome,
    /// The gateways that were tried, in their order. One that was tried anew is there again.
    pub visits: Vec<Visit>,
}

impl Report {
    /// The gateway that took the message, if one is known to have it.
    #[must_use]
    pub fn sent_by(&self) -> Option<&str> {
        self.visits.iter().find(|visit| visit.outcome.is_sent()).map(|visit| visit.gateway.as_str())
    }
}

/// What happened at one gateway.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Visit {
    /// Its name.
    pub gateway: String,
    /// What is known of the message there, after the same key again and the question.
    pub outcome: Outcome,
    /// How long that took.
    pub took: Duration,
}
