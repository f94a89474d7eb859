use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;

use crate::client::{Capabilities, ContentKind, Gap, Gateway, MessageKind, SmsClient};
use crate::message::Message;
use crate::outcome::Outcome;

/// Client for tests. It keeps every message and returns scripted outcomes.
///
/// Clones share messages and script, so that a test can keep one and pass one on.
#[derive(Debug, Clone, Default)]
pub struct Recorder(Arc<Mutex<Tape>>);

#[derive(Debug, Default)]
struct Tape {
    messages: Vec<Message>,
    script: VecDeque<Outcome>,
}

impl Recorder {
    /// A recorder that accepts every message.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Appends an outcome to the script. Each outcome is returned once, in order; after the last
    /// one every message is accepted.
    pub fn answer(&self, outcome: Outcome) {
        self.lock().script.push_back(outcome);
    }

    /// Every message so far, the oldest first, whatever its outcome was.
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
    /// No promises; a repeated message is a second message.
    fn capabilities(&self) -> Capabilities {
        Capabilities::new(ContentKind::FreeText)
    }

    fn covers(&self, _: &MessageKind) -> Result<(), Gap> {
        Ok(())
    }

    async fn send(&self, message: &Message) -> Outcome {
        let mut tape = self.lock();
        tape.messages.push(message.clone());
        tape.script
            .pop_front()
            .unwrap_or_else(|| Outcome::accepted(Some(format!("recorded-{}", tape.messages.len()))))
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
    async fn follows_the_script_and_keeps_every_message() {
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
