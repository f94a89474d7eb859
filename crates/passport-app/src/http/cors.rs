//! Answers pages of other origins that call the API with bearer tokens (the Fetch standard's CORS).

use actix_web::{
    Error, HttpResponse,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{
        Method,
        header::{self, HeaderMap, HeaderValue},
    },
    middleware::Next,
    web,
};

use super::cookies::Cookies;
use crate::settings::AppSettings;

const METHODS: &str = "GET, HEAD, POST, PUT, PATCH, DELETE";
const REQUEST_FIELDS: &str = "Authorization, Content-Type, Accept-Language, Idempotency-Key";
const RESPONSE_FIELDS: &str = "Retry-After, RateLimit, RateLimit-Policy, X-Request-Id";
/// Seconds for which a browser remembers the answer to a preflight request.
const MAX_AGE: &str = "600";

/// Origins of the applications, whose pages may call the API with bearer tokens.
#[derive(Debug, Clone)]
pub(crate) struct AllowedOrigins(Vec<String>);

impl AllowedOrigins {
    pub(crate) fn new(apps: &[AppSettings]) -> Self {
        let web = apps.iter().flat_map(|app| &app.origins).map(ToString::to_string);
        let native = apps.iter().flat_map(|app| &app.native_origins).map(ToString::to_string);
        Self(web.chain(native).collect())
    }

    /// The origin of the page that sends `request`, if it is allowed.
    fn of(&self, request: &ServiceRequest) -> Option<HeaderValue> {
        let mut origins = request.headers().get_all(header::ORIGIN);
        let (origin, None) = (origins.next()?, origins.next()) else { return None };
        self.0.iter().any(|it| it.as_bytes() == origin.as_bytes()).then(|| origin.clone())
    }
}

/// Lets scripts of the allowed origins read answers.
///
/// `Access-Control-Allow-Credentials` is never sent, so no browser gives such a script what it got with
/// a cookie. A request with a session cookie gets no permission either.
pub(super) async fn allow(
    allowed: web::Data<AllowedOrigins>,
    cookies: web::Data<Cookies>,
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    if allowed.0.is_empty() {
        return Ok(next.call(request).await?.map_into_boxed_body());
    }
    let has_cookie = !cookies.sessions(request.request()).is_empty();
    let origin = allowed.of(&request).filter(|_| !has_cookie);
    let is_preflight = request.method() == Method::OPTIONS
        && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    let mut response = if is_preflight && origin.is_some() {
        let mut response = HttpResponse::NoContent().finish();
        permit_request(response.headers_mut());
        request.into_response(response)
    } else {
        next.call(request).await?.map_into_boxed_body()
    };
    let fields = response.headers_mut();
    // Also where the origin is not allowed: a cache must not answer an allowed one with that.
    fields.append(header::VARY, HeaderValue::from_static("Origin"));
    if let Some(origin) = origin {
        fields.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        let exposed = HeaderValue::from_static(RESPONSE_FIELDS);
        fields.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, exposed);
    }
    Ok(response)
}

/// Adds the answer to a preflight request.
fn permit_request(fields: &mut HeaderMap) {
    for (name, value) in [
        (header::ACCESS_CONTROL_ALLOW_METHODS, METHODS),
        (header::ACCESS_CONTROL_ALLOW_HEADERS, REQUEST_FIELDS),
        (header::ACCESS_CONTROL_MAX_AGE, MAX_AGE),
    ] {
        fields.insert(name, HeaderValue::from_static(value));
    }
}
