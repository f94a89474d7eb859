use actix_web::HttpResponse;
use passport_auth::{Denied, RequestCodeError, RequestOwnCodeError, SendRefusal};
use passport_pages::Refusal;
use passport_user::NickNameRefusal;

use super::{member::Member, then::Then};
use crate::http::pages::{context::see_other, refusals};

/// Why a form of a signed-in person had no effect.
#[derive(Debug)]
pub(super) enum Unmet {
    /// The page is shown again.
    Refused(Refusal),
    /// The session has to be confirmed first.
    NotFresh,
    /// The session has ended meanwhile.
    SessionEnded,
}

impl Unmet {
    /// The response: the page with the refusal, or a redirect to what comes first. From a confirmation the
    /// person returns to `then`.
    pub(super) fn answer(
        self,
        member: &Member,
        then: &Then,
        page: impl FnOnce(&Refusal) -> HttpResponse,
    ) -> HttpResponse {
        match self {
            Self::Refused(refusal) => page(&refusal),
            Self::NotFresh => see_other(&then.confirmation()),
            Self::SessionEnded => member.signed_out(),
        }
    }
}

impl From<Refusal> for Unmet {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<Denied> for Unmet {
    fn from(cause: Denied) -> Self {
        Self::Refused(denied(&cause))
    }
}

/// A denial, as a signed-in person is told of it.
pub(super) fn denied(cause: &Denied) -> Refusal {
    match cause {
        // What is stopped for good is the comparison of passwords in this session.
        Denied::Stopped => Refusal::ConfirmationsStopped,
        _ => refusals::denied(cause),
    }
}

pub(super) fn name(refusal: NickNameRefusal) -> Refusal {
    match refusal {
        NickNameRefusal::Empty => Refusal::NameEmpty,
        NickNameRefusal::TooLong => Refusal::NameLong,
        NickNameRefusal::Invisible => Refusal::NameInvisible,
        NickNameRefusal::PhoneNumber => Refusal::NameNumber,
    }
}

/// Why no code was sent; `Err` is the answer of a gateway that may have taken the message.
pub(super) fn not_requested(refused: RequestOwnCodeError) -> Result<Unmet, SendRefusal> {
    let refused = match refused {
        RequestOwnCodeError::NotFresh(_) => return Ok(Unmet::NotFresh),
        RequestOwnCodeError::NoNumber => return Ok(Refusal::NoNumber.into()),
        RequestOwnCodeError::Denied(denied) => RequestCodeError::Denied(denied),
        RequestOwnCodeError::Challenge(refusal) => RequestCodeError::Challenge(refusal),
        RequestOwnCodeError::Send(refusal) => RequestCodeError::Send(refusal),
    };
    refusals::not_requested(refused).map(Unmet::Refused)
}
