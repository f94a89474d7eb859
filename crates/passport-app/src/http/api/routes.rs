//! The table of the operations of `/api/v1`. The router, the OpenAPI document and the check that both are
//! equal come from it.

use actix_web::web;
use utoipa::OpenApi;

use super::{
    challenges, codes, confirmations, continuations,
    endpoint::{delete, endpoint, get, patch, post, put},
    me, number_undos, password_resets, session, sessions, users,
};

/// Declares the operations below one folder, and their types.
macro_rules! routes {
    ($folder:literal: $($path:literal: $($method:ident $($handler:ident)::+),+;)+) => {
        /// Path and method of each operation.
        #[cfg(test)]
        pub(in crate::http::api) const ROUTES: &[(&str, &str)] =
            &[$($((concat!($folder, $path), stringify!($method)),)+)+];

        /// Registers the operations, in a scope with the path of the folder. Plain paths come first: the
        /// router tries one path after the other, and a path with an id is a regular expression.
        pub(super) fn configure(api: &mut web::ServiceConfig) {
            let endpoints = [$(($path, endpoint($path, [$($method($($handler)::+)),+])),)+];
            let (with_ids, plain): (Vec<_>, Vec<_>) =
                endpoints.into_iter().partition(|(path, _)| path.contains('{'));
            for (_, endpoint) in plain.into_iter().chain(with_ids) {
                api.service(endpoint);
            }
        }

        /// The operations and their schemas, as the handlers describe them.
        #[derive(OpenApi)]
        #[openapi(paths($($($($handler)::+),+),+))]
        struct Described;
    };
}

pub(in crate::http::api) use routes;

routes! {
    "/api":
    "/v1/challenges": post challenges::issue;
    "/v1/challenges/{id}/image": get challenges::image;
    "/v1/challenges/{id}/audio": get challenges::audio;
    "/v1/codes": post codes::send;
    "/v1/users": post users::create;
    "/v1/session": get session::show, delete session::end;
    "/v1/session/confirmations": post confirmations::create;
    "/v1/session/introspect": post session::introspect::show;
    "/v1/session/tokens": post session::tokens::create;
    "/v1/sessions": get sessions::list, post sessions::create, delete sessions::end_others;
    "/v1/sessions/continuations": post continuations::create;
    "/v1/sessions/{id}": delete sessions::end;
    "/v1/me": get me::show, patch me::change, delete me::leave;
    "/v1/me/events": get me::events::list;
    "/v1/me/export": get me::export::show;
    "/v1/me/mobile": put me::mobile::set;
    "/v1/me/password": put me::password::set, delete me::password::remove;
    "/v1/number-undos": post number_undos::create;
    "/v1/password-resets": post password_resets::create;
}

/// What the handlers say of themselves.
pub(super) fn described() -> utoipa::openapi::OpenApi {
    Described::openapi()
}
