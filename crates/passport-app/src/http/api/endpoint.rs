use actix_web::{FromRequest, Handler, Resource, Responder, Route, web};

use super::problem::Problem;
use crate::http::method::get_or_head;

/// One method of an endpoint, with its handler.
pub(super) struct Operation {
    /// Methods as the header `Allow` lists them.
    allowed: &'static str,
    route: Route,
}

/// `GET`, and `HEAD`, which actix answers without the body.
pub(super) fn get<F, Args>(handler: F) -> Operation
where
    F: Handler<Args>,
    F::Output: Responder + 'static,
    Args: FromRequest + 'static,
{
    Operation { allowed: "GET, HEAD", route: get_or_head().to(handler) }
}

/// `POST`
pub(super) fn post<F, Args>(handler: F) -> Operation
where
    F: Handler<Args>,
    F::Output: Responder + 'static,
    Args: FromRequest + 'static,
{
    Operation { allowed: "POST", route: web::post().to(handler) }
}

/// The resource at `path`. Other methods than those of `operations` are refused with 405.
pub(super) fn endpoint<const N: usize>(path: &str, operations: [Operation; N]) -> Resource {
    let allowed = operations.each_ref().map(|operation| operation.allowed).join(", ");
    let resource = operations
        .into_iter()
        .fold(web::resource(path), |resource, operation| resource.route(operation.route));
    resource.default_service(web::to(move || {
        let refusal = Problem::method_not_allowed(&allowed);
        async move { refusal }
    }))
}
