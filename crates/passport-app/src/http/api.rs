//! Our own API under `/api/v1`: status codes, and problems as RFC 9457 defines them.
//!
//! A handler returns its response type or a [`Problem`]; request and response types stand beside it.

mod challenges;
mod endpoint;
mod guard;
pub(in crate::http) mod idempotency;
pub(in crate::http) mod problem;
mod session;
mod sessions;

use actix_web::{
    http::header,
    middleware::{DefaultHeaders, from_fn},
    web,
};

use endpoint::{delete, endpoint, get, post};
use problem::{Code, Problem};

pub(super) fn configure(app: &mut web::ServiceConfig) {
    app.service(
        web::scope("/api")
            .wrap(from_fn(idempotency::replay))
            .wrap(from_fn(guard::refuse_cross_site))
            .wrap(DefaultHeaders::new().add((header::CACHE_CONTROL, "no-store")))
            .service(endpoint("/v1/challenges", [post(challenges::issue)]))
            .service(endpoint("/v1/challenges/{id}/image", [get(challenges::image)]))
            .service(endpoint("/v1/challenges/{id}/audio", [get(challenges::audio)]))
            .service(endpoint("/v1/session", [get(session::show)]))
            .service(endpoint("/v1/sessions", [get(sessions::list), delete(sessions::end_others)]))
            .service(endpoint("/v1/sessions/{id}", [delete(sessions::end)]))
            .default_service(web::to(async || Problem::from(Code::NotFound))),
    );
}
