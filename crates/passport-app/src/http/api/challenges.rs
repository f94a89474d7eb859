use std::error::Error;

use actix_web::{HttpRequest, HttpResponse, http::header, web};
use passport_auth::{ChallengeError, IssuedChallenge, IssuedId, NewChallenge, PresentChallenge};
use passport_throttle::Quota;
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
        Err(error) => refusal(&error, "challenges", new_challenge.per_client),
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
        Err(error) => refusal(&error, FETCHES, present_challenge.per_client),
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
        Err(error) => refusal(&error, FETCHES, present_challenge.per_client),
    }
}

/// The quota of pictures and sounds.
const FETCHES: &str = "challenge-fetches";

/// These acts end with their caller, who therefore logs the cause.
fn refusal(refused: &ChallengeError, policy: &str, quota: Quota) -> HttpResponse {
    match refused {
        ChallengeError::Unknown => Problem::not_found(),
        ChallengeError::TooMany { retry_after } => Problem::too_many(policy, quota, *retry_after),
        ChallengeError::Busy(_) => Problem::busy(),
        ChallengeError::NotMade(cause) => {
            error!(error = &**cause as &dyn Error, "challenge was not made");
            Problem::server_error()
        }
        ChallengeError::Unavailable(cause) => {
            error!(error = cause as &dyn Error, "store unavailable");
            Problem::unavailable()
        }
    }
}
