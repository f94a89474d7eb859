//! The pages and what they load: files from `static/`, embedded in the binary.

use std::borrow::Cow;

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{self, ETag, EntityTag, Header, IfNoneMatch},
    web,
};
use rust_embed::{EmbeddedFile, RustEmbed};

use super::{get_or_head, page_settings};

#[derive(RustEmbed)]
#[folder = "../../static"]
struct Static;

pub(super) fn configure(app: &mut web::ServiceConfig) {
    app.route("/", get_or_head().to(|request| page(request, "index.html")))
        .route("/sign-up", get_or_head().to(|request| page(request, "sign-up.html")))
        .route("/sign-in", get_or_head().to(|request| page(request, "sign-in.html")))
        .route("/account", get_or_head().to(|request| page(request, "account.html")))
        .route("/favicon.ico", get_or_head().to(|request| page(request, "favicon.svg")))
        .route("/static/js/settings.js", get_or_head().to(page_settings::module))
        .route("/static/{path:.*}", get_or_head().to(asset));
}

/// `GET /static/{path}`
async fn asset(request: HttpRequest, path: web::Path<String>) -> HttpResponse {
    page(request, &path).await
}

/// The file of that name.
pub(super) async fn page(request: HttpRequest, path: &str) -> HttpResponse {
    let Some(found) = Static::get(path) else { return not_found(&request) };
    file(&request, &media_type(&found), &found.metadata.sha256_hash(), bytes(found.data))
}

/// Nothing is there: a page for people, a line for programs.
pub(super) fn not_found(request: &HttpRequest) -> HttpResponse {
    let page = Static::get("not-found.html").filter(|_| wants_html(request));
    let (media_type, body) = match page {
        Some(page) => (media_type(&page), bytes(page.data)),
        None => ("text/plain; charset=utf-8".to_owned(), "Not found\n".into()),
    };
    HttpResponse::NotFound()
        .insert_header((header::VARY, header::ACCEPT.as_str()))
        .content_type(media_type)
        .body(body)
}

/// As browsers say it where they go, and not where they load what a page needs.
fn wants_html(request: &HttpRequest) -> bool {
    let accepted = request.headers().get(header::ACCEPT).and_then(|it| it.to_str().ok());
    accepted.unwrap_or_default().split(',').any(|it| it.trim().starts_with("text/html"))
}

/// The file, or 304 when the browser has it already.
pub(super) fn file(
    request: &HttpRequest,
    media_type: &str,
    digest: &[u8; 32],
    data: web::Bytes,
) -> HttpResponse {
    let etag = EntityTag::new_strong(hex::encode(&digest[..16]));
    if has_already(request, &etag) {
        return HttpResponse::NotModified().insert_header(ETag(etag)).finish();
    }
    HttpResponse::Ok()
        .insert_header(ETag(etag))
        // A browser may keep it and has to ask whether it is still good.
        .insert_header((header::CACHE_CONTROL, "no-cache"))
        .content_type(media_type)
        .body(data)
}

fn has_already(request: &HttpRequest, etag: &EntityTag) -> bool {
    request.headers().contains_key(header::IF_NONE_MATCH)
        && match IfNoneMatch::parse(request) {
            Ok(IfNoneMatch::Any) => true,
            Ok(IfNoneMatch::Items(known)) => known.iter().any(|it| it.weak_eq(etag)),
            Err(_) => false,
        }
}

/// Without a copy, where the file lies in the binary.
fn bytes(data: Cow<'static, [u8]>) -> web::Bytes {
    match data {
        Cow::Borrowed(data) => web::Bytes::from_static(data),
        Cow::Owned(data) => data.into(),
    }
}

fn media_type(file: &EmbeddedFile) -> String {
    let media_type = file.metadata.mimetype();
    if media_type.starts_with("text/") {
        format!("{media_type}; charset=utf-8")
    } else {
        media_type.to_owned()
    }
}
