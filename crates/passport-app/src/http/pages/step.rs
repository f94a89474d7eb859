use actix_service::ServiceFactory;
use actix_web::{
    Error, Resource, Route,
    dev::{ServiceRequest, ServiceResponse},
    middleware::from_fn,
    web,
};

use super::{language, receive};

/// A page without a form of its own.
pub(super) fn page(
    path: &str,
    show: Route,
) -> Resource<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse,
        Error = Error,
        InitError = (),
    >,
> {
    web::resource(path).route(show).wrap(from_fn(language::choose))
}

/// A page with a form that is sent to the page's own address.
pub(super) fn step(
    path: &str,
    show: Route,
    act: Route,
) -> Resource<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse,
        Error = Error,
        InitError = (),
    >,
> {
    web::resource(path)
        .route(show)
        .route(act)
        .wrap(from_fn(receive::receive))
        .wrap(from_fn(language::choose))
}
