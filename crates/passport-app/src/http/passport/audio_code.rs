use actix_web::{HttpRequest, HttpResponse, web};
use passport_auth::PresentChallenge;

use super::{challenge_missing, challenge_refused, image_code::id};
use crate::http::{answer::Answer, client_address::Client, cookies::Cookies, locale, sound};

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
        Err(error) => Err(challenge_refused(&error)),
    }
}
