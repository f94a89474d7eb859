//! Our own API under `/api/v1`: status codes, and problems as RFC 9457 defines them.
//!
//! A handler returns its response type or a [`Problem`]; request and response types stand beside it.

pub(in crate::http) mod admin;
mod challenges;
mod codes;
mod confirmations;
mod continuations;
mod endpoint;
mod fields;
mod guard;
mod me;
mod number_undos;
mod password_resets;
pub(in crate::http) mod problem;
mod refusals;
mod replay;
mod session;
mod sessions;
mod transport;
mod users;
mod views;

use actix_web::{
    http::header,
    middleware::{DefaultHeaders, from_fn},
    web,
};

use endpoint::{delete, endpoint, get, patch, post, put};
use problem::{Code, Problem};

use super::cors;

pub(in crate::http) use me::export::ExportResponse;

pub(super) fn configure(app: &mut web::ServiceConfig) {
    app.service(
        web::scope("/api")
            .wrap(from_fn(replay::replay))
            .wrap(from_fn(guard::refuse_cross_site))
            .wrap(from_fn(cors::allow))
            .wrap(DefaultHeaders::new().add((header::CACHE_CONTROL, "no-store")))
            .service(endpoint("/v1/challenges", [post(challenges::issue)]))
            .service(endpoint("/v1/challenges/{id}/image", [get(challenges::image)]))
            .service(endpoint("/v1/challenges/{id}/audio", [get(challenges::audio)]))
            .service(endpoint("/v1/codes", [post(codes::send)]))
            .service(endpoint("/v1/users", [post(users::create)]))
            .service(endpoint("/v1/session", [get(session::show), delete(session::end)]))
            .service(endpoint("/v1/session/confirmations", [post(confirmations::create)]))
            .service(endpoint(
                "/v1/sessions",
                [get(sessions::list), post(sessions::create), delete(sessions::end_others)],
            ))
            .service(endpoint("/v1/sessions/continuations", [post(continuations::create)]))
            .service(endpoint("/v1/sessions/{id}", [delete(sessions::end)]))
            .service(endpoint("/v1/me", [get(me::show), patch(me::change), delete(me::leave)]))
            .service(endpoint("/v1/me/events", [get(me::events::list)]))
            .service(endpoint("/v1/me/export", [get(me::export::show)]))
            .service(endpoint("/v1/me/mobile", [put(me::mobile::set)]))
            .service(endpoint(
                "/v1/me/password",
                [put(me::password::set), delete(me::password::remove)],
            ))
            .service(endpoint("/v1/number-undos", [post(number_undos::create)]))
            .service(endpoint("/v1/password-resets", [post(password_resets::create)]))
            .default_service(web::to(async || Problem::from(Code::NotFound))),
    );
}
