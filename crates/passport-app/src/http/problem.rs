use actix_web::{
    HttpResponse,
    http::{
        StatusCode,
        header::{self, HeaderName, HeaderValue},
    },
};
use passport_throttle::Refusal;
use serde::Serialize;

use super::whole_seconds;

const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// A failure of our own API, as RFC 9457 writes it.
#[derive(Debug, Serialize)]
pub(super) struct Problem {
    r#type: &'static str,
    title: &'static str,
    status: u16,
    code: &'static str,
    errno: &'static str,
}

impl Problem {
    /// Nobody is signed in.
    pub(super) fn not_signed_in() -> HttpResponse {
        Self::respond(StatusCode::UNAUTHORIZED, "not-signed-in", "Nobody is signed in", "4101")
    }

    /// A store could not answer.
    pub(super) fn unavailable() -> HttpResponse {
        let title = "The service cannot answer now; try again";
        Self::respond(StatusCode::SERVICE_UNAVAILABLE, "unavailable", title, "4001")
    }

    /// A limit is used up. The fields of draft-ietf-httpapi-ratelimit-headers-10 name its policy, the
    /// quota `q` in `w` seconds, the remainder `r`, and the seconds `t` until there is more.
    pub(super) fn too_many(refusal: &Refusal) -> HttpResponse {
        let Refusal { policy, quota, retry_after } = *refusal;
        let title = "Too many requests; wait as long as Retry-After says";
        let mut response = Self::respond(StatusCode::TOO_MANY_REQUESTS, "too-many", title, "4201");
        let (limit, window) = (quota.limit(), whole_seconds(quota.window()));
        let seconds = whole_seconds(retry_after);
        let fields = [
            (header::RETRY_AFTER, seconds.to_string()),
            (RATE_LIMIT_POLICY, format!("\"{policy}\";q={limit};w={window}")),
            (RATE_LIMIT, format!("\"{policy}\";r=0;t={seconds}")),
        ];
        for (name, value) in fields {
            let value = HeaderValue::try_from(value).expect("it is ASCII that can be seen");
            response.headers_mut().insert(name, value);
        }
        response
    }

    /// The machine has no room.
    pub(super) fn busy() -> HttpResponse {
        let title = "The service is busy; try again";
        Self::respond(StatusCode::SERVICE_UNAVAILABLE, "busy", title, "4201")
    }

    /// Something broke that is nobody's fault but ours.
    pub(super) fn server_error() -> HttpResponse {
        let title = "Something went wrong on our side";
        Self::respond(StatusCode::INTERNAL_SERVER_ERROR, "server-error", title, "4500")
    }

    /// There is no such resource.
    pub(super) fn not_found() -> HttpResponse {
        Self::respond(StatusCode::NOT_FOUND, "not-found", "There is no such resource", "4201")
    }

    /// The resource is there, and does not do that; `allowed` is what it does.
    pub(super) fn method_not_allowed(allowed: &'static str) -> HttpResponse {
        let (status, title) = (StatusCode::METHOD_NOT_ALLOWED, "The resource has no such method");
        let mut response = Self::respond(status, "method-not-allowed", title, "4201");
        response.headers_mut().insert(header::ALLOW, HeaderValue::from_static(allowed));
        response
    }

    fn respond(
        status: StatusCode,
        code: &'static str,
        title: &'static str,
        errno: &'static str,
    ) -> HttpResponse {
        let problem = Self { r#type: "about:blank", title, status: status.as_u16(), code, errno };
        HttpResponse::build(status)
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .content_type("application/problem+json")
            .body(serde_json::to_string(&problem).unwrap_or_default())
    }
}
