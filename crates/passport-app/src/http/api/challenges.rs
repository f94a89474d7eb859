use std::error::Error;

use actix_web::{HttpRequest, HttpResponse, http::header, web};
use passport_auth::{
    ChallengeError, Denied, IssuedChallenge, IssuedId, NewChallenge, PresentChallenge,
};
use serde::Serialize;
use time::OffsetDateTime;
use tracing::error;

use crate::http::{client_address::Client, locale, problem::Problem, sound};

/// `POST /api/v1/challenges`
pub(super) async fn issue(client: Client, new_challenge: web::Data<NewChallenge>) -> HttpResponse {
    match new_challenge.issue(client.0).await {
        Ok(challenge) => HttpResponse::Created()
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .json(ChallengeResponse::from(challenge)),
        Err(error) => refusal(&error),
    }
}

#[derive(Serialize)]
struct ChallengeResponse {
    id: String,
    kinds: [&'static str; 2],
    #[serde(with = "time::serde::rfc3339")]
    expires_at: OffsetDateTime,
    /// Whole seconds, for clients whose clock is wrong.
    expires_in: u64,
    links: LinksResponse,
}

#[derive(Serialize)]
struct LinksResponse {
    image: String,
    audio: String,
}

impl From<IssuedChallenge> for ChallengeResponse {
    fn from(challenge: IssuedChallenge) -> Self {
        let id = challenge.id.expose();
        let link = |kind| format!("/api/v1/challenges/{id}/{kind}");
        Self {
            kinds: ["image", "audio"],
            expires_at: challenge.expires_at,
            expires_in: challenge.expires_in.as_secs(),
            links: LinksResponse { image: link("image"), audio: link("audio") },
            id,
        }
    }
}

/// `GET /api/v1/challenges/{id}/image`
pub(super) async fn image(
    id: web::Path<String>,
    client: Client,
    present_challenge: web::Data<PresentChallenge>,
) -> HttpResponse {
    let Ok(id) = id.parse::<IssuedId>() else { return Problem::not_found() };
    match present_challenge.picture(&id, client.0).await {
        Ok(picture) => HttpResponse::Ok()
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .content_type(picture.media_type)
            .body(picture.bytes),
        Err(error) => refusal(&error),
    }
}

/// `GET /api/v1/challenges/{id}/audio`
pub(super) async fn audio(
    request: HttpRequest,
    id: web::Path<String>,
    client: Client,
    present_challenge: web::Data<PresentChallenge>,
) -> HttpResponse {
    let Ok(id) = id.parse::<IssuedId>() else { return Problem::not_found() };
    let language = locale::spoken(&request);
    match present_challenge.sound(&id, language, client.0).await {
        Ok(sound) => sound::respond(&request, sound, language),
        Err(error) => refusal(&error),
    }
}

/// Maps an error. The cause of an outage is logged here, because the use cases of challenges do not
/// log.
fn refusal(refused: &ChallengeError) -> HttpResponse {
    match refused {
        ChallengeError::Unknown => Problem::not_found(),
        ChallengeError::Denied(Denied::TooMany(refusal)) => Problem::too_many(refusal),
        ChallengeError::Denied(Denied::Busy { .. }) => Problem::busy(),
        ChallengeError::NotMade(cause) => {
            error!(error = &**cause as &dyn Error, "challenge was not made");
            Problem::server_error()
        }
        ChallengeError::Denied(Denied::Unavailable(cause)) => {
            error!(error = cause as &dyn Error, "store unavailable");
            Problem::unavailable()
        }
    }
}
