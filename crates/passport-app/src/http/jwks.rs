use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{self, ETag, EntityTag, Header, HeaderValue, IfNoneMatch, TryIntoHeaderValue},
    web,
};
use passport_auth::{AccessTokens, KEYS_MAX_AGE};
use passport_token::{JwkSet, KEYS_PATH};
use sha2::{Digest, Sha256};

use super::{
    api::{problem::Problem, session::tokens::no_keys},
    method::get_or_head,
};

const MEDIA_TYPE: &str = "application/jwk-set+json";

pub(super) fn configure(app: &mut web::ServiceConfig) {
    app.route(KEYS_PATH, get_or_head().to(show));
}

/// `GET /.well-known/jwks.json`: the public keys by which applications verify access tokens (RFC 7517).
///
/// No application has tokens: no key is made, and the set is empty.
async fn show(
    request: HttpRequest,
    access_tokens: web::Data<AccessTokens>,
) -> Result<HttpResponse, Problem> {
    let set = if access_tokens.audiences.is_empty() {
        JwkSet::default()
    } else {
        access_tokens.keys.published().await.map_err(|refused| no_keys(&refused))?
    };
    let body = serde_json::to_vec(&set).expect("a set of keys is JSON");
    let tag = EntityTag::new_strong(hex::encode(&Sha256::digest(&body)[..16]));
    let is_known = request.headers().contains_key(header::IF_NONE_MATCH)
        && match IfNoneMatch::parse(&request) {
            Ok(IfNoneMatch::Any) => true,
            Ok(IfNoneMatch::Items(known)) => known.iter().any(|it| it.weak_eq(&tag)),
            Err(_) => false,
        };
    let mut response = if is_known {
        HttpResponse::NotModified().finish()
    } else {
        HttpResponse::Ok().content_type(MEDIA_TYPE).body(body)
    };
    let caching = format!("public, max-age={}", KEYS_MAX_AGE.as_secs());
    let caching = HeaderValue::from_str(&caching).expect("a number is ASCII");
    let fields = response.headers_mut();
    fields.insert(header::CACHE_CONTROL, caching);
    fields.insert(header::ETAG, ETag(tag).try_into_value().expect("digests are ASCII"));
    // Public keys are for everyone, and the answer is the same with and without cookies.
    fields.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    Ok(response)
}
