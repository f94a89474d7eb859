//! What the pages make of the refusals of use cases.

use passport_auth::{
    ChallengeError, ChallengeRefusal, ChangePasswordError, CheckCodeError, CodeRefusal,
    CodeSignInError, CodeSignUpError, Denied, NotAdmitted, RequestCodeError, ResetPasswordError,
    RestoreError, SendRefusal, SignInError, UndoNumberError, policies,
};
use passport_pages::Refusal;
use passport_user::PasswordRefusal;

use super::Obstacle;
use crate::http::pages::flow::Dead;

pub(in crate::http::pages) fn denied(denied: &Denied) -> Refusal {
    match denied {
        Denied::TooMany(refusal) => Refusal::Limit(refusal.retry_after),
        Denied::TooSoon { retry_after } => Refusal::Wait(*retry_after),
        Denied::Stopped => Refusal::Stopped,
        Denied::Busy { .. } => Refusal::Busy,
        Denied::Unavailable(_) => Refusal::Unavailable,
    }
}

/// As [`denied`], for messages, whose limits are those of the number or of the client.
fn not_sent(cause: &Denied) -> Refusal {
    let Denied::TooMany(refusal) = cause else { return denied(cause) };
    let wait = refusal.retry_after;
    match refusal.policy {
        policies::SMS_PER_PHONE_COOLDOWN => Refusal::CodeSent(wait),
        policies::SMS_PER_PHONE_HOUR | policies::SMS_PER_PHONE_DAY => Refusal::NumberLimit(wait),
        policies::SMS_PER_CLIENT_HOUR | policies::SMS_PER_CLIENT_DAY => Refusal::SendLimit(wait),
        _ => denied(cause),
    }
}

pub(in crate::http::pages) fn code(refusal: CodeRefusal) -> Refusal {
    match refusal {
        CodeRefusal::Missing | CodeRefusal::Mismatch { tries_left: 0 } => Refusal::CodeGone,
        CodeRefusal::Mismatch { tries_left } => Refusal::CodeWrong { tries_left },
    }
}

pub(in crate::http::pages) fn challenge(refusal: &ChallengeError) -> Refusal {
    match refusal {
        ChallengeError::Unknown | ChallengeError::NotMade(_) => Refusal::Server,
        ChallengeError::Denied(cause) => denied(cause),
    }
}

/// Why no code was sent; `Err` is the answer of a gateway that may have taken the message.
pub(in crate::http::pages) fn not_requested(
    refusal: RequestCodeError,
) -> Result<Refusal, SendRefusal> {
    Ok(match refusal {
        RequestCodeError::Denied(cause) => not_sent(&cause),
        RequestCodeError::Challenge(ChallengeRefusal::Missing) => Refusal::PictureGone,
        RequestCodeError::Challenge(ChallengeRefusal::Wrong) => Refusal::PictureWrong,
        RequestCodeError::Send(refusal) => match refusal {
            SendRefusal::CountryNotServed => Refusal::CountryNotServed,
            SendRefusal::NotStored(_) => Refusal::Unavailable,
            SendRefusal::RecipientRefused(_) => Refusal::RecipientRefused,
            SendRefusal::RecipientThrottled { retry_after, .. } => {
                Refusal::RecipientThrottled(retry_after)
            }
            SendRefusal::NumberNotServed(_)
            | SendRefusal::MessageRefused(_)
            | SendRefusal::NotSent(_) => Refusal::NotSent,
            SendRefusal::DeliveryUnknown { .. } => return Err(refusal),
        },
    })
}

pub(in crate::http::pages) fn new_password(refusal: PasswordRefusal) -> Refusal {
    match refusal {
        PasswordRefusal::TooShort { min } => Refusal::PasswordShort { min },
        PasswordRefusal::TooLong { max } => Refusal::PasswordLong { max },
        PasswordRefusal::Common => Refusal::PasswordCommon,
        PasswordRefusal::PhoneNumber => Refusal::PasswordIsNumber,
    }
}

