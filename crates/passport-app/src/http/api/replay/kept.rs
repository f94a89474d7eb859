use std::time::Duration;

use actix_web::{HttpResponse, body::BoxBody};

use crate::http::api::problem::Code;

/// Time for which a response is kept, unless its handler says otherwise.
const KEPT: Duration = Duration::from_hours(24);

/// Extension of a response that is worth nothing after a time, such as a challenge that has expired. It is
/// kept for this long only, so that it does not take room for a day.
#[derive(Debug, Clone, Copy)]
pub(in crate::http::api) struct KeptFor(pub(in crate::http::api) Duration);

/// Time for which repeats get this response. `None` if a repeat executes the call anew, because the first
/// one did nothing.
pub(super) fn kept_for(response: &HttpResponse<BoxBody>) -> Option<Duration> {
    let extensions = response.extensions();
    let is_kept = match extensions.get::<Code>() {
        Some(code) => did_something(*code),
        None => response.status().is_success() || response.status().is_redirection(),
    };
    is_kept.then(|| extensions.get::<KeptFor>().map_or(KEPT, |kept| kept.0))
}

/// Whether a call that is refused with this code did something that a repeat must not do again, such as
/// using up a try of a code. Other refusals are not kept: they take no room, and a repeat is decided anew.
const fn did_something(code: Code) -> bool {
    match code {
        // A try, a code or a challenge was used up, or a message was perhaps sent.
        Code::CredentialsWrong
        | Code::SmsCodeWrong
        | Code::ChallengeWrong
        | Code::ProofWrong
        | Code::PasswordWrong
        | Code::NumberTaken
        | Code::NoAccount
        | Code::NothingToUndo
        | Code::AccountDisabled
        | Code::AccountLeaving
        | Code::TooManyChanges
        | Code::SignUpClosed
        | Code::Conflict
        | Code::RecipientRefused
        | Code::RecipientThrottled
        | Code::NotSent
        | Code::DeliveryUnknown => true,
        Code::BodyInvalid
        | Code::QueryInvalid
        | Code::TokenInvalid
        | Code::ScopeMissing
        | Code::OriginalUnknown
        | Code::TwoCredentials
        | Code::IdempotencyKeyInvalid
        | Code::NotSignedIn
        | Code::CrossSite
        | Code::CountryNotServed
        | Code::ConfirmationRequired
        | Code::ConsentRequired
        | Code::ProofTooWeak
        | Code::Stopped
        | Code::NotFound
        | Code::MethodNotAllowed
        | Code::BodyTimeout
        | Code::IdempotencyKeyInProgress
        | Code::SmsCodeGone
        | Code::ChallengeGone
        | Code::ContinuationGone
        | Code::BodyTooLarge
        | Code::MediaTypeUnsupported
        | Code::AudienceUnknown
        | Code::MobileInvalid
        | Code::PasswordRefused
        | Code::NickNameRefused
        | Code::IdempotencyKeyReused
        | Code::TooMany
        | Code::Wait
        | Code::ServerError
        | Code::Busy
        | Code::Unavailable => false,
    }
}

#[cfg(test)]
mod tests {
    use actix_web::{ResponseError, http::StatusCode};

    use super::*;
    use crate::http::api::problem::Problem;

    #[test]
    fn successes_are_kept_and_refusals_that_did_nothing_are_not() {
        let of = |status| kept_for(&HttpResponse::new(status));
        assert_eq!(of(StatusCode::NO_CONTENT), Some(KEPT));
        assert_eq!(of(StatusCode::INTERNAL_SERVER_ERROR), None);
        assert_eq!(kept_for(&Problem::from(Code::NotFound).error_response()), None);
        let mut response = HttpResponse::new(StatusCode::CREATED);
        response.extensions_mut().insert(KeptFor(Duration::from_secs(5)));
        assert_eq!(kept_for(&response), Some(Duration::from_secs(5)));
    }
}
