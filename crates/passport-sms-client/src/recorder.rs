use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;

use crate::client::{Capabilities, ContentKind, Gap, Gateway, MessageKind, SmsClient};
use crate::message::Message;
use crate::outcome::Outcome;

/// A client for the tests of a caller: it keeps every message and answers by script.
///
/// Clones share messages and script, so that a test can hold one and give one away.
#[derive(Debug, Clone, Default)]
pub struct Recorder(Arc<Mutex<Tape>>);

#[derive(Debug, Default)]
struct Tape {
    messages: Vec<Message>,
    script: VecDeque<Outcome>,
}

impl Recorder {
    /// A recorder that accepts everything.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an answer to the script: each is given once, in their order, and after the last one
    /// everything is accepted again.
    pub fn answer(&self, outcome: Outcome) {
        self.lock().script.push_back(outcome);
    }

    /// Every message so far, the oldest first, whatever it was answered.
    #[must_use]
    pub fn messages(&self) -> Vec<Message> {
        self.lock().messages.clone()
    }

    fn lock(&self) -> MutexGuard<'_, Tape> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl SmsClient for Recorder {
    /// It promises nothing, and sends every message again that it is given again.
    fn capabilities(&self) -> Capabilities {
        Capabilities::new(ContentKind::FreeText)
    }

    fn covers(&self, _: &MessageKind) -> Result<(), Gap> {
        Ok(())
    }

    async fn send(&self, message: &Message) -> Outcome {
        let mut tape = self.lock();
        tape.messages.push(message.clone());
        tape.script.pop_front().unwrap_or_else(|| Outcome::Accepted {
            provider_id: Some(format!("recorded-{}", tape.messages.len())),
        })
    }
}

impl Gateway for Recorder {}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use uuid::Uuid;

    use super::*;
    use crate::message::{Intent, Locale, Purpose};
    use crate::outcome::Cause;

    #[tokio::test]
    async fn answers_by_script_and_keeps_everything() {
        let recorder = Recorder::new();
        recorder.answer(Outcome::NotSent(Cause::TimedOut));
        recorder.answer(Outcome::Unknown(Cause::TimedOut));
        let client: Arc<dyn SmsClient> = Arc::new(recorder.clone());
        let message = Message {
            id: Uuid::nil(),
            to: "+8613800138000".parse().unwrap(),
            intent: Intent::Code {
                purpose: Purpose::Login,
                code: "004217".parse().unwrap(),
                valid_for: Duration::from_mins(5),
            },
            locale: Locale::ZhHans,
        };
        assert!(matches!(client.send(&message).await, Outcome::NotSent(_)));
        assert!(matches!(client.send(&message).await, Outcome::Unknown(_)));
        assert!(matches!(client.send(&message).await, Outcome::Accepted { .. }));
        assert_eq!(recorder.messages().len(), 3);
    }
}
