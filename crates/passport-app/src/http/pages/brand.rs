//! Files of the brand.

use actix_web::{HttpRequest, HttpResponse, http::header, web};

use super::{missing::not_found, site::Site};

/// The address changes with the content, so a stored answer is never outdated.
const IMMUTABLE: &str = "public, max-age=31536000, immutable";

/// Policy of pictures that are documents: opened by themselves they run nothing, and in a page their own
/// styles work.
const PICTURE_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

/// `GET /brand/{file}`
pub(super) async fn file(
    request: HttpRequest,
    name: web::Path<String>,
    site: web::Data<Site>,
) -> HttpResponse {
    let Some(file) = site.brand_files.get(&name) else { return not_found(&request) };
    let mut response = HttpResponse::Ok();
    response.insert_header((header::CACHE_CONTROL, IMMUTABLE)).content_type(file.media_type);
    if file.is_document {
        response.insert_header((header::CONTENT_SECURITY_POLICY, PICTURE_POLICY));
    }
    response.body(file.content.clone())
}
