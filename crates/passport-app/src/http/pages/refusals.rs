//! Refusals of use cases, as the pages show them.

use actix_web::http::StatusCode;
use passport_auth::{
    ChallengeError, ChallengeRefusal, CodeRefusal, Denied, RequestCodeError, SendRefusal,
};
use passport_pages::Refusal;

/// The status of a page that shows `refusal`.
pub(super) fn status(refusal: &Refusal) -> StatusCode {
    match refusal {
        Refusal::CredentialsWrong => StatusCode::UNAUTHORIZED,
        Refusal::CountryNotServed
        | Refusal::Stale
        | Refusal::CrossSite
        | Refusal::Origin { .. }
        | Refusal::Cookies
        | Refusal::Disabled
        | Refusal::ConfirmationsStopped
        | Refusal::SignUpClosed => StatusCode::FORBIDDEN,
        Refusal::DeviceGone => StatusCode::NOT_FOUND,
        Refusal::NumberTaken | Refusal::Conflict => StatusCode::CONFLICT,
        Refusal::PictureGone | Refusal::CodeGone => StatusCode::GONE,
        Refusal::RecipientThrottled(_)
        | Refusal::SendLimit(_)
        | Refusal::Wait(_)
        | Refusal::Limit(_)
        | Refusal::TooManyChanges
        | Refusal::Stopped => StatusCode::TOO_MANY_REQUESTS,
        Refusal::NotSent => StatusCode::BAD_GATEWAY,
        Refusal::Busy | Refusal::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        Refusal::Server => StatusCode::INTERNAL_SERVER_ERROR,
        Refusal::MobileMissing
        | Refusal::MobileInvalid
        | Refusal::RecipientRefused
        | Refusal::PictureMissing
        | Refusal::PictureCharacter(_)
        | Refusal::PictureLength(_)
        | Refusal::PictureWrong
        | Refusal::CodeMissing
        | Refusal::CodeForm(_)
        | Refusal::CodeWrong { .. }
        | Refusal::PasswordMissing
        | Refusal::PasswordWrong
        | Refusal::PasswordRequired
        | Refusal::PasswordShort { .. }
        | Refusal::PasswordLong { .. }
        | Refusal::PasswordCommon
        | Refusal::PasswordIsNumber
        | Refusal::FormerPasswordMissing
        | Refusal::FormerPasswordWrong
        | Refusal::NameEmpty
        | Refusal::NameLong
        | Refusal::NameInvisible
        | Refusal::NameNumber
        | Refusal::NoNumber
        | Refusal::ConsentMissing => StatusCode::UNPROCESSABLE_ENTITY,
    }
}

pub(super) fn denied(denied: &Denied) -> Refusal {
    match denied {
        Denied::TooMany(refusal) => Refusal::Limit(refusal.retry_after),
        Denied::TooSoon { retry_after } => Refusal::Wait(*retry_after),
        Denied::Stopped => Refusal::Stopped,
        Denied::Busy { .. } => Refusal::Busy,
        Denied::Unavailable(_) => Refusal::Unavailable,
    }
}

pub(super) fn code(refusal: CodeRefusal) -> Refusal {
    match refusal {
        CodeRefusal::Missing => Refusal::CodeGone,
        CodeRefusal::Mismatch { tries_left: 0 } => Refusal::CodeGone,
        CodeRefusal::Mismatch { tries_left } => Refusal::CodeWrong { tries_left },
    }
}

pub(super) fn challenge(refusal: &ChallengeError) -> Refusal {
    match refusal {
        ChallengeError::Unknown | ChallengeError::NotMade(_) => Refusal::Server,
        ChallengeError::Denied(cause) => denied(cause),
    }
}

/// Why no code was sent; `Err` is the answer of a gateway that may have taken the message.
pub(super) fn not_requested(refusal: RequestCodeError) -> Result<Refusal, SendRefusal> {
    Ok(match refusal {
        RequestCodeError::Denied(Denied::TooMany(refusal)) => {
            Refusal::SendLimit(refusal.retry_after)
        }
        RequestCodeError::Denied(cause) => denied(&cause),
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
