use actix_web::{
    Error,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::Method,
    middleware::Next,
    web,
};
use rand::Rng;
use tracing::{error, info};

use super::reply::LegacyReply;
use crate::http::{
    cookies::Cookies,
    guard::csrf::{self, Origins},
};

/// Refuses `POST`s of other sites, gives each browser a CSRF token, and answers failures below in
/// JSON.
pub(super) async fn guard(
    cookies: web::Data<Cookies>,
    origins: web::Data<Origins>,
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let token = cookies.csrf(request.request()).filter(|token| !token.is_empty());
    let has_token = token.is_some();
    if request.method() == Method::POST
        && let Err(refusal) = csrf::refuse_foreign(request.request(), token.as_deref(), &origins)
    {
        info!(reason = %refusal, "cross-site request refused");
        let response = request.into_response(LegacyReply::refused().into_response());
        return Ok(with_token(response, has_token, **cookies));
    }
    let response = next.call(request).await.map_err(|error| {
        error!(%error, "request failed");
        Error::from(LegacyReply::server_error())
    })?;
    Ok(with_token(response.map_into_boxed_body(), has_token, **cookies))
}

/// Adds a CSRF token where the browser has none.
fn with_token(
    mut response: ServiceResponse<BoxBody>,
    has_token: bool,
    cookies: Cookies,
) -> ServiceResponse<BoxBody> {
    if !has_token {
        let mut token = [0; 16];
        rand::rng().fill_bytes(&mut token);
        let cookie = cookies.set_csrf(hex::encode(token));
        if let Err(error) = response.response_mut().add_cookie(&cookie) {
            error!(%error, "CSRF cookie was not set");
        }
    }
    response
}
