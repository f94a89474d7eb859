use passport_codes::{CodeKey, Purpose};
use passport_user::UserId;

use crate::PhoneTag;

/// Purpose of a code that is sent to a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CodePurpose {
    /// Sign-up.
    Register,
}

impl CodePurpose {
    /// Name of the purpose, in the keys of stores and in the log.
    pub fn as_str(self) -> &'static str {
        self.purpose().as_str()
    }

    /// Key under which the code for `phone` is stored.
    pub(crate) fn key(self, phone: PhoneTag) -> CodeKey {
        CodeKey::new(self.purpose(), phone.to_string())
    }

    /// Key under which the code is recorded that `account` was made or changed with.
    pub(crate) fn record_key(self, account: UserId) -> CodeKey {
        const REGISTERED: Purpose = Purpose::new("registered");
        let purpose = match self {
            Self::Register => REGISTERED,
        };
        CodeKey::new(purpose, account.as_uuid().to_string())
    }

    fn purpose(self) -> Purpose {
        const REGISTER: Purpose = Purpose::new("register");
        match self {
            Self::Register => REGISTER,
        }
    }
}
