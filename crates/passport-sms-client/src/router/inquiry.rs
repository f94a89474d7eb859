use time::OffsetDateTime;
use tokio::time::{Instant, timeout};

use crate::client::Finding;
use crate::message::Message;
use crate::router::Router;

impl Router {
    /// Whether that gateway ever says what became of a message that it took, asked or not.
    pub(crate) fn tells(&self, gateway: &str) -> bool {
        self.lane(gateway).is_some_and(|lane| lane.gateway().capabilities().reports_delivery())
    }

    /// Asks that gateway what it knows of `message`. The question has a slot like any other call,
    /// and no more time than one. `None` is a gateway that does not answer: the next question would
    /// wait as long.
    pub(crate) async fn ask(
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
        let (start, limit) = (Instant::now(), self.policy.attempt_timeout);
        let finding = timeout(limit, lane.gateway().find(message, sent_at)).await.ok()?;
        // Its own limits are shorter.
        let gave_up = finding == Finding::Unsure && start.elapsed() >= limit / 2;
        (!gave_up).then_some(finding)
    }
}
