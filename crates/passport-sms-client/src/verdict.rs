//! What a gateway's code says about a message, as tables hold it.

use time::{Duration, OffsetDateTime};

use crate::cst;
use crate::message::Message;
use crate::outcome::{Cause, Class, Outcome, Rejection};

pub(crate) use crate::verdict::table::{Row, find};

mod table;

/// What a code says about the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Accepted,
    Duplicate,
    Rejected(Class, Wait),
    /// The gateway does not know either whether it sent.
    Undecided,
}

impl Verdict {
    /// A code that is in no table.
    pub(crate) const UNLISTED: Self = Self::Rejected(Class::UnknownCode, Wait::Unspecified);

    /// The outcome of this verdict, which was read at `now`.
    pub(crate) fn outcome(
        self,
        reply: GatewayReply,
        provider_id: Option<String>,
        now: OffsetDateTime,
    ) -> Outcome {
        let GatewayReply { code, text } = reply;
        match self {
            Self::Accepted => Outcome::Accepted { provider_id: provider_id.and_then(usable_id) },
            Self::Duplicate => Outcome::Duplicate,
            Self::Undecided => Outcome::Unknown(Cause::Undecided { code, text }),
            Self::Rejected(class, wait) => {
                Outcome::Rejected(Rejection { class, code, text, until: wait.until(now) })
            }
        }
    }
}

/// How long a refusal holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wait {
    Unspecified,
    Seconds(u16),
    /// Until the day ends in China.
    Midnight,
    /// Until the month ends in China.
    Month,
}

impl Wait {
    pub(crate) fn until(self, now: OffsetDateTime) -> Option<OffsetDateTime> {
        match self {
            Self::Unspecified => None,
            Self::Seconds(seconds) => Some(now + Duration::seconds(seconds.into())),
            Self::Midnight => Some(cst::next_midnight(now)),
            Self::Month => Some(cst::next_month(now)),
        }
    }
}

/// A gateway's code and words, fit to be kept: the message's code and number are taken out.
#[derive(Debug, Default)]
pub(crate) struct GatewayReply {
    pub(crate) code: String,
    pub(crate) text: String,
}

impl GatewayReply {
    pub(crate) fn about(message: &Message, code: &str, text: &str) -> Self {
        Self { code: message.redact(code), text: message.redact(text) }
    }
}

pub(crate) const fn rejected(class: Class) -> Verdict {
    Verdict::Rejected(class, Wait::Unspecified)
}

/// The id, when it is one that can be stored and logged.
pub(crate) fn usable_id(id: String) -> Option<String> {
    let usable = (1..=64).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic());
    usable.then_some(id)
}
