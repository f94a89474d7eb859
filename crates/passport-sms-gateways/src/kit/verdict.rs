//! Verdicts: the meanings of a gateway's codes, as tables contain them.

use passport_sms_client::{Cause, Class, Message, Outcome, Rejection, Scope};
use time::{Duration, OffsetDateTime};

use crate::kit::cst;

pub use crate::kit::verdict::table::{Row, find};

mod table;

/// Meaning of a code for the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The gateway accepted the message.
    Accepted,
    /// The gateway had accepted the same message before.
    Duplicate,
    /// The gateway refused the message, for a reason that is about this and holds for that time.
    Rejected(Class, Scope, Wait),
    /// The gateway does not know whether it sent the message.
    Undecided,
}

impl Verdict {
    /// A code that is in no table.
    pub const UNLISTED: Self = rejected(Class::UnknownCode);

    /// The outcome of this verdict, read at `now` from `reply`.
    pub fn outcome(
        self,
        reply: GatewayReply,
        provider_id: Option<String>,
        now: OffsetDateTime,
    ) -> Outcome {
        let GatewayReply { code, text } = reply;
        match self {
            Self::Accepted => Outcome::accepted(provider_id.and_then(usable_id)),
            Self::Duplicate => Outcome::Duplicate,
            Self::Undecided => Outcome::Unknown(Cause::Undecided { code, text }),
            Self::Rejected(class, scope, wait) => {
                let rejection = Rejection::new(class, code, text);
                Outcome::Rejected(rejection.about(scope).until(wait.until(now)))
            }
        }
    }
}

/// Time for which a refusal holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wait {
    /// An unknown time.
    Unspecified,
    /// That many seconds.
    Seconds(u16),
    /// Until the day ends in China.
    Midnight,
    /// Until the month ends in China.
    Month,
}

impl Wait {
    /// The end of the refusal if it began at `now`.
    pub fn until(self, now: OffsetDateTime) -> Option<OffsetDateTime> {
        match self {
            Self::Unspecified => None,
            Self::Seconds(seconds) => Some(now + Duration::seconds(seconds.into())),
            Self::Midnight => Some(cst::next_midnight(now)),
            Self::Month => Some(cst::next_month(now)),
        }
    }
}

/// Code and text of a gateway's answer. They can be stored and logged, because the code and the
/// number of the message are removed.
#[derive(Debug, Default)]
pub struct GatewayReply {
    /// Code of the gateway.
    pub code: String,
    /// Text for people.
    pub text: String,
}

impl GatewayReply {
    /// The reply to `message`, without its code and number.
    pub fn about(message: &Message, code: &str, text: &str) -> Self {
        Self { code: message.redact(code), text: message.redact(text) }
    }
}

/// The verdict of a refusal that is about what its class says, and holds for an unknown time.
pub const fn rejected(class: Class) -> Verdict {
    about(Scope::of(class), class)
}

/// The verdict of a refusal that is about `scope`. If the documentation leaves it open, the narrower
/// scope holds.
pub const fn about(scope: Scope, class: Class) -> Verdict {
    Verdict::Rejected(class, scope, Wait::Unspecified)
}

/// The verdict of a refusal that is about what its class says, and ends.
pub const fn ends(class: Class, wait: Wait) -> Verdict {
    Verdict::Rejected(class, Scope::of(class), wait)
}

/// The id, if it can be stored and logged: 1 to 64 visible ASCII characters.
pub fn usable_id(id: String) -> Option<String> {
    let usable = (1..=64).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic());
    usable.then_some(id)
}
