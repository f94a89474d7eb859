//! What a gateway's code says about a message, as tables hold it.

use time::{Duration, OffsetDateTime};

use crate::cst;
use crate::message::Message;
use crate::outcome::{Cause, Class, Outcome, Rejection};

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
    pub(crate) const UNLISTED: Self = Self::Rejected(Class::UnknownCode, Wait::Unsaid);

    /// The outcome of this verdict, which was read at `now`.
    pub(crate) fn outcome(
        self,
        said: Said,
        provider_id: Option<String>,
        now: OffsetDateTime,
    ) -> Outcome {
        let Said { code, text } = said;
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
    Unsaid,
    Seconds(u16),
    /// Until the day ends in China.
    Midnight,
    /// Until the month ends in China.
    Month,
}

impl Wait {
    pub(crate) fn until(self, now: OffsetDateTime) -> Option<OffsetDateTime> {
        match self {
            Self::Unsaid => None,
            Self::Seconds(seconds) => Some(now + Duration::seconds(seconds.into())),
            Self::Midnight => Some(cst::next_midnight(now)),
            Self::Month => Some(cst::next_month(now)),
        }
    }
}

/// A gateway's code and words, fit to be kept: the message's code and number are taken out.
#[derive(Debug, Default)]
pub(crate) struct Said {
    pub(crate) code: String,
    pub(crate) text: String,
}

impl Said {
    pub(crate) fn about(message: &Message, code: &str, text: &str) -> Self {
        Self { code: message.redact(code), text: message.redact(text) }
    }
}

/// A table of codes in words. A name that ends in `*` stands for all codes that begin so.
pub(crate) type Row = (&'static str, Verdict);

pub(crate) const fn rejected(class: Class) -> Verdict {
    Verdict::Rejected(class, Wait::Unsaid)
}

/// The verdict of the longest name in `table` that fits `code`: a code's own row goes before that of
/// its family.
pub(crate) fn find(table: &[Row], code: &str) -> Verdict {
    let fit = |name: &str| match name.strip_suffix('*') {
        Some(family) => code.starts_with(family).then_some((family.len(), false)),
        None => (name == code).then_some((name.len(), true)),
    };
    table
        .iter()
        .filter_map(|(name, verdict)| Some((fit(name)?, verdict)))
        .max_by_key(|(length, _)| *length)
        .map_or(Verdict::UNLISTED, |(_, verdict)| *verdict)
}

/// The id, when it is one that can be stored and logged.
pub(crate) fn usable_id(id: String) -> Option<String> {
    let usable = (1..=64).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic());
    usable.then_some(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_name_wins_and_the_exact_one_above_all() {
        let table = [
            ("Internal*", rejected(Class::Transient)),
            ("Internal.Timeout", Verdict::Undecided),
            ("Internal.T*", rejected(Class::BadRequest)),
            ("Internal", rejected(Class::Config)),
        ];
        for (code, verdict) in [
            ("Internal.Timeout", Verdict::Undecided),
            ("Internal.Timeouts", rejected(Class::BadRequest)),
            ("Internal.Else", rejected(Class::Transient)),
            ("Internal", rejected(Class::Config)),
            ("internal", Verdict::UNLISTED),
            ("", Verdict::UNLISTED),
        ] {
            assert_eq!(find(&table, code), verdict, "{code}");
        }
    }
}
