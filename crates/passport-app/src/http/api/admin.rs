//! The API for operators, `/api/admin/v1`, on a listener of its own: the same acts as those of the
//! command line.
//!
//! Requests carry `Authorization: Bearer` with a token of `passport admin token add`. A number is never
//! part of a path, because paths are logged.

mod access;
mod acts;
mod audit;
mod reason;
mod users;

use actix_web::{
    http::header,
    middleware::{DefaultHeaders, from_fn},
    web,
};

use super::{
    endpoint::{endpoint, get, post},
    problem::{Code, Problem},
};
use crate::http::{measure, request_log, security_headers};

/// Registers the routes of the API for operators, and nothing else.
pub(in crate::http) fn configure(app: &mut web::ServiceConfig) {
    app.service(
        web::scope("/api/admin/v1")
            .wrap(DefaultHeaders::new().add((header::CACHE_CONTROL, "no-store")))
            .wrap(from_fn(security_headers::add))
            .wrap(from_fn(request_log::log))
            .wrap(from_fn(measure::measure))
            .service(endpoint("/users", [get(users::list)]))
            .service(endpoint("/users/search", [post(users::search)]))
            .service(endpoint("/users/{id}", [get(users::show)]))
            .service(endpoint("/users/{id}/sessions", [get(users::sessions)]))
            .service(endpoint("/users/{id}/reveal", [post(users::reveal)]))
            .service(endpoint("/users/{id}/export", [post(users::export)]))
            .service(endpoint("/users/{id}/disable", [post(acts::disable)]))
            .service(endpoint("/users/{id}/enable", [post(acts::enable)]))
            .service(endpoint("/users/{id}/restore", [post(acts::restore)]))
            .service(endpoint("/users/{id}/delete", [post(acts::delete)]))
            .service(endpoint("/users/{id}/reset", [post(acts::reset)]))
            .service(endpoint("/users/{id}/unlock", [post(acts::unlock)]))
            .service(endpoint("/users/{id}/revoke", [post(acts::revoke)]))
            .service(endpoint("/audit/search", [post(audit::search)]))
            .service(endpoint("/audit/purge", [post(audit::purge)]))
            .default_service(web::to(async || Problem::from(Code::NotFound))),
    );
    let elsewhere = web::scope("")
        .wrap(from_fn(security_headers::add))
        .wrap(from_fn(request_log::log))
        .wrap(from_fn(measure::measure))
        .default_service(web::to(async || Problem::from(Code::NotFound)));
    app.service(elsewhere);
}
