use std::time::Duration;

use crate::message::code::OneTimeCode;

/// What a message says.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Intent {
    /// Here is the code that you asked for.
    Code {
        /// What the code does when it is typed in.
        purpose: Purpose,
        /// The code.
        code: OneTimeCode,
        /// How long it can be typed in, from now.
        valid_for: Duration,
    },
    /// This happened to your account. There is no code in it.
    Notice(Notice),
}

impl Intent {
    /// What it is about, without what is secret in it.
    #[must_use]
    pub fn topic(&self) -> Topic {
        match self {
            Self::Code { purpose, .. } => Topic::Code(*purpose),
            Self::Notice(notice) => Topic::Notice(*notice),
        }
    }

    /// The code, if it carries one.
    #[must_use]
    pub fn code(&self) -> Option<&OneTimeCode> {
        match self {
            Self::Code { code, .. } => Some(code),
            Self::Notice(_) => None,
        }
    }
}

/// What a message is about: what a gateway has a template for, or has not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Topic {
    /// A code for this purpose.
    Code(Purpose),
    /// This notice.
    Notice(Notice),
}

impl Topic {
    /// Every topic: the codes, then the notices.
    pub fn all() -> impl Iterator<Item = Self> {
        let codes = Purpose::ALL.into_iter().map(Self::Code);
        codes.chain(Notice::ALL.into_iter().map(Self::Notice))
    }

    /// The name in figures, settings and JSON, such as `register` or `password-changed`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Code(purpose) => purpose.as_str(),
            Self::Notice(notice) => notice.as_str(),
        }
    }
}

impl From<Purpose> for Topic {
    fn from(purpose: Purpose) -> Self {
        Self::Code(purpose)
    }
}

impl From<Notice> for Topic {
    fn from(notice: Notice) -> Self {
        Self::Notice(notice)
    }
}

/// What happened to an account, said to its owner so that a stranger's act does not stay unseen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Notice {
    /// The password was changed.
    PasswordChanged,
    /// Somebody signed in on a device that was not seen before.
    NewSignIn,
    /// Another number took the place of this one.
    NumberChanged,
}

impl Notice {
    /// Every notice, in the order of their declaration.
    pub const ALL: [Self; 3] = [Self::PasswordChanged, Self::NewSignIn, Self::NumberChanged];

    /// The name in figures, settings and JSON: `password-changed`, `new-sign-in`,
    /// `number-changed`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PasswordChanged => "password-changed",
            Self::NewSignIn => "new-sign-in",
            Self::NumberChanged => "number-changed",
        }
    }
}

/// What a code is for, so that a person can tell an order of their own from somebody else's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Purpose {
    /// To open an account.
    Register,
    /// To sign in.
    Login,
    /// To set a new password.
    Reset,
    /// To prove a new number before it replaces the old one.
    ChangeNumber,
}

impl Purpose {
    /// Every purpose, in the order of their declaration.
    pub const ALL: [Self; 4] = [Self::Register, Self::Login, Self::Reset, Self::ChangeNumber];

    /// The name in figures, settings and JSON: `register`, `login`, `reset`, `change-number`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Register => "register",
            Self::Login => "login",
            Self::Reset => "reset",
            Self::ChangeNumber => "change-number",
        }
    }
}

/// The whole minutes in `duration`, as a person is told them: rounded down, so that no code dies
/// before its message says so. Only one that is good for less than a minute does: nobody can make
/// anything of "0 minutes".
pub(crate) fn whole_minutes(duration: Duration) -> u64 {
    (duration.as_secs() / 60).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn topics_have_names_of_their_own() {
        let names: Vec<_> = Topic::all().map(Topic::as_str).collect();
        let distinct: std::collections::BTreeSet<_> = names.iter().collect();
        assert_eq!((names.len(), distinct.len()), (7, 7), "{names:?}");
    }

    #[test]
    fn minutes_are_rounded_down_and_never_none() {
        for (seconds, minutes) in
            [(0, 1), (59, 1), (60, 1), (119, 1), (300, 5), (359, 5), (600, 10)]
        {
            assert_eq!(whole_minutes(Duration::from_secs(seconds)), minutes, "{seconds} s");
        }
    }
}
