//! Whether the visitor of a page is signed in.

use std::error::Error;

use actix_web::{HttpRequest, HttpResponse, web};
use passport_auth::{Authenticate, Authenticated};
use passport_pages::Refusal;
use tracing::error;

use super::{context::Context, form::Form};
use crate::http::cookies::Cookies;

/// The person whose session the browser has. A bearer token plays no part in pages.
pub(super) async fn signed_in(request: &HttpRequest) -> Result<Option<Authenticated>, Refusal> {
    let cookies = request.app_data::<web::Data<Cookies>>().ok_or(Refusal::Server)?;
    let authenticate = request.app_data::<web::Data<Authenticate>>().ok_or(Refusal::Server)?;
    let Some(token) = cookies.own_session(request) else { return Ok(None) };
    authenticate.authenticate(&token).await.map_err(|error| {
        error!(error = &error as &dyn Error, "session lookup failed");
        Refusal::Unavailable
    })
}

/// The end of the way in for a visitor who is signed in and needs no page on it. If the lookup fails, the
/// page is shown.
pub(super) async fn arrived(request: &HttpRequest, context: &Context) -> Option<HttpResponse> {
    let person = signed_in(request).await.ok().flatten();
    person.map(|_| context.arrive_at_once(request))
}

/// As [`arrived`], for a form of a page that was rendered before the visitor signed in: in another tab, or
/// by the same form, whose answer came only in part.
pub(super) async fn arrived_meanwhile(
    request: &HttpRequest,
    context: &Context,
    form: &Form,
) -> Option<HttpResponse> {
    if form.refusal == Some(Refusal::Stale) { arrived(request, context).await } else { None }
}
