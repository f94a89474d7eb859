use std::time::Duration;

use crate::message::code::OneTimeCode;
use crate::message::custom::{Custom, CustomTopic};

/// Content of a message.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Intent {
    /// A code that the recipient requested.
    Code {
        /// Purpose of the code.
        purpose: Purpose,
        /// The code.
        code: OneTimeCode,
        /// Validity of the code from now on.
        valid_for: Duration,
    },
    /// A report of an event of the account, without a code.
    Notice(Notice),
    /// Words of the application.
    Custom(Custom),
}

impl Intent {
    /// Topic of the content, without its secrets.
    #[must_use]
    pub fn topic(&self) -> Topic {
        match self {
            Self::Code { purpose, .. } => Topic::Code(*purpose),
            Self::Notice(notice) => Topic::Notice(*notice),
            Self::Custom(content) => Topic::Custom(content.topic()),
        }
    }

    /// The code, if there is one. [`Custom`] content may contain one that this crate does not know.
    #[must_use]
    pub fn code(&self) -> Option<&OneTimeCode> {
        match self {
            Self::Code { code, .. } => Some(code),
            Self::Notice(_) | Self::Custom(_) => None,
        }
    }
}

/// Topic of a message, for which a gateway may have a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Topic {
    /// A code for this purpose.
    Code(Purpose),
    /// This notice.
    Notice(Notice),
    /// A topic of the application.
    Custom(CustomTopic),
}

impl Topic {
    /// Every topic of this crate: the codes, then the notices.
    pub fn all() -> impl Iterator<Item = Self> {
        let codes = Purpose::ALL.into_iter().map(Self::Code);
        codes.chain(Notice::ALL.into_iter().map(Self::Notice))
    }

    /// The name in statistics, settings and JSON, such as `register` or `password-changed`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Code(purpose) => purpose.as_str(),
            Self::Notice(notice) => notice.as_str(),
            Self::Custom(topic) => topic.as_str(),
        }
    }
}

impl From<Purpose> for Topic {
    fn from(purpose: Purpose) -> Self {
        Self::Code(purpose)
    }
}

impl From<CustomTopic> for Topic {
    fn from(topic: CustomTopic) -> Self {
        Self::Custom(topic)
    }
}

impl From<Notice> for Topic {
    fn from(notice: Notice) -> Self {
        Self::Notice(notice)
    }
}

/// Event of an account. The owner is notified, so that an act of an attacker is noticed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Notice {
    /// The password was changed.
    PasswordChanged,
    /// A sign-in on a new device.
    NewSignIn,
    /// Another number replaced this one. The owner can undo that within 24 hours.
    NumberChanged,
    /// The change from this number to another one was undone, and the password removed.
    NumberUndone,
    /// The account is to be deleted. Until then the owner can withdraw that.
    AccountLeaving,
    /// A second factor was added or removed.
    SecondFactorChanged,
}

impl Notice {
    /// Every notice, in the order of their declaration.
    pub const ALL: [Self; 6] = [
        Self::PasswordChanged,
        Self::NewSignIn,
        Self::NumberChanged,
        Self::NumberUndone,
        Self::AccountLeaving,
        Self::SecondFactorChanged,
    ];

    /// The name in settings, statistics and JSON, such as `password-changed`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PasswordChanged => "password-changed",
            Self::NewSignIn => "new-sign-in",
            Self::NumberChanged => "number-changed",
            Self::NumberUndone => "number-undone",
            Self::AccountLeaving => "account-leaving",
            Self::SecondFactorChanged => "second-factor-changed",
        }
    }
}

/// Purpose of a code. Messages name it, so that recipients notice codes that an attacker requested.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Purpose {
    /// Sign-up.
    Register,
    /// Sign-in.
    Login,
    /// Reset of the password.
    Reset,
    /// Proof of a new number before it replaces the old one, or of the old one to undo that.
    ChangeNumber,
    /// Proof that a signed-in user is the owner of the account, before a sensitive action.
    Confirm,
}

impl Purpose {
    /// Every purpose, in the order of their declaration.
    pub const ALL: [Self; 5] =
        [Self::Register, Self::Login, Self::Reset, Self::ChangeNumber, Self::Confirm];

    /// The name in statistics, settings and JSON: `register`, `login`, `reset`, `change-number`,
    /// `confirm`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Register => "register",
            Self::Login => "login",
            Self::Reset => "reset",
            Self::ChangeNumber => "change-number",
            Self::Confirm => "confirm",
        }
    }
}

/// The whole minutes in `duration`, rounded down, so that a code never expires before the time that
/// its message states. Less than a minute is stated as one, because "0 minutes" would be useless.
pub(crate) fn whole_minutes(duration: Duration) -> u64 {
    (duration.as_secs() / 60).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn topics_have_distinct_names() {
        let names: Vec<_> = Topic::all().map(Topic::as_str).collect();
        let distinct: std::collections::BTreeSet<_> = names.iter().collect();
        assert_eq!((names.len(), distinct.len()), (11, 11), "{names:?}");
        for name in ["confirm", "number-undone", "account-leaving", "second-factor-changed"] {
            assert!(names.contains(&name), "{names:?}");
        }
    }

    #[test]
    fn minutes_are_rounded_down_to_at_least_one() {
        for (seconds, minutes) in
            [(0, 1), (59, 1), (60, 1), (119, 1), (300, 5), (359, 5), (600, 10)]
        {
            assert_eq!(whole_minutes(Duration::from_secs(seconds)), minutes, "{seconds} s");
        }
    }
}
