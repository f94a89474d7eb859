//! The pages, and the files that they load.

mod account;
mod apps;
mod brand;
mod brand_files;
mod code_page;
mod context;
mod destination;
mod entering;
mod files;
mod first_password;
mod flow;
mod forgot;
mod form;
mod inbox;
mod language;
mod legal;
mod missing;
mod notices;
mod number_page;
mod number_step;
mod password_page;
mod problems;
mod receive;
mod refusals;
mod restore;
mod returns;
mod sign_in_code;
mod sign_in_password;
mod sign_up;
mod site;
mod step;
mod undo_number;
mod visitor;
mod ways;

use actix_web::{HttpRequest, HttpResponse, guard::Guard, web};

use step::page;

use super::method::get_or_head;

pub(in crate::http) use files::{address, file};
pub(crate) use flow::FlowKey;
pub(in crate::http) use missing::not_found;
pub(crate) use site::Site;

pub(super) fn configure(app: &mut web::ServiceConfig) {
    app.configure(account::configure)
        .configure(entering::configure)
        .service(page("/", get_or_head().to(ways::home)))
        .service(page("/problems/{code}", get_or_head().to(problems::explain)))
        .service(page("/terms", get_or_head().to(legal::terms)))
        .service(page("/privacy", get_or_head().to(legal::privacy)))
        .route("/brand/{file}", get_or_head().to(brand::file))
        .route("/.well-known/change-password", get_or_head().to(ways::change_password))
        .route("/favicon.ico", get_or_head().to(icon))
        .route("/static/{path:.*}", get_or_head().to(asset));
}

/// The inbox of development, for requests that pass `guard`. All others meet no route.
pub(super) fn configure_inbox(app: &mut web::ServiceConfig, guard: impl Guard + 'static) {
    app.service(page("/dev/inbox", get_or_head().to(inbox::show)).guard(guard));
}

/// `GET /static/{path}`
async fn asset(request: HttpRequest, path: web::Path<String>) -> HttpResponse {
    files::asset(&request, &path).unwrap_or_else(|| not_found(&request))
}

/// `GET /favicon.ico`
async fn icon(request: HttpRequest) -> HttpResponse {
    files::asset(&request, "favicon.svg").unwrap_or_else(|| not_found(&request))
}
