//! The pages, and the files that they load.

mod code_page;
mod context;
mod entering;
mod files;
mod first_password;
mod flow;
mod forgot;
mod form;
mod language;
mod number_page;
mod number_step;
mod password_page;
mod problems;
mod receive;
mod refusals;
mod restore;
mod settings;
mod sign_in_code;
mod sign_in_password;
mod sign_up;
mod site;
mod step;
mod undo_number;
mod visitor;

use actix_web::{HttpRequest, HttpResponse, web};

use super::method::get_or_head;

pub(in crate::http) use files::{not_found, page};
pub(crate) use flow::FlowKey;
pub(crate) use settings::PageSettings;
pub(crate) use site::Site;

pub(super) fn configure(app: &mut web::ServiceConfig) {
    app.route("/", get_or_head().to(|request| page(request, "index.html")))
        .route("/account", get_or_head().to(|request| page(request, "account.html")))
        .route("/problems/{code}", get_or_head().to(problems::explain))
        .route("/favicon.ico", get_or_head().to(|request| page(request, "favicon.svg")))
        .route("/static/js/settings.js", get_or_head().to(settings::module))
        .route("/static/{path:.*}", get_or_head().to(asset))
        .configure(entering::configure);
}

/// `GET /static/{path}`
async fn asset(request: HttpRequest, path: web::Path<String>) -> HttpResponse {
    page(request, &path).await
}
