//! The pages, and the files that they load.

mod files;
mod problems;
mod settings;

use actix_web::{HttpRequest, HttpResponse, web};

use super::method::get_or_head;

pub(in crate::http) use files::{file, not_found, page};
pub(crate) use settings::PageSettings;

pub(super) fn configure(app: &mut web::ServiceConfig) {
    app.route("/", get_or_head().to(|request| page(request, "index.html")))
        .route("/sign-up", get_or_head().to(|request| page(request, "sign-up.html")))
        .route("/sign-in", get_or_head().to(|request| page(request, "sign-in.html")))
        .route("/account", get_or_head().to(|request| page(request, "account.html")))
        .route("/problems/{code}", get_or_head().to(problems::explain))
        .route("/favicon.ico", get_or_head().to(|request| page(request, "favicon.svg")))
        .route("/static/js/settings.js", get_or_head().to(settings::module))
        .route("/static/{path:.*}", get_or_head().to(asset));
}

/// `GET /static/{path}`
async fn asset(request: HttpRequest, path: web::Path<String>) -> HttpResponse {
    page(request, &path).await
}
