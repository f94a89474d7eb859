use async_trait::async_trait;

use crate::client::{
    Capabilities, ContentKind, Gap, Gateway, IdempotencyWindow, MessageKind, Resend, SmsClient,
};
use crate::clock::Clock;
use crate::message::{Message, OriginHost};
use crate::outcome::Outcome;

pub use crate::console::inbox::{Inbox, InboxMessage};

mod inbox;

/// Gateway for development: it sends nothing, writes each message to the log, and keeps the last
/// hundred in memory for a page to show.
///
/// It writes codes in clear text, so it must not be used in production. It accepts each id once: a
/// message that is still in the inbox is a [`Duplicate`](Outcome::Duplicate).
#[derive(Debug)]
pub struct Console {
    clock: Clock,
    origin: Option<OriginHost>,
    inbox: Inbox,
}

impl Console {
    /// A console with an empty inbox, which dates its messages by `clock`.
    #[must_use]
    pub fn new(clock: Clock) -> Self {
        Self { clock, origin: None, inbox: Inbox::default() }
    }

    /// Appends the `WebOTP` line of this host to each text.
    #[must_use]
    pub fn with_origin(mut self, origin: OriginHost) -> Self {
        self.origin = Some(origin);
        self
    }

    /// A handle to the messages, which remains valid after the console is dropped.
    #[must_use]
    pub fn inbox(&self) -> Inbox {
        self.inbox.clone()
    }
}

#[async_trait]
impl SmsClient for Console {
    fn capabilities(&self) -> Capabilities {
        // An id is recognised while its message is in the inbox; a repetition of an older message
        // is harmless, because the console sends nothing.
        let once = Resend::Idempotent(IdempotencyWindow::Lasting);
        Capabilities::new(ContentKind::FreeText).with_resend(once)
    }

    fn covers(&self, _: &MessageKind) -> Result<(), Gap> {
        Ok(())
    }

    async fn send(&self, message: &Message) -> Outcome {
        let text = message.text(self.origin.as_ref());
        let arrived =
            InboxMessage { message: message.clone(), text: text.clone(), at: self.clock.now() };
        if !self.inbox.put(arrived) {
            return Outcome::Duplicate;
        }
        // The number stays masked here too, because developers need only the text.
        tracing::info!(id = %message.id, to = ?message.to, text, "message written to the console");
        Outcome::accepted(Some(message.id.to_string()))
    }
}

impl Gateway for Console {}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use time::macros::datetime;
    use uuid::Uuid;

    use super::*;
    use crate::message::{Intent, Locale, OneTimeCode, Purpose};

    fn message(id: u128, code: &str) -> Message {
        Message {
            id: Uuid::from_u128(id),
            to: "+8613800138000".parse().unwrap(),
            intent: Intent::Code {
                purpose: Purpose::Register,
                code: code.parse().unwrap(),
                valid_for: Duration::from_mins(5),
            },
            locale: Locale::En,
        }
    }

    fn console() -> Console {
        Console::new(Clock::new(|| datetime!(2026-11-22 09:43:30 UTC)))
    }

    #[tokio::test]
    async fn messages_are_kept_in_the_inbox() {
        let console = console().with_origin("localhost".parse().unwrap());
        let inbox = console.inbox();
        assert!(console.send(&message(1, "004217")).await.is_sent());

        let messages = inbox.messages();
        let [arrived] = messages.as_slice() else { panic!("one message: {messages:?}") };
        assert_eq!(arrived.to().as_str(), "+8613800138000");
        assert_eq!(arrived.code().map(OneTimeCode::expose), Some("004217"));
        assert_eq!(arrived.purpose(), Some(Purpose::Register));
        assert_eq!(arrived.at, datetime!(2026-11-22 09:43:30 UTC));
        assert_eq!(arrived.text, message(1, "004217").text(Some(&"localhost".parse().unwrap())));
    }

    #[tokio::test]
    async fn keeps_the_last_hundred_newest_first() {
        let console = console();
        for id in 0..105 {
            assert!(console.send(&message(id, "123456")).await.is_sent());
        }
        let ids: Vec<_> = console.inbox().messages().iter().map(|m| m.message.id).collect();
        assert_eq!(ids.len(), 100);
        assert_eq!(ids.first(), Some(&Uuid::from_u128(104)));
        assert_eq!(ids.last(), Some(&Uuid::from_u128(5)));
    }

    #[tokio::test]
    async fn an_id_is_accepted_once() {
        let console = console();
        assert!(matches!(console.send(&message(1, "1234")).await, Outcome::Accepted { .. }));
        assert!(matches!(console.send(&message(1, "1234")).await, Outcome::Duplicate));
        assert_eq!(console.inbox().messages().len(), 1);
    }

    #[tokio::test]
    async fn debug_shows_no_code() {
        let console = console();
        assert!(console.send(&message(1, "004217")).await.is_sent());
        let shown = format!("{console:?} {:?}", console.inbox().messages());
        assert!(!shown.contains("004217") && !shown.contains("13800138000"), "{shown}");
    }
}
