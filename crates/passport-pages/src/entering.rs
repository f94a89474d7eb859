//! Pages on the way into an account.

pub(crate) mod code;
pub(crate) mod new_password;
pub(crate) mod number;
pub(crate) mod outcome;
pub(crate) mod restore;
pub(crate) mod sign_in_password;

/// A flow that begins with a number and a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entry {
    /// Sign-in by code.
    SignIn,
    /// Sign-up.
    SignUp,
    /// Replacement of a forgotten password.
    Forgot,
    /// Undo of a change of number.
    UndoNumber,
}

impl Entry {
    /// Every flow.
    pub const ALL: [Self; 4] = [Self::SignIn, Self::SignUp, Self::Forgot, Self::UndoNumber];

    /// Address of the page on which the number is typed.
    pub fn path(self) -> &'static str {
        match self {
            Self::SignIn => "/sign-in",
            Self::SignUp => "/sign-up",
            Self::Forgot => "/forgot",
            Self::UndoNumber => "/undo-number",
        }
    }

    /// Address of the page on which the code is typed.
    pub fn code_path(self) -> &'static str {
        match self {
            Self::SignIn => "/sign-in/code",
            Self::SignUp => "/sign-up/code",
            Self::Forgot => "/forgot/code",
            Self::UndoNumber => "/undo-number/code",
        }
    }

    /// Name of the page on which the number is typed.
    fn name(self) -> &'static str {
        &self.path()[1..]
    }
}
