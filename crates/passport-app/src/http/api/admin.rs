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

use utoipa::OpenApi;

use super::{
    endpoint::{endpoint, get, post},
    problem::{Code, Problem},
    routes::routes,
};
use crate::http::{measure, request_log, security_headers};

routes! {
    "/api/admin/v1":
    "/users": get users::list;
    "/users/search": post users::search;
    "/users/{id}": get users::show;
    "/users/{id}/sessions": get users::sessions;
    "/users/{id}/reveal": post users::reveal;
    "/users/{id}/export": post users::export;
    "/users/{id}/disable": post acts::disable;
    "/users/{id}/enable": post acts::enable;
    "/users/{id}/restore": post acts::restore;
    "/users/{id}/delete": post acts::delete;
    "/users/{id}/reset": post acts::reset;
    "/users/{id}/unlock": post acts::unlock;
    "/users/{id}/revoke": post acts::revoke;
    "/audit/search": post audit::search;
    "/audit/purge": post audit::purge;
}

/// What the handlers say of themselves.
pub(in crate::http::api) fn described() -> utoipa::openapi::OpenApi {
    Described::openapi()
}

/// Registers the routes of the API for operators, and nothing else.
pub(in crate::http) fn configure_all(app: &mut web::ServiceConfig) {
    app.service(
        web::scope("/api/admin/v1")
            .wrap(DefaultHeaders::new().add((header::CACHE_CONTROL, "no-store")))
            .wrap(from_fn(security_headers::add))
            .wrap(from_fn(request_log::log))
            .wrap(from_fn(measure::measure))
            .configure(configure)
            .default_service(web::to(async || Problem::from(Code::NotFound))),
    );
    let elsewhere = web::scope("")
        .wrap(from_fn(security_headers::add))
        .wrap(from_fn(request_log::log))
        .wrap(from_fn(measure::measure))
        .default_service(web::to(async || Problem::from(Code::NotFound)));
    app.service(elsewhere);
}
