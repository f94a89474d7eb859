use std::time::Duration;

use time::{OffsetDateTime, UtcOffset};

/// What a gateway can promise and what it cannot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capabilities {
    /// What a second try of the same message can do.
    pub resend: Resend,
    /// Whether [`SmsClient::find`](crate::SmsClient::find) can answer.
    pub status_query: bool,
    /// Whether it tells later what became of a message.
    pub receipts: Receipts,
    /// Whose words a message has.
    pub content: ContentKind,
}

/// What happens when a gateway is given the same message, by the same id, once more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resend {
    /// It is recognised and not sent twice, as long as the gateway remembers it.
    Idempotent(IdempotencyWindow),
    /// It may be a second message.
    Risky,
}

impl Resend {
    /// Whether a message that was first handed over at `first` can be handed over again at `now`
    /// without becoming two.
    #[must_use]
    pub fn is_safe(self, first: OffsetDateTime, now: OffsetDateTime) -> bool {
        match self {
            Self::Idempotent(memory) => memory.holds(first, now),
            Self::Risky => false,
        }
    }
}

/// How far from midnight two clocks may disagree about the day, with what is on its way.
const MARGIN: Duration = Duration::from_secs(10);

/// How long a gateway remembers the id of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IdempotencyWindow {
    /// For longer than any message lives.
    Lasting,
    /// For this long.
    For(Duration),
    /// Until midnight there.
    CalendarDay(UtcOffset),
}

impl IdempotencyWindow {
    fn holds(self, first: OffsetDateTime, now: OffsetDateTime) -> bool {
        match self {
            Self::Lasting => true,
            Self::For(duration) => now - first < duration,
            Self::CalendarDay(offset) => {
                let day = |moment: OffsetDateTime| moment.to_offset(offset).date();
                day(first) == day(now + MARGIN)
            }
        }
    }
}

/// Whether a gateway tells later, by a request of its own, what became of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Receipts {
    /// It does not.
    None,
    /// It does.
    Pushed {
        /// Whether such a request proves where it comes from. Otherwise only its address, which
        /// nobody can guess, stands for that.
        signed: bool,
    },
}

/// Whose words a message has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContentKind {
    /// A template's that the carrier approved.
    Templates,
    /// This crate's: [`Message::text`](crate::Message::text).
    FreeText,
}

#[cfg(test)]
mod tests {
    use time::macros::{datetime, offset};

    use super::*;

    #[test]
    fn a_memory_ends_when_it_says() {
        let first = datetime!(2026-11-22 15:59:49 UTC);
        let last = datetime!(2026-11-22 15:59:50 UTC);
        let next = datetime!(2026-11-22 16:00:00 UTC);
        let later = datetime!(2027-11-22 16:00:00 UTC);
        let china = Resend::Idempotent(IdempotencyWindow::CalendarDay(offset!(+8)));
        let minute = Resend::Idempotent(IdempotencyWindow::For(Duration::from_mins(1)));
        assert!(china.is_safe(first, first) && !china.is_safe(first, next), "midnight in China");
        assert!(!china.is_safe(first, last), "ten seconds before it their clock may have struck");
        assert!(
            minute.is_safe(first, next) && !minute.is_safe(first, first + Duration::from_mins(1))
        );
        assert!(Resend::Idempotent(IdempotencyWindow::Lasting).is_safe(first, later));
        assert!(!Resend::Risky.is_safe(first, first));
    }
}
