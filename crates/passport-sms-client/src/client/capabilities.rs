use std::time::Duration;

use time::{OffsetDateTime, UtcOffset};

/// Promises of a gateway.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Capabilities {
    /// Effect of a second attempt with the same message.
    pub resend: Resend,
    /// Whether [`SmsClient::find`](crate::SmsClient::find) is implemented.
    pub status_query: bool,
    /// Delivery receipts that the gateway pushes.
    pub receipts: Receipts,
    /// Source of the text of a message.
    pub content: ContentKind,
    /// Length of the longest code that a message can contain, if there is a limit.
    pub max_code_digits: Option<usize>,
}

impl Capabilities {
    /// Messages with that kind of content and no further promise: a second attempt is
    /// [`Resend::Risky`], queries and receipts are not supported, and codes have any length.
    #[must_use]
    pub const fn new(content: ContentKind) -> Self {
        Self {
            resend: Resend::Risky,
            status_query: false,
            receipts: Receipts::None,
            content,
            max_code_digits: None,
        }
    }

    /// With this effect of a second attempt.
    #[must_use]
    pub const fn with_resend(self, resend: Resend) -> Self {
        Self { resend, ..self }
    }

    /// With an implementation of [`SmsClient::find`](crate::SmsClient::find).
    #[must_use]
    pub const fn with_status_query(self) -> Self {
        Self { status_query: true, ..self }
    }

    /// With these receipts.
    #[must_use]
    pub const fn with_receipts(self, receipts: Receipts) -> Self {
        Self { receipts, ..self }
    }

    /// With codes of at most that many digits.
    #[must_use]
    pub const fn with_max_code_digits(self, digits: usize) -> Self {
        Self { max_code_digits: Some(digits), ..self }
    }

    /// Whether the gateway ever reports a delivery, by receipts or in answer to a query.
    #[must_use]
    pub const fn reports_delivery(&self) -> bool {
        self.status_query || matches!(self.receipts, Receipts::Pushed { needs: None, .. })
    }
}

/// Effect of handing the same message, with the same id, to a gateway once more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resend {
    /// The gateway recognises the id and sends the message once, within this window.
    Idempotent(IdempotencyWindow),
    /// The gateway may send a second message.
    Risky,
}

impl Resend {
    /// Whether a message that was first handed over at `first` can be handed over again at `now`
    /// without being sent twice.
    #[must_use]
    pub fn is_safe(self, first: OffsetDateTime, now: OffsetDateTime) -> bool {
        match self {
            Self::Idempotent(memory) => memory.holds(first, now),
            Self::Risky => false,
        }
    }
}

/// Allowance around midnight for the difference between two clocks and for the transport.
const MARGIN: Duration = Duration::from_secs(10);

/// Time for which a gateway recognises the id of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IdempotencyWindow {
    /// Longer than the life of any message.
    Lasting,
    /// A fixed time.
    For(Duration),
    /// The rest of the calendar day in the gateway's time zone.
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

/// Delivery receipts that a gateway pushes to this service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Receipts {
    /// No receipts.
    None,
    /// Receipts, read by [`Gateway::receipts`](crate::Gateway::receipts).
    Pushed {
        /// Whether receipts are signed. Unsigned receipts are protected only by the secrecy of the
        /// URL that they are pushed to.
        signed: bool,
        /// Whether each request passes the URL for receipts to the gateway. Otherwise the operator
        /// registers the URL at the gateway.
        told: bool,
        /// Name of the setting that is missing to verify receipts, if any. Without the setting
        /// every receipt is refused.
        needs: Option<&'static str>,
    },
}

/// Source of the text of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContentKind {
    /// Template, approved by the carrier.
    Templates,
    /// Free text: [`Message::text`](crate::Message::text).
    FreeText,
}

#[cfg(test)]
mod tests {
    use time::macros::{datetime, offset};

    use super::*;

    #[test]
    fn a_window_ends_at_its_documented_end() {
        let first = datetime!(2026-11-22 15:59:49 UTC);
        let last = datetime!(2026-11-22 15:59:50 UTC);
        let next = datetime!(2026-11-22 16:00:00 UTC);
        let later = datetime!(2027-11-22 16:00:00 UTC);
        let china = Resend::Idempotent(IdempotencyWindow::CalendarDay(offset!(+8)));
        let minute = Resend::Idempotent(IdempotencyWindow::For(Duration::from_mins(1)));
        assert!(china.is_safe(first, first) && !china.is_safe(first, next), "midnight in China");
        assert!(
            !china.is_safe(first, last),
            "ten seconds before midnight their clock may be past it"
        );
        assert!(
            minute.is_safe(first, next) && !minute.is_safe(first, first + Duration::from_mins(1))
        );
        assert!(Resend::Idempotent(IdempotencyWindow::Lasting).is_safe(first, later));
        assert!(!Resend::Risky.is_safe(first, first));
    }
}
