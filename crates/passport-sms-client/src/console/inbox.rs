use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use time::OffsetDateTime;

use crate::message::{Message, OneTimeCode, Purpose, Recipient, Topic};

const CAPACITY: usize = 100;

/// The last hundred messages that a [`Console`](crate::Console) took. Clones share them.
#[derive(Clone, Default)]
pub struct Inbox(Arc<Mutex<VecDeque<InboxMessage>>>);

impl Inbox {
    /// The messages as they are now, the newest first.
    #[must_use]
    pub fn messages(&self) -> Vec<InboxMessage> {
        self.lock().iter().cloned().collect()
    }

    /// Puts a message on top unless its id lies here already, and lets go of the oldest.
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
        // No step in between leaves the queue half done, so a panic elsewhere does not spoil it.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Inbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Inbox").field(&self.lock().len()).finish()
    }
}

/// A message as a telephone would show it. `Debug` leaves out the text, which holds the code.
#[derive(Clone)]
pub struct InboxMessage {
    /// What was sent.
    pub message: Message,
    /// The words of it, in the message's language.
    pub text: String,
    /// When it arrived.
    pub at: OffsetDateTime,
}

impl InboxMessage {
    /// Whom it was for.
    #[must_use]
    pub fn to(&self) -> &Recipient {
        &self.message.to
    }

    /// The code in it, if it carries one.
    #[must_use]
    pub fn code(&self) -> Option<&OneTimeCode> {
        self.message.intent.code()
    }

    /// What its code is for, if it carries one.
    #[must_use]
    pub fn purpose(&self) -> Option<Purpose> {
        match self.message.intent.topic() {
            Topic::Code(purpose) => Some(purpose),
            Topic::Notice(_) => None,
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
