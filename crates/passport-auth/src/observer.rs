//! What a host may count: events of accounts as they happen, and challenges.

use std::fmt;

use passport_user::AccountEvent;

/// Reader of account events, such as a metric. It reads each event once, before the journal does, and
/// also refusals that the journal leaves out because one client causes too many of them.
///
/// Methods are called within operations, so they neither wait nor fail.
pub trait EventObserver: fmt::Debug + Send + Sync + 'static {
    /// An operation ended with this event.
    fn observe(&self, event: &AccountEvent);

    /// Events that are missing in the journal.
    fn lost(&self, loss: EventLoss, events: u64);
}

/// Why events are missing in the journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EventLoss {
    /// One client or user, or all of them, caused more refusals than are recorded.
    TooManyRefusals,
    /// The queue to the journal was full.
    QueueFull,
    /// The journal did not take them.
    JournalFailed,
}

/// Reader of what happens to challenges, such as a metric. Methods neither wait nor fail.
pub trait ChallengeObserver: fmt::Debug + Send + Sync + 'static {
    /// Something happened to a challenge.
    fn observe(&self, step: ChallengeStep);
}

/// What happens to a challenge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ChallengeStep {
    /// It was issued.
    Issued,
    /// Its picture was drawn for a client.
    Drawn,
    /// Its sound was made for a client.
    Spoken,
    /// It was answered correctly.
    Solved,
    /// It was answered wrongly, and is spent.
    Wrong,
    /// The answer was for a challenge that is unknown, expired or spent.
    Missing,
    /// The answer was not compared: a limit of wrong answers is used up, or a store failed.
    Denied,
}