fn not_admitted(refusal: NotAdmitted) -> Obstacle {
    match refusal {
        NotAdmitted::Disabled => Dead::Disabled.into(),
        NotAdmitted::Leaving { purge_at, continuation } => {
            Obstacle::Leaving { continuation, purge_at }
        }
    }
}

pub(in crate::http::pages) fn sign_in(refused: SignInError) -> Obstacle {
    match refused {
        SignInError::Denied(cause) => denied(&cause).into(),
        SignInError::WrongCredentials(_) => Refusal::CredentialsWrong.into(),
        SignInError::NotAdmitted(refusal) => not_admitted(refusal),
    }
}

pub(in crate::http::pages) fn code_sign_in(refused: CodeSignInError) -> Obstacle {
    match refused {
        CodeSignInError::Denied(cause) => denied(&cause).into(),
        CodeSignInError::Code(refusal) => code(refusal).into(),
        CodeSignInError::Consent(_) => Refusal::ConsentMissing.into(),
        CodeSignInError::SignUpClosed => Dead::SignUpClosed.into(),
        CodeSignInError::NoAccount => Dead::NoAccount.into(),
        CodeSignInError::KeptBack => Dead::KeptBack.into(),
        CodeSignInError::NotAdmitted(refusal) => not_admitted(refusal),
    }
}

pub(in crate::http::pages) fn sign_up(refused: CodeSignUpError) -> Obstacle {
    match refused {
        CodeSignUpError::Consent(_) => Refusal::ConsentMissing.into(),
        CodeSignUpError::SignUpClosed => Dead::SignUpClosed.into(),
        CodeSignUpError::PasswordRequired => Refusal::PasswordMissing.into(),
        CodeSignUpError::Password(refusal) => new_password(refusal).into(),
        CodeSignUpError::Denied(cause) => denied(&cause).into(),
        CodeSignUpError::Code(refusal) => code(refusal).into(),
        CodeSignUpError::PhoneTaken => Obstacle::Taken,
    }
}

pub(in crate::http::pages) fn check_code(refused: CheckCodeError) -> Obstacle {
    match refused {
        CheckCodeError::Denied(cause) => denied(&cause).into(),
        CheckCodeError::Code(refusal) => code(refusal).into(),
    }
}

pub(in crate::http::pages) fn reset_password(refused: ResetPasswordError) -> Obstacle {
    match refused {
        ResetPasswordError::Denied(cause) => denied(&cause).into(),
        ResetPasswordError::Password(refusal) => new_password(refusal).into(),
        ResetPasswordError::Code(refusal) => code(refusal).into(),
        ResetPasswordError::NoAccount => Dead::NoAccount.into(),
        ResetPasswordError::Disabled => Dead::Disabled.into(),
        ResetPasswordError::Conflict => Refusal::Conflict.into(),
    }
}

pub(in crate::http::pages) fn undo_number(refused: UndoNumberError) -> Obstacle {
    match refused {
        UndoNumberError::Denied(cause) => denied(&cause).into(),
        UndoNumberError::Code(refusal) => code(refusal).into(),
        UndoNumberError::NothingToUndo => Dead::NothingToUndo.into(),
    }
}

/// Why a deletion was not withdrawn; `None` if the continuation is not valid any more.
pub(in crate::http::pages) fn restore(refused: RestoreError) -> Option<Refusal> {
    match refused {
        RestoreError::Denied(cause) => Some(denied(&cause)),
        RestoreError::Gone(_) => None,
    }
}

/// Why the first password was not set; `None` if the account page has to do it, because the session is
/// not fresh any more or the account has a password already.
pub(in crate::http::pages) fn change_password(refused: ChangePasswordError) -> Option<Refusal> {
    match refused {
        ChangePasswordError::Denied(cause) => Some(denied(&cause)),
        ChangePasswordError::Password(refusal) => Some(new_password(refusal)),
        ChangePasswordError::Conflict => Some(Refusal::Conflict),
        ChangePasswordError::WrongProof(_)
        | ChangePasswordError::NotFresh(_)
        | ChangePasswordError::PasswordRequired => None,
    }
}
