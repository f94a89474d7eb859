//! The pages, and the files that they load.

mod brand;
mod brand_files;
mod context;
mod files;
mod flow;
mod form;
mod language;
mod legal;
mod notices;
mod number_step;
mod problems;
mod refusals;
mod settings;
mod sign_in;
mod sign_in_code;
mod sign_in_password;
mod site;

use actix_web::{Resource, Route, middleware::from_fn, web};

use super::method::get_or_head;

pub(in crate::http) use files::{address, file, not_found, page};
pub(crate) use flow::FlowKey;
pub(crate) use settings::PageSettings;
pub(crate) use site::Site;

pub(super) fn configure(app: &mut web::ServiceConfig) {
    app.route("/", get_or_head().to(|request| page(request, "index.html")))
        .route("/sign-up", get_or_head().to(|request| page(request, "sign-up.html")))
        .route("/account", get_or_head().to(|request| page(request, "account.html")))
        .route("/problems/{code}", get_or_head().to(problems::explain))
        .route("/favicon.ico", get_or_head().to(|request| page(request, "favicon.svg")))
        .route("/static/old/js/settings.js", get_or_head().to(settings::module))
        .route("/static/{path:.*}", get_or_head().to(files::asset))
        .route("/brand/{file}", get_or_head().to(brand::file))
        .service(
            web::resource("/terms")
                .route(get_or_head().to(legal::terms))
                .wrap(from_fn(language::choose)),
        )
        .service(
            web::resource("/privacy")
                .route(get_or_head().to(legal::privacy))
                .wrap(from_fn(language::choose)),
        )
        .service(step("/sign-in", get_or_head().to(sign_in::show), web::post().to(sign_in::send)))
        .service(step(
            "/sign-in/password",
            get_or_head().to(sign_in_password::show),
            web::post().to(sign_in_password::sign_in),
        ))
        .service(step(
            "/sign-in/code",
            get_or_head().to(sign_in_code::show),
            web::post().to(sign_in_code::sign_in),
        ));
}

/// A page with a form that is sent to the page's own address.
fn step(
    path: &str,
    show: Route,
    act: Route,
) -> Resource<
    impl actix_service::ServiceFactory<
        actix_web::dev::ServiceRequest,
        Config = (),
        Response = actix_web::dev::ServiceResponse,
        Error = actix_web::Error,
        InitError = (),
    >,
> {
    web::resource(path).route(show).route(act).wrap(from_fn(language::choose))
}
