use passport_codes::{CodeKey, Purpose};
use passport_user::UserId;

use crate::PhoneTag;

/// Purpose of a code that is sent to a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CodePurpose {
    /// Sign-up by the original's API, whose codes are not bound to the request that asked for them.
    Register,
    /// Sign-up.
    SignUp,
    /// Sign-in, which signs up a number without an account.
    SignIn,
    /// Replacement of a forgotten password.
    Reset,
    /// Proof of a new number before it replaces the current one.
    ChangeNumber,
    /// Proof of a former number, to undo a change.
    UndoNumber,
    /// Confirmation of a session.
    Confirm,
}

impl CodePurpose {
    /// Every purpose.
    pub const ALL: [Self; 7] = [
        Self::Register,
        Self::SignUp,
        Self::SignIn,
        Self::Reset,
        Self::ChangeNumber,
        Self::UndoNumber,
        Self::Confirm,
    ];

    /// Name of the purpose, in the keys of stores and in the log.
    pub fn as_str(self) -> &'static str {
        self.purpose().as_str()
    }

    /// Whether a code can only be used by the client that asked for it.
    pub(crate) fn is_bound(self) -> bool {
        self != Self::Register
    }

    /// Key under which the code for `phone` is stored. Codes that a signed-in user asked for have keys
    /// of their own, so that two users who want one number have two codes.
    pub(crate) fn key(self, phone: PhoneTag, owner: Option<UserId>) -> CodeKey {
        let subject = match owner {
            None => phone.to_string(),
            Some(owner) => format!("{}:{phone}", owner.as_uuid().simple()),
        };
        CodeKey::new(self.purpose(), subject)
    }

    /// Key under which the code is recorded that `account` was registered with.
    pub(crate) fn record_key(account: UserId) -> CodeKey {
        const REGISTERED: Purpose = Purpose::new("registered");
        CodeKey::new(REGISTERED, account.as_uuid().to_string())
    }

    fn purpose(self) -> Purpose {
        const REGISTER: Purpose = Purpose::new("register");
        const SIGN_UP: Purpose = Purpose::new("sign_up");
        const SIGN_IN: Purpose = Purpose::new("sign_in");
        const RESET: Purpose = Purpose::new("reset");
        const CHANGE_NUMBER: Purpose = Purpose::new("change_number");
        const UNDO_NUMBER: Purpose = Purpose::new("undo_number");
        const CONFIRM: Purpose = Purpose::new("confirm");
        match self {
            Self::Register => REGISTER,
            Self::SignUp => SIGN_UP,
            Self::SignIn => SIGN_IN,
            Self::Reset => RESET,
            Self::ChangeNumber => CHANGE_NUMBER,
            Self::UndoNumber => UNDO_NUMBER,
            Self::Confirm => CONFIRM,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn otp_6_purposes_have_codes_of_their_own() {
        let names: HashSet<_> = CodePurpose::ALL.iter().map(|purpose| purpose.as_str()).collect();
        assert_eq!(names.len(), CodePurpose::ALL.len());
    }
}
