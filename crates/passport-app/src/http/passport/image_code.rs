use actix_web::{HttpRequest, HttpResponse, http::header, web};
use passport_auth::NewChallenge;

use super::{query::id, refusals::challenge_refused, reply::LegacyReply};
use crate::http::{cookies::Cookies, extract::Client, theme};

/// `GET /passport/image_code`
pub(super) async fn draw(
    request: HttpRequest,
    Client(client): Client,
    cookies: web::Data<Cookies>,
    new_challenge: web::Data<NewChallenge>,
) -> Result<HttpResponse, LegacyReply> {
    let query = request.query_string();
    let current = id(query, "cur_id").ok_or_else(LegacyReply::fields_missing)?;
    // Clients can replace only ids they chose, not ids we issued.
    let former = id(query, "pre_id");
    let drawn = new_challenge.draw(current, former, client).await;
    let drawn = drawn.map_err(|error| challenge_refused(&error))?;
    let ttl = new_challenge.challenges.ttl().try_into().unwrap_or_default();
    let picture = drawn.drawing.into_theme(theme::of(&request));
    Ok(HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .cookie(cookies.set_challenge(drawn.ticket, ttl))
        .content_type(picture.media_type)
        .body(picture.bytes))
}
