//! Answers in the place of pages that do not exist.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        StatusCode,
        header::{self, HeaderValue},
    },
};
use passport_pages::MissingView;

use super::context::Context;

/// 404: a page for browsers, one line of text for other clients.
pub(in crate::http) fn not_found(request: &HttpRequest) -> HttpResponse {
    let mut response = match Context::of(request).filter(|_| wants_html(request)) {
        Some(context) => {
            context.respond(StatusCode::NOT_FOUND, MissingView.render(&context.page_elsewhere()))
        }
        None => {
            HttpResponse::NotFound().content_type("text/plain; charset=utf-8").body("Not found\n")
        }
    };
    let vary = HeaderValue::from_static(header::ACCEPT.as_str());
    response.headers_mut().insert(header::VARY, vary);
    response
}

/// Whether the request is a navigation: browsers ask for `text/html` there, and for nothing of the
/// kind when they load what a page needs.
fn wants_html(request: &HttpRequest) -> bool {
    let fields = request.headers().get_all(header::ACCEPT);
    let mut accepted = fields.flat_map(|field| field.as_bytes().split(|byte| *byte == b','));
    accepted.any(|it| it.trim_ascii().starts_with(b"text/html"))
}
