use std::error::Error;

use actix_web::{HttpRequest, HttpResponse, http::header, web};
use passport_auth::{
    ChallengeError, Denied, IssuedChallenge, IssuedId, NewChallenge, PresentChallenge,
};
use serde::Serialize;
use time::OffsetDateTime;
use tracing::error;
use utoipa::ToSchema;

use super::{
    describe::{
        problems::problems,
        values::{ChallengeIdText, ChallengeKindName},
    },
    problem::{Code, Problem},
    replay::KeptFor,
};
use crate::http::{extract::Client, locale, sound, theme};

/// `POST /api/v1/challenges`: a new challenge, whose image and audio the client fetches.
#[utoipa::path(
    post, path = "/api/v1/challenges", operation_id = "issueChallenge", tag = "challenges",
    summary = "Issue a challenge",
    description = "The challenge is a text that a person reads in a picture or hears. Its answer is needed \
        for a code, and counts once.",
    responses((status = 201, description = "The challenge", body = ChallengeResponse)),
)]
pub(super) async fn issue(
    Client(client): Client,
    new_challenge: web::Data<NewChallenge>,
) -> Result<HttpResponse, Problem> {
    let challenge = new_challenge.issue(client).await.map_err(problem)?;
    let kept_for = KeptFor(challenge.expires_in);
    let mut response = HttpResponse::Created()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(ChallengeResponse::from(challenge));
    // Challenges cost their client little, so their responses must not take room for a day.
    response.extensions_mut().insert(kept_for);
    Ok(response)
}

/// A challenge.
#[derive(Serialize, ToSchema)]
#[schema(as = Challenge)]
pub(super) struct ChallengeResponse {
    #[schema(value_type = ChallengeIdText)]
    id: String,
    /// What the links show.
    #[schema(value_type = Vec<ChallengeKindName>)]
    kinds: [&'static str; 2],
    #[serde(with = "time::serde::rfc3339")]
    expires_at: OffsetDateTime,
    /// Whole seconds, for clients whose clock is wrong.
    expires_in: u64,
    links: LinksResponse,
}

/// Where a challenge is shown and spoken.
#[derive(Serialize, ToSchema)]
#[schema(as = ChallengeLinks)]
struct LinksResponse {
    /// Path of the image.
    #[schema(format = "uri-reference")]
    image: String,
    /// Path of the sound.
    #[schema(format = "uri-reference")]
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

problems! { ShowProblems: NotFound, TooMany, Busy }

/// `GET /api/v1/challenges/{id}/image`
#[utoipa::path(
    get, path = "/api/v1/challenges/{id}/image", operation_id = "showChallenge", tag = "challenges",
    summary = "Show a challenge",
    params(("id" = ChallengeIdText, Path, description = "Id of the challenge")),
    responses(
        (status = 200, description = "The image", content(("image/png"))),
        ShowProblems,
    ),
)]
pub(super) async fn image(
    request: HttpRequest,
    id: web::Path<String>,
    Client(client): Client,
    present_challenge: web::Data<PresentChallenge>,
) -> Result<HttpResponse, Problem> {
    let id = id.parse::<IssuedId>().map_err(|_| Code::NotFound)?;
    let drawing = present_challenge.picture(&id, client).await.map_err(problem)?;
    let picture = drawing.into_theme(theme::of(&request));
    Ok(HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .content_type(picture.media_type)
        .body(picture.bytes))
}

/// `GET /api/v1/challenges/{id}/audio`
#[utoipa::path(
    get, path = "/api/v1/challenges/{id}/audio", operation_id = "speakChallenge", tag = "challenges",
    summary = "Speak a challenge",
    params(
        ("id" = ChallengeIdText, Path, description = "Id of the challenge"),
        (
            "lang" = Option<String>, Query, example = "en",
            description = "Language tag, before `Accept-Language`",
        ),
    ),
    responses(
        (status = 200, description = "The sound", content(("audio/wav"))),
        (status = 206, description = "A part of the sound", content(("audio/wav"))),
        ShowProblems,
    ),
)]
pub(super) async fn audio(
    request: HttpRequest,
    id: web::Path<String>,
    Client(client): Client,
    present_challenge: web::Data<PresentChallenge>,
) -> Result<HttpResponse, Problem> {
    let id = id.parse::<IssuedId>().map_err(|_| Code::NotFound)?;
    let spoken = present_challenge.sound(&id, locale::spoken(&request), client).await;
    Ok(sound::respond(&request, spoken.map_err(problem)?))
}

/// Translates a refusal, and logs its cause: these use cases log nothing themselves.
fn problem(refused: ChallengeError) -> Problem {
    match refused {
        ChallengeError::Unknown => Code::NotFound.into(),
        ChallengeError::NotMade(cause) => {
            error!(error = &*cause as &dyn Error, "challenge was not made");
            Code::ServerError.into()
        }
        ChallengeError::Denied(denied) => {
            if let Denied::Unavailable(cause) = &denied {
                error!(error = cause as &dyn Error, "store unavailable");
            }
            denied.into()
        }
    }
}
