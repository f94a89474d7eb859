//! The pages and what they load: files from `static/`, embedded in the binary.

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{self, ETag, EntityTag, IfNoneMatch},
    web,
};
use rust_embed::{EmbeddedFile, RustEmbed};

#[derive(RustEmbed)]
#[folder = "../../static"]
struct Static;

pub(super) fn configure(app: &mut web::ServiceConfig) {
    app.route("/", web::get().to(|request| page(request, "index.html")))
        .route("/sign-up", web::get().to(|request| page(request, "sign-up.html")))
        .route("/sign-in", web::get().to(|request| page(request, "sign-in.html")))
        .route("/account", web::get().to(|request| page(request, "account.html")))
        .route("/favicon.ico", web::get().to(|request| page(request, "favicon.svg")))
        .route("/static/{path:.*}", web::get().to(asset));
}

/// `GET /static/{path}`
async fn asset(request: HttpRequest, path: web::Path<String>) -> HttpResponse {
    page(request, &path).await
}

/// The file, or 304 when the browser has it already.
pub(super) async fn page(request: HttpRequest, path: &str) -> HttpResponse {
    let Some(file) = Static::get(path) else {
        return HttpResponse::NotFound()
            .content_type("text/plain; charset=utf-8")
            .body("Not found\n");
    };
    let etag = EntityTag::new_strong(hex::encode(&file.metadata.sha256_hash()[..16]));
    if has_already(&request, &etag) {
        return HttpResponse::NotModified().insert_header(ETag(etag)).finish();
    }
    HttpResponse::Ok()
        .insert_header(ETag(etag))
        // A browser may keep it and has to ask whether it is still good.
        .insert_header((header::CACHE_CONTROL, "no-cache"))
        .content_type(media_type(&file))
        .body(file.data.into_owned())
}

fn has_already(request: &HttpRequest, etag: &EntityTag) -> bool {
    match request
        .headers()
        .get(header::IF_NONE_MATCH)
        .map(|_| ())
        .and_then(|()| <IfNoneMatch as header::Header>::parse(request).ok())
    {
        Some(IfNoneMatch::Any) => true,
        Some(IfNoneMatch::Items(known)) => known.iter().any(|it| it.weak_eq(etag)),
        None => false,
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
