use time::OffsetDateTime;
use tokio::time::timeout;

use crate::client::{Finding, Receipts};
use crate::message::Message;
use crate::router::Router;
use crate::router::lane::Lane;

impl Router {
    /// Whether that gateway ever says what became of a message that it took, asked or not.
    pub(crate) fn tells(&self, gateway: &str) -> bool {
        self.lane(gateway).is_some_and(|lane| {
            let capabilities = lane.gateway().capabilities();
            capabilities.status_query || capabilities.receipts != Receipts::None
        })
    }

    /// Asks that gateway what it knows of `message`. The question has a slot like any other call,
    /// and no more time than one.
    pub(crate) async fn ask(
        &self,
        gateway: &str,
        message: &Message,
        sent_at: OffsetDateTime,
    ) -> Finding {
        let Some(lane) = self.lane(gateway) else { return Finding::Unsupported };
        if !lane.gateway().capabilities().status_query {
            return Finding::Unsupported;
        }
        let Some(_slot) = lane.slot() else { return Finding::Unsure };
        let question = lane.gateway().find(message, sent_at);
        timeout(self.policy.attempt_timeout, question).await.unwrap_or(Finding::Unsure)
    }

    fn lane(&self, gateway: &str) -> Option<&Lane> {
        self.lanes.iter().find(|lane| lane.gateway().name() == gateway)
    }
}
