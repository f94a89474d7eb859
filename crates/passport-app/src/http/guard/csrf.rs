use actix_web::{
    Error, HttpRequest,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{Method, header},
    middleware::Next,
    web,
};
use rand::Rng;
use subtle::ConstantTimeEq;
use tracing::info;

use super::{answer::Answer, cookies::Cookies};
use crate::settings::Origin;

const HEADER: &str = "X-CSRFToken";

/// The origins whose pages may call us.
#[derive(Debug, Clone)]
pub(crate) struct Origins(Vec<String>);

impl Origins {
    pub(crate) fn new(origins: impl IntoIterator<Item = Origin>) -> Self {
        Self(origins.into_iter().map(|origin| origin.to_string()).collect())
    }
}

/// Guards the original's API: refuses foreign `POST`s, gives each browser a CSRF token, and turns
/// whatever fails below into an answer in JSON.
pub(super) async fn guard(
    cookies: web::Data<Cookies>,
    origins: web::Data<Origins>,
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let sent = cookies.csrf(request.request()).filter(|token| !token.is_empty());
    if request.method() == Method::POST
        && let Err(reason) = check(request.request(), sent.as_deref(), &origins)
    {
        info!(reason, "cross-site request refused");
        let refusal = request.into_response(Answer::refused().into_response());
        return Ok(finish(refusal, sent.as_deref(), **cookies));
    }
    let response = next.call(request).await.map_err(|error| {
        tracing::error!(%error, "request failed");
        Error::from(Answer::server_error())
    })?;
    Ok(finish(response.map_into_boxed_body(), sent.as_deref(), **cookies))
}

fn check(request: &HttpRequest, sent: Option<&str>, origins: &Origins) -> Result<(), &'static str> {
    let text = |name: &str| request.headers().get(name).map(|it| it.to_str().unwrap_or_default());
    if text(header::ORIGIN.as_str()).is_some_and(|origin| !origins.0.iter().any(|o| o == origin)) {
        return Err("origin");
    }
    if text("Sec-Fetch-Site") == Some("cross-site") {
        return Err("fetch site");
    }
    match sent {
        None => Ok(()),
        Some(sent) => {
            let repeated = text(HEADER).unwrap_or_default();
            let same: bool = sent.as_bytes().ct_eq(repeated.as_bytes()).into();
            if same { Ok(()) } else { Err("token") }
        }
    }
}

/// Adds the token where the browser has none.
fn finish(
    mut response: ServiceResponse<BoxBody>,
    sent: Option<&str>,
    cookies: Cookies,
) -> ServiceResponse<BoxBody> {
    if sent.is_none() {
        let mut token = [0; 16];
        rand::rng().fill_bytes(&mut token);
        let cookie = cookies.set_csrf(hex::encode(token));
        if let Err(error) = response.response_mut().add_cookie(&cookie) {
            tracing::error!(%error, "CSRF cookie was not set");
        }
    }
    response
}
