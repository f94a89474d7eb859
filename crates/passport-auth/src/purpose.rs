use passport_codes::{CodeKey, Purpose};

use crate::PhoneTag;

/// What a code that was sent to a number is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CodePurpose {
    /// Signing up.
    Register,
}

impl CodePurpose {
    /// The name, as stores and operators see it.
    pub fn as_str(self) -> &'static str {
        self.purpose().as_str()
    }

    /// Where the code for `phone` lives.
    pub(crate) fn key(self, phone: PhoneTag) -> CodeKey {
        CodeKey::new(self.purpose(), phone.to_string())
    }

    fn purpose(self) -> Purpose {
        const REGISTER: Purpose = Purpose::new("register");
        match self {
            Self::Register => REGISTER,
        }
    }
}
