use std::time::Duration;

use time::OffsetDateTime;
use tokio::time::{Instant, timeout};

use crate::client::Finding;
use crate::limit::with_call_limit;
use crate::message::Message;
use crate::outcome::Class;
use crate::router::Router;

/// Time limit of a query. Later queries of the same pass wait for it.
const QUERY_TIMEOUT: Duration = Duration::from_secs(2);

impl Router {
    /// Whether the gateway reports deliveries, by receipts or in answer to a query.
    pub(crate) fn reports_delivery(&self, gateway: &str) -> bool {
        self.lane(gateway).is_some_and(|lane| lane.gateway().capabilities().reports_delivery())
    }

    /// The class of a failure that this gateway reported.
    pub(crate) fn delivery_class(&self, gateway: &str, code: &str) -> Class {
        let lane = self.lane(gateway);
        lane.map_or(Class::UnknownCode, |lane| lane.gateway().delivery_class(code))
    }

    /// Queries the gateway for `message`. The query needs a slot and has a time limit like any
    /// other call. `None` means that the gateway does not answer, so further queries would wait as
    /// long.
    pub(crate) async fn query(
        &self,
        gateway: &str,
        message: &Message,
        sent_at: OffsetDateTime,
    ) -> Option<Finding> {
        let Some(lane) = self.lane(gateway) else { return Some(Finding::Unsupported) };
        if !lane.gateway().capabilities().status_query {
            return Some(Finding::Unsupported);
        }
        let Some(_slot) = lane.slot() else { return Some(Finding::Unsure) };
        let (start, limit) = (Instant::now(), QUERY_TIMEOUT.min(self.policy.attempt_timeout));
        let query = with_call_limit(start + limit, lane.gateway().find(message, sent_at));
        let finding = timeout(limit, query).await.ok()?;
        // The gateway's own time limits may be shorter.
        let gave_up = finding == Finding::Unsure && start.elapsed() >= limit / 2;
        (!gave_up).then_some(finding)
    }
}
