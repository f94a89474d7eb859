use std::sync::Arc;

use async_trait::async_trait;
use passport_sms_client::{Capabilities, Finding, Gap, Message, MessageKind, Outcome, SmsClient};
use time::OffsetDateTime;

/// A gateway under the name that the settings give it: two accounts at one provider are two.
#[derive(Debug)]
pub(crate) struct NamedGateway {
    name: String,
    gateway: Arc<dyn SmsClient>,
}

impl NamedGateway {
    pub(crate) fn new(name: String, gateway: Arc<dyn SmsClient>) -> Self {
        Self { name, gateway }
    }
}

#[async_trait]
impl SmsClient for NamedGateway {
    fn name(&self) -> &str {
        &self.name
    }

    fn capabilities(&self) -> Capabilities {
        self.gateway.capabilities()
    }

    fn covers(&self, kind: &MessageKind) -> Result<(), Gap> {
        self.gateway.covers(kind)
    }

    async fn send(&self, message: &Message) -> Outcome {
        self.gateway.send(message).await
    }

    async fn find(&self, message: &Message, sent_at: OffsetDateTime) -> Finding {
        self.gateway.find(message, sent_at).await
    }
}
