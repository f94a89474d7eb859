use std::error::Error;

use actix_web::{HttpResponse, web};
use passport_auth::{OwnSessions, Unavailable};
use passport_session::{Session, SessionId};
use serde::Serialize;
use time::OffsetDateTime;
use tracing::error;
use uuid::Uuid;

use super::problem::{Code, Problem};
use crate::http::{
    cookies::Cookies,
    extract::{Carrier, Json, SignedIn},
};

/// `GET /api/v1/sessions`: the live sessions of the signed-in user, latest first.
pub(super) async fn list(
    SignedIn { person, .. }: SignedIn,
    own_sessions: web::Data<OwnSessions>,
) -> Result<Json<SessionsResponse>, Problem> {
    let sessions = own_sessions.list(&person).await.map_err(|cause| {
        error!(error = &cause as &dyn Error, "sessions were not listed");
        unavailable(cause)
    })?;
    let current = person.session.id;
    let sessions = sessions.iter().map(|session| SessionResponse::of(session, current)).collect();
    Ok(Json(SessionsResponse { sessions }))
}

#[derive(Serialize)]
pub(super) struct SessionsResponse {
    sessions: Vec<SessionResponse>,
}

#[derive(Serialize)]
struct SessionResponse {
    id: Uuid,
    /// Whether the request belongs to this session.
    current: bool,
    #[serde(with = "time::serde::rfc3339")]
    created_at: OffsetDateTime,
    /// Time of the last use, with a precision of a tenth of the idle time.
    #[serde(with = "time::serde::rfc3339")]
    last_seen_at: OffsetDateTime,
    /// Time of the end, whether or not the session is used.
    #[serde(with = "time::serde::rfc3339")]
    expires_at: OffsetDateTime,
}

impl SessionResponse {
    fn of(session: &Session, current: SessionId) -> Self {
        Self {
            id: session.id.as_uuid(),
            current: session.id == current,
            created_at: session.created_at,
            last_seen_at: session.last_seen_at,
            expires_at: session.expires_at,
        }
    }
}

/// `DELETE /api/v1/sessions/{id}`: ends one session. If it is the session of the request, the browser
/// loses its cookie.
pub(super) async fn end(
    SignedIn { person, carrier }: SignedIn,
    id: web::Path<Uuid>,
    own_sessions: web::Data<OwnSessions>,
    cookies: web::Data<Cookies>,
) -> Result<HttpResponse, Problem> {
    let id = SessionId::from_uuid(*id);
    if !own_sessions.end(&person, id).await.map_err(unavailable)? {
        return Err(Code::NotFound.into());
    }
    let mut response = HttpResponse::NoContent().finish();
    if id == person.session.id && carrier == Carrier::Cookie {
        cookies.end_session(&mut response);
    }
    Ok(response)
}

/// `DELETE /api/v1/sessions`: ends all sessions of the user except the one of the request.
pub(super) async fn end_others(
    SignedIn { person, .. }: SignedIn,
    own_sessions: web::Data<OwnSessions>,
) -> Result<HttpResponse, Problem> {
    own_sessions.end_others(&person).await.map_err(unavailable)?;
    Ok(HttpResponse::NoContent().finish())
}

fn unavailable(_: Unavailable) -> Problem {
    Code::Unavailable.into()
}
