use std::error::Error;

use actix_web::{HttpRequest, HttpResponse, web};
use passport_auth::{PresentChallenge, PresentChallengeError};
use tracing::error;

use super::{busy, challenge_missing, image_code::id, too_many, unavailable};
use crate::http::{
    answer::{Answer, Errno},
    client_address::Client,
    cookies::Cookies,
    locale, sound,
};

/// `GET /passport/audio_code`: the answer of the picture that this browser saw last, spoken.
///
/// When it saw another one since, as in a second tab, there is nothing to say: the page takes a new
/// picture.
pub(super) async fn speak(
    request: HttpRequest,
    client: Client,
    cookies: web::Data<Cookies>,
    present_challenge: web::Data<PresentChallenge>,
) -> Result<HttpResponse, Answer> {
    let current = id(request.query_string(), "cur_id").ok_or_else(Answer::fields_missing)?;
    let seen = cookies.challenge(&request).filter(|(id, _)| *id == current);
    let (_, ticket) = seen.ok_or_else(challenge_missing)?;
    let language = locale::spoken(&request);
    match present_challenge.sound_of(ticket, language, client.0).await {
        Ok(sound) => Ok(sound::respond(&request, sound, language)),
        Err(error) => Err(refusal(&error)),
    }
}

fn refusal(refused: &PresentChallengeError) -> Answer {
    const FAILED: &str = "验证操作失败";
    match refused {
        PresentChallengeError::Unknown => challenge_missing(),
        PresentChallengeError::TooMany { retry_after } => too_many(*retry_after),
        PresentChallengeError::Busy(_) => busy(),
        PresentChallengeError::NotMade(cause) => {
            error!(error = &**cause as &dyn Error, "challenge was not spoken");
            Answer::new(Errno::DbErr, FAILED)
        }
        // This act ends with its caller, who therefore logs the cause.
        PresentChallengeError::Unavailable(cause) => {
            error!(error = cause as &dyn Error, "store unavailable");
            unavailable(FAILED)
        }
    }
}
