//! Refusals as the pages show them.

mod causes;
mod kept;

use actix_web::http::StatusCode;
use passport_auth::Continuation;
use passport_pages::Refusal;
use time::OffsetDateTime;

pub(super) use causes::{
    challenge, change_password, check_code, code, code_sign_in, denied, new_password,
    not_requested, reset_password, restore, sign_in, sign_up, undo_number,
};
pub(super) use kept::did_something;

use super::flow::Dead;

/// Why a step of a flow was not taken.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Obstacle {
    /// The form is refused, and can be sent again.
    Refused(Refusal),
    /// The flow cannot go on.
    Dead(Dead),
    /// The number that was to get an account has one.
    Taken,
    /// The account is to be deleted, which the continuation withdraws.
    Leaving { continuation: Continuation, purge_at: OffsetDateTime },
}

impl From<Refusal> for Obstacle {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<Dead> for Obstacle {
    fn from(dead: Dead) -> Self {
        Self::Dead(dead)
    }
}

/// The status of a page that shows `refusal`.
pub(super) fn status(refusal: &Refusal) -> StatusCode {
    match refusal {
        Refusal::FormMalformed => StatusCode::BAD_REQUEST,
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
        Refusal::FormTimedOut => StatusCode::REQUEST_TIMEOUT,
        Refusal::NumberTaken | Refusal::KeptBack | Refusal::Conflict => StatusCode::CONFLICT,
        Refusal::PictureGone | Refusal::CodeGone | Refusal::NoAccount | Refusal::NothingToUndo => {
            StatusCode::GONE
        }
        Refusal::FormTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Refusal::FormMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        Refusal::RecipientThrottled(_)
        | Refusal::CodeSent(_)
        | Refusal::NumberLimit(_)
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
        | Refusal::FormerPasswordMissing
        | Refusal::FormerPasswordWrong
        | Refusal::NameEmpty
        | Refusal::NameLong
        | Refusal::NameInvisible
        | Refusal::NameNumber
        | Refusal::NumberPresent
        | Refusal::NoNumber
        | Refusal::PasswordShort { .. }
        | Refusal::PasswordLong { .. }
        | Refusal::PasswordCommon
        | Refusal::PasswordIsNumber
        | Refusal::ConsentMissing => StatusCode::UNPROCESSABLE_ENTITY,
    }
}

#[cfg(test)]
mod tests;
