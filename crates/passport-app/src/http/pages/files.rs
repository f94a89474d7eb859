//! Files of `static/`, embedded in the binary.

use std::borrow::Cow;

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{self, ETag, EntityTag, Header, IfNoneMatch},
    web,
};
use rust_embed::{EmbeddedFile, RustEmbed};

#[derive(RustEmbed)]
#[folder = "../../static"]
struct Static;

/// Answers with the embedded file at `path`, or with 404.
pub(in crate::http) async fn page(request: HttpRequest, path: &str) -> HttpResponse {
    let Some(found) = Static::get(path) else { return not_found(&request) };
    file(&request, &media_type(&found), &found.metadata.sha256_hash(), bytes(found.data))
}

/// 404: a page for browsers, one line of text for other clients.
pub(in crate::http) fn not_found(request: &HttpRequest) -> HttpResponse {
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

/// Whether the request is a navigation: browsers ask for `text/html` there, and for nothing of the
/// kind when they load what a page needs.
fn wants_html(request: &HttpRequest) -> bool {
    let fields = request.headers().get_all(header::ACCEPT);
    let mut accepted = fields.flat_map(|field| field.as_bytes().split(|byte| *byte == b','));
    accepted.any(|it| it.trim_ascii().starts_with(b"text/html"))
}

/// Answers with `data`, or with 304 when the browser's copy has the same `digest`.
pub(in crate::http) fn file(
    request: &HttpRequest,
    media_type: &str,
    digest: &[u8; 32],
    data: web::Bytes,
) -> HttpResponse {
    let etag = EntityTag::new_strong(hex::encode(&digest[..16]));
    if is_current(request, &etag) {
        return HttpResponse::NotModified().insert_header(ETag(etag)).finish();
    }
    HttpResponse::Ok()
        .insert_header(ETag(etag))
        // A browser may store the file, and has to revalidate it before each use.
        .insert_header((header::CACHE_CONTROL, "no-cache"))
        .content_type(media_type)
        .body(data)
}

/// Whether the browser's copy, if it has one, is the file with that tag.
fn is_current(request: &HttpRequest, etag: &EntityTag) -> bool {
    request.headers().contains_key(header::IF_NONE_MATCH)
        && match IfNoneMatch::parse(request) {
            Ok(IfNoneMatch::Any) => true,
            Ok(IfNoneMatch::Items(known)) => known.iter().any(|it| it.weak_eq(etag)),
            Err(_) => false,
        }
}

/// The content, without a copy where it lies in the binary.
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
