use std::time::Duration;

use crate::outcome::Outcome;

/// Outcome of a message, with the result at each gateway that was tried.
#[derive(Debug, Clone)]
#[must_use = "a message may have gone out, or not"]
#[non_exhaustive]
pub struct Report {
    /// Outcome after all attempts.
    pub outcome: Outcome,
    /// The gateways that were tried, in order. A gateway that was tried again is repeated.
    pub visits: Vec<Visit>,
}

impl Report {
    /// The gateway that certainly has the message, if any.
    #[must_use]
    pub fn sent_by(&self) -> Option<&str> {
        self.visits.iter().find(|visit| visit.outcome.is_sent()).map(|visit| visit.gateway.as_str())
    }
}

/// Result at one gateway.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Visit {
    /// Name of the gateway.
    pub gateway: String,
    /// What is known of the message there, after repetitions and queries.
    pub outcome: Outcome,
    /// Duration of the visit.
    pub took: Duration,
}
