//! Our own API under `/api/v1`: status codes, and problems as RFC 9457 defines them.
//!
//! A handler returns its response type or a [`Problem`]; request and response types stand beside it.

pub(in crate::http) mod admin;
mod challenges;
mod codes;
mod confirmations;
mod continuations;
pub(in crate::http) mod describe;
pub(in crate::http) mod document;
mod endpoint;
mod fields;
mod guard;
mod me;
pub(in crate::http) mod names;
mod number_undos;
mod password_resets;
pub(in crate::http) mod problem;
mod refusals;
mod replay;
mod routes;
pub(in crate::http) mod session;
mod sessions;
mod transport;
mod users;
mod views;

use actix_web::{
    http::header,
    middleware::{DefaultHeaders, from_fn},
    web,
};

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
            .configure(routes::configure)
            .default_service(web::to(async || Problem::from(Code::NotFound))),
    );
}
