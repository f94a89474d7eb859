use actix_web::{HttpRequest, HttpResponse, web};
use passport_auth::PresentChallenge;

use super::{
    query::id,
    refusals::{challenge_missing, challenge_refused},
    reply::LegacyReply,
};
use crate::http::{cookies::Cookies, extract::Client, locale, sound};

/// `GET /passport/audio_code`: the answer of the latest image of this browser, spoken.
///
/// A browser that has loaded another image since, as in a second tab, has lost the ticket of this
/// one; the page then loads a new image.
pub(super) async fn speak(
    request: HttpRequest,
    Client(client): Client,
    cookies: web::Data<Cookies>,
    present_challenge: web::Data<PresentChallenge>,
) -> Result<HttpResponse, LegacyReply> {
    let current = id(request.query_string(), "cur_id").ok_or_else(LegacyReply::fields_missing)?;
    let seen = cookies.challenge(&request).filter(|ticket| ticket.id() == current);
    let ticket = seen.ok_or_else(challenge_missing)?;
    let language = locale::spoken(&request);
    let sound = present_challenge.sound_of(&ticket, language, client).await;
    let sound = sound.map_err(|error| challenge_refused(&error))?;
    Ok(sound::respond(&request, sound))
}
