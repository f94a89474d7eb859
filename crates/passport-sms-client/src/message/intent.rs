use std::time::Duration;

use crate::message::code::OneTimeCode;

/// What a message says. Others than codes will follow.
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
/// before its message says so, but never none.
pub(crate) fn whole_minutes(duration: Duration) -> u64 {
    (duration.as_secs() / 60).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minutes_are_whole_and_never_promise_too_much() {
        for (seconds, minutes) in
            [(0, 1), (59, 1), (60, 1), (119, 1), (300, 5), (359, 5), (600, 10)]
        {
            assert_eq!(whole_minutes(Duration::from_secs(seconds)), minutes, "{seconds} s");
        }
    }
}
