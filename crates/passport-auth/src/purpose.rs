use passport_codes::{CodeKey, Purpose};

use crate::PhoneTag;

/// Purpose of a code that is sent to a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CodePurpose {
    /// Signing up.
    Register,
}

impl CodePurpose {
    /// Name of the purpose, as stores and operators see it.
    pub fn as_str(self) -> &'static str {
        self.purpose().as_str()
    }

    /// Key of the code for `phone`.
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
