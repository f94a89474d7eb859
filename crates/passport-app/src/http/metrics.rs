//! The page of metrics, on a listener of its own.

use actix_web::{HttpRequest, HttpResponse, http::header, web};
use tracing::error;

use super::method::get_or_head;
use crate::metrics::{Format, Page};

/// Registers `/metrics`, and nothing else.
pub(crate) fn configure(page: &web::Data<Page>, app: &mut web::ServiceConfig) {
    app.app_data(page.clone()).route("/metrics", get_or_head().to(show)).default_service(web::to(
        async || HttpResponse::NotFound().body("not found; see /metrics\n"),
    ));
}

/// `GET /metrics`
async fn show(request: HttpRequest, page: web::Data<Page>) -> HttpResponse {
    let accept = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok());
    let format = Format::accepted(accept);
    match page.write(format) {
        Ok(text) => HttpResponse::Ok()
            .insert_header((header::CONTENT_TYPE, format.media_type()))
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .body(text),
        Err(error) => {
            error!(error = &error as &dyn std::error::Error, "metrics cannot be written");
            HttpResponse::InternalServerError().finish()
        }
    }
}
