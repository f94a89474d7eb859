use actix_web::{FromRequest, Handler, Resource, Responder, Route, web};

use super::problem::{Code, Problem};
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

macro_rules! operations {
    ($($(#[$doc:meta])+ $name:ident $allowed:literal;)+) => {
        $(
            $(#[$doc])+
            pub(super) fn $name<F, Args>(handler: F) -> Operation
            where
                F: Handler<Args>,
                F::Output: Responder + 'static,
                Args: FromRequest + 'static,
            {
                Operation { allowed: $allowed, route: web::$name().to(handler) }
            }
        )+
    };
}

operations! {
    /// `POST`
    post "POST";
    /// `PUT`
    put "PUT";
    /// `PATCH`
    patch "PATCH";
    /// `DELETE`
    delete "DELETE";
}

/// The resource at `path`. Methods other than those of `operations` are refused with 405, and ids in
/// the path that do not parse with 404.
pub(super) fn endpoint<const N: usize>(path: &str, operations: [Operation; N]) -> Resource {
    let allowed = operations.each_ref().map(|operation| operation.allowed).join(", ");
    let resource = operations
        .into_iter()
        .fold(web::resource(path), |resource, operation| resource.route(operation.route));
    let ids = web::PathConfig::default().error_handler(|_, _| Problem::from(Code::NotFound).into());
    resource.app_data(ids).default_service(web::to(move || {
        let refusal = Problem::method_not_allowed(&allowed);
        async move { refusal }
    }))
}

#[cfg(test)]
mod tests {
    use actix_web::{
        App,
        http::{Method, StatusCode, header},
        test::{TestRequest, call_service, init_service},
    };
    use uuid::Uuid;

    use super::*;

    #[actix_web::test]
    async fn api_2_methods_and_ids_that_do_not_exist_are_problems() {
        let show = async |id: web::Path<Uuid>| id.to_string();
        let operations = [get(show), post(async || "made")];
        let app = init_service(App::new().service(endpoint("/things/{id}", operations))).await;
        let id = Uuid::nil();
        for (method, path, status, allowed) in [
            (Method::GET, format!("/things/{id}"), StatusCode::OK, None),
            (Method::HEAD, format!("/things/{id}"), StatusCode::OK, None),
            (Method::POST, format!("/things/{id}"), StatusCode::OK, None),
            (Method::GET, "/things/1".to_owned(), StatusCode::NOT_FOUND, None),
            (
                Method::DELETE,
                format!("/things/{id}"),
                StatusCode::METHOD_NOT_ALLOWED,
                Some("GET, HEAD, POST"),
            ),
        ] {
            let request = TestRequest::default().method(method.clone()).uri(&path).to_request();
            let response = call_service(&app, request).await;
            assert_eq!(response.status(), status, "{method} {path}");
            let field = |name| response.headers().get(name).map(|it| it.to_str().unwrap());
            assert_eq!(field(header::ALLOW), allowed, "{method} {path}");
            let is_problem = field(header::CONTENT_TYPE) == Some("application/problem+json");
            assert_eq!(is_problem, !status.is_success(), "{method} {path}");
        }
    }
}
