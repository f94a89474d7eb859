//! What an act on an account tells, over all acts.

use std::fmt::Debug;

use passport_auth::{
    ChangeNumberError, ChangePasswordError, CodeRefusal, CodeSignInError, CodeSignUpError,
    ConfirmError, Denied, LeaveError, OperatorError, ResetPasswordError, RestoreError, SignedIn,
    SignedInByCode, Unavailable, UndoNumberError,
};
use passport_session::SessionToken;

/// Outcome of an act.
#[derive(Debug)]
pub(crate) enum Told {
    /// It is done; with the token that it gave.
    Done(Option<SessionToken>),
    /// It changed nothing.
    Nothing,
    /// A store could not answer.
    Down,
    /// The code is spent, or the session or continuation has ended.
    Gone,
    /// Another refusal, for the message of an assertion.
    #[expect(dead_code, reason = "shown by `Debug`")]
    Refused(String),
}

impl Told {
    pub(crate) fn is_done(&self) -> bool {
        matches!(self, Self::Done(_))
    }
}

/// An error of an act.
trait Refusal: Debug {
    fn denied(&self) -> Option<&Denied>;
    fn is_gone(&self) -> bool;

    fn is_down(&self) -> bool {
        matches!(self.denied(), Some(Denied::Unavailable(_)))
    }
}

macro_rules! refusals {
    ($($error:ident: $gone:pat,)+) => {
        $(
            impl Refusal for $error {
                fn denied(&self) -> Option<&Denied> {
                    match self {
                        $error::Denied(denied) => Some(denied),
                        _ => None,
                    }
                }

                fn is_gone(&self) -> bool {
                    matches!(self, $gone)
                }
            }
        )+
    };
}

refusals! {
    CodeSignInError: CodeSignInError::Code(CodeRefusal::Missing),
    CodeSignUpError: CodeSignUpError::Code(CodeRefusal::Missing),
    ConfirmError: ConfirmError::Code(CodeRefusal::Missing) | ConfirmError::SessionEnded,
    ChangePasswordError: ChangePasswordError::Conflict,
    ResetPasswordError: ResetPasswordError::Code(CodeRefusal::Missing),
    ChangeNumberError: ChangeNumberError::Code(CodeRefusal::Missing),
    UndoNumberError: UndoNumberError::Code(CodeRefusal::Missing),
    LeaveError: LeaveError::Conflict,
    RestoreError: RestoreError::Gone(_),
    OperatorError: OperatorError::NoUser,
}

fn refused(error: &impl Refusal) -> Told {
    if error.is_down() {
        Told::Down
    } else if error.is_gone() {
        Told::Gone
    } else {
        Told::Refused(format!("{error:?}"))
    }
}

/// What was given.
trait Given {
    fn told(self) -> Told;
}

macro_rules! given {
    ($($type:ty: $token:expr;)+) => {
        $(
            impl Given for $type {
                fn told(self) -> Told {
                    let token: fn(Self) -> Option<SessionToken> = $token;
                    Told::Done(token(self))
                }
            }
        )+
    };
}

given! {
    (): |()| None;
    SignedIn: |it| Some(it.token);
    SignedInByCode: |it| Some(it.signed_in.token);
    passport_auth::Renewed: |it| Some(it.token);
    passport_auth::PasswordChange: |it| it.renewed.map(|renewed| renewed.token);
    passport_auth::ChangedNumber: |it| it.renewed.map(|renewed| renewed.token);
    passport_auth::Leaving: |_| None;
    passport_user::User: |_| None;
}

impl Given for bool {
    fn told(self) -> Told {
        if self { Told::Done(None) } else { Told::Nothing }
    }
}

impl Given for Option<passport_auth::StandingChanged> {
    fn told(self) -> Told {
        self.is_some().told()
    }
}

impl Given for usize {
    fn told(self) -> Told {
        (self > 0).told()
    }
}

impl Refusal for Denied {
    fn denied(&self) -> Option<&Denied> {
        Some(self)
    }

    fn is_gone(&self) -> bool {
        false
    }
}

impl Refusal for Unavailable {
    fn denied(&self) -> Option<&Denied> {
        None
    }

    fn is_gone(&self) -> bool {
        false
    }

    fn is_down(&self) -> bool {
        true
    }
}

impl<T: Given, E: Refusal> From<Result<T, E>> for Told {
    fn from(outcome: Result<T, E>) -> Self {
        match outcome {
            Ok(given) => given.told(),
            Err(error) => refused(&error),
        }
    }
}
