pub(super) mod introspect;
pub(in crate::http) mod tokens;

use actix_web::{HttpRequest, HttpResponse, web};
use passport_auth::{Freshness, SignOut};

use super::{
    problem::{Code, Problem},
    transport::Transport,
    views::SignedInView,
};
use crate::http::{
    cookies::Cookies,
    extract::{Caller, Credential, Json, SignedIn},
};

/// `GET /api/v1/session`: the signed-in user and the session.
#[utoipa::path(
    get, path = "/api/v1/session", operation_id = "showSession", tag = "session",
    summary = "Show the user and the session",
    security(("cookie" = []), ("bearer" = [])),
    responses((status = 200, description = "The user and the session", body = SignedInView)),
)]
pub(super) async fn show(
    SignedIn { person, .. }: SignedIn,
    freshness: web::Data<Freshness>,
) -> Json<SignedInView> {
    Json(SignedInView::of(&person, &freshness))
}

/// `DELETE /api/v1/session`: signs out. A request without a session is answered alike.
#[utoipa::path(
    delete, path = "/api/v1/session", operation_id = "signOut", tag = "session",
    summary = "Sign out",
    description = "A request without a session is answered alike.",
    security((), ("cookie" = []), ("bearer" = [])),
    responses((status = 204, description = "The session has ended")),
)]
pub(super) async fn end(
    request: HttpRequest,
    Caller(client): Caller,
    sign_out: web::Data<SignOut>,
    cookies: web::Data<Cookies>,
) -> Result<HttpResponse, Problem> {
    let mut response = HttpResponse::NoContent().finish();
    let Some(credential) = Credential::of(&request)? else {
        cookies.end_session(&mut response);
        return Ok(response);
    };
    sign_out.sign_out(&credential.token, &client).await.map_err(|_| Code::Unavailable)?;
    if Transport::of(credential.carrier) == Transport::Cookie {
        cookies.end_session(&mut response);
    }
    Ok(response)
}
