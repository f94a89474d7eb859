//! The account of the signed-in user.

pub(super) mod events;
pub(super) mod export;
pub(super) mod mobile;
pub(super) mod password;

use actix_web::{HttpResponse, http::StatusCode, web};
use passport_auth::{Leave, LeaveError, Profile};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;

use super::{
    describe::{problems::problems, values::NickNameText},
    fields::nick_name,
    problem::{Code, Problem},
    transport::Transport,
    views::UserView,
};
use crate::http::{
    cookies::Cookies,
    extract::{Caller, Json, SignedIn},
};

/// `GET /api/v1/me`
#[utoipa::path(
    get, path = "/api/v1/me", operation_id = "showMe", tag = "me",
    summary = "Show the account",
    security(("cookie" = []), ("bearer" = [])),
    responses((status = 200, description = "The signed-in user", body = UserView)),
)]
pub(super) async fn show(SignedIn { person, .. }: SignedIn) -> Json<UserView> {
    Json((&person.user).into())
}

problems! { RenameProblems: NickNameRefused, TooMany }

/// A change of the profile.
#[derive(Deserialize, ToSchema)]
#[schema(as = ProfileChange)]
#[serde(deny_unknown_fields)]
pub(super) struct ProfileBody {
    #[schema(value_type = NickNameText)]
    nick_name: String,
}

/// `PATCH /api/v1/me`: changes the nick name.
#[utoipa::path(
    patch, path = "/api/v1/me", operation_id = "changeProfile", tag = "me",
    summary = "Change the profile",
    request_body = ProfileBody,
    security(("cookie" = []), ("bearer" = [])),
    responses(
        (status = 200, description = "The user after the change", body = UserView),
        RenameProblems,
    ),
)]
pub(super) async fn change(
    SignedIn { person, .. }: SignedIn,
    Caller(client): Caller,
    body: Json<ProfileBody>,
    profile: web::Data<Profile>,
) -> Result<Json<UserView>, Problem> {
    let user = profile.rename(person, nick_name(&body.0.nick_name)?, client).await?;
    Ok(Json((&user).into()))
}

problems! { LeaveProblems: ConfirmationRequired, Conflict }

/// A deletion that was requested.
#[derive(Serialize, ToSchema)]
#[schema(as = Leaving)]
struct LeavingResponse {
    /// Time of the deletion.
    #[serde(with = "time::serde::rfc3339")]
    purge_at: OffsetDateTime,
}

/// `DELETE /api/v1/me`: requests the deletion of the account.
#[utoipa::path(
    delete, path = "/api/v1/me", operation_id = "deleteAccount", tag = "me",
    summary = "Request the deletion of the account",
    description = "All sessions end. Until the deletion, a sign-in can restore the account.",
    security(("cookie" = []), ("bearer" = [])),
    responses(
        (status = 202, description = "The account is about to be deleted", body = LeavingResponse),
        LeaveProblems,
    ),
)]
pub(super) async fn leave(
    SignedIn { person, carrier }: SignedIn,
    Caller(client): Caller,
    leave: web::Data<Leave>,
    cookies: web::Data<Cookies>,
) -> Result<HttpResponse, Problem> {
    let leaving = leave.leave(person, client).await.map_err(|refused| match refused {
        LeaveError::Denied(denied) => denied.into(),
        LeaveError::NotFresh(required) => required.into(),
        LeaveError::Conflict => Problem::from(Code::Conflict),
    })?;
    let body = LeavingResponse { purge_at: leaving.purge_at };
    let mut response = HttpResponse::build(StatusCode::ACCEPTED).json(body);
    if Transport::of(carrier) == Transport::Cookie {
        cookies.end_session(&mut response);
    }
    Ok(response)
}
