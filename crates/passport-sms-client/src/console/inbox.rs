use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use time::OffsetDateTime;

use crate::message::{Message, OneTimeCode, Purpose, Recipient, Topic};

const CAPACITY: usize = 100;

/// The last hundred messages that a [`Console`](crate::Console) accepted. Clones share them.
#[derive(Clone, Default)]
pub struct Inbox(Arc<Mutex<VecDeque<InboxMessage>>>);

impl Inbox {
    /// A copy of the messages, newest first.
    #[must_use]
    pub fn messages(&self) -> Vec<InboxMessage> {
        self.lock().iter().cloned().collect()
    }

    /// Adds a message unless its id is in the inbox, and discards the oldest one beyond the limit.
    /// Returns whether the message was added.
    pub(super) fn put(&self, arrived: InboxMessage) -> bool {
        let mut messages = self.lock();
        if messages.iter().any(|earlier| earlier.message.id == arrived.message.id) {
            return false;
        }
        messages.push_front(arrived);
        messages.truncate(CAPACITY);
        true
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<InboxMessage>> {
        // No operation can panic halfway, so the queue is valid even if the lock is poisoned.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Inbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Inbox").field(&self.lock().len()).finish()
    }
}

/// A message as a phone would show it. `Debug` omits the text, because it contains the code.
#[derive(Clone)]
pub struct InboxMessage {
    /// The message.
    pub message: Message,
    /// Text of the message, in its language.
    pub text: String,
    /// Time of arrival.
    pub at: OffsetDateTime,
}

impl InboxMessage {
    /// Recipient of the message.
    #[must_use]
    pub fn to(&self) -> &Recipient {
        &self.message.to
    }

    /// The code, if the message has one.
    #[must_use]
    pub fn code(&self) -> Option<&OneTimeCode> {
        self.message.intent.code()
    }

    /// The purpose of the code, if the message has one.
    #[must_use]
    pub fn purpose(&self) -> Option<Purpose> {
        match self.message.intent.topic() {
            Topic::Code(purpose) => Some(purpose),
            Topic::Notice(_) | Topic::Custom(_) => None,
        }
    }
}

impl fmt::Debug for InboxMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InboxMessage")
            .field("message", &self.message)
            .field("at", &self.at)
            .finish_non_exhaustive()
    }
}
