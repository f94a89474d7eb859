//! Our own API: true status codes, problems as RFC 9457.

mod challenges;

use std::error::Error;

use actix_web::{HttpRequest, HttpResponse, Resource, Route, http::header, web};
use passport_auth::{Authenticate, Authenticated};
use serde::Serialize;
use time::OffsetDateTime;
use tracing::error;
use uuid::Uuid;

use super::{cookies::Cookies, get_or_head, problem::Problem};

pub(super) fn configure(app: &mut web::ServiceConfig) {
    app.service(
        web::scope("/api")
            .service(resource("/v1/challenges", "POST", web::post().to(challenges::issue)))
            .service(read_only("/v1/challenges/{id}/image", get_or_head().to(challenges::image)))
            .service(read_only("/v1/challenges/{id}/audio", get_or_head().to(challenges::audio)))
            .service(read_only("/v1/session", get_or_head().to(session)))
            .default_service(web::to(|| async { Problem::not_found() })),
    );
}

fn read_only(path: &str, route: Route) -> Resource {
    resource(path, "GET, HEAD", route)
}

/// Other methods are told which are `allowed`.
fn resource(path: &str, allowed: &'static str, route: Route) -> Resource {
    let refuse = web::to(move || async move { Problem::method_not_allowed(allowed) });
    web::resource(path).route(route).default_service(refuse)
}

/// `GET /api/v1/session`: who is signed in.
async fn session(
    request: HttpRequest,
    cookies: web::Data<Cookies>,
    authenticate: web::Data<Authenticate>,
) -> HttpResponse {
    let Some(token) = cookies.session(&request) else {
        return Problem::not_signed_in();
    };
    match authenticate.authenticate(&token).await {
        Ok(Some(authenticated)) => HttpResponse::Ok()
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .json(SessionResponse::from(authenticated)),
        Ok(None) => Problem::not_signed_in(),
        Err(error) => {
            error!(error = &error as &dyn Error, "session could not be looked up");
            Problem::unavailable()
        }
    }
}

#[derive(Serialize)]
struct SessionResponse {
    user: UserResponse,
    session: LifeResponse,
}

#[derive(Serialize)]
struct UserResponse {
    id: Uuid,
    /// With its middle hidden.
    mobile: String,
    nick_name: String,
    #[serde(with = "time::serde::rfc3339")]
    created_at: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339::option")]
    last_login_at: Option<OffsetDateTime>,
}

#[derive(Serialize)]
struct LifeResponse {
    #[serde(with = "time::serde::rfc3339")]
    created_at: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339")]
    expires_at: OffsetDateTime,
}

impl From<Authenticated> for SessionResponse {
    fn from(Authenticated { user, session }: Authenticated) -> Self {
        Self {
            user: UserResponse {
                id: user.id.as_uuid(),
                mobile: user.phone.masked(),
                nick_name: user.nick_name.as_str().to_owned(),
                created_at: user.created_at,
                last_login_at: user.last_login_at,
            },
            session: LifeResponse {
                created_at: session.created_at,
                expires_at: session.expires_at,
            },
        }
    }
}
