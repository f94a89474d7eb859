use std::sync::Arc;

use async_trait::async_trait;
use passport_auth::{CodeMessage, CodeSender, MessageId, SendOutcome};
use tracing::Instrument;

use crate::traces;

/// Sender of codes whose messages are spans in traces.
#[derive(Debug)]
pub(super) struct TracedSender(pub(super) Arc<dyn CodeSender>);

#[async_trait]
impl CodeSender for TracedSender {
    async fn send(&self, message: &CodeMessage) -> SendOutcome {
        let span = traces::message();
        let outcome = self.0.send(message).instrument(span.clone()).await;
        traces::sent(&span, name(&outcome));
        outcome
    }

    fn redeemed(&self, message: MessageId) {
        self.0.redeemed(message);
    }
}

fn name(outcome: &SendOutcome) -> &'static str {
    match outcome {
        SendOutcome::Accepted => "accepted",
        SendOutcome::Unknown(_) => "unknown",
        SendOutcome::NotRecorded(_) => "not-recorded",
        SendOutcome::NotSent(_) => "not-sent",
        SendOutcome::RecipientRefused(_) => "recipient-refused",
        SendOutcome::RecipientThrottled { .. } => "recipient-throttled",
        SendOutcome::NumberNotServed(_) => "number-not-served",
        SendOutcome::MessageRefused(_) => "message-refused",
    }
}
