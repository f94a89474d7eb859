use actix_web::{HttpResponse, web};
use passport_auth::{ChangePassword, ChangePasswordError, Freshness, NewPassword, PasswordChange};
use passport_user::Password;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::http::{
    api::{
        describe::{
            problems::problems,
            values::{NewPasswordText, PasswordText},
        },
        fields::chosen_password,
        problem::{Code, Problem},
        transport::{NoExtra, RenewedResponse, Transport},
    },
    cookies::Cookies,
    extract::{Caller, Json, SignedIn},
};

problems! {
    ChangeProblems: PasswordRefused, PasswordWrong, ConfirmationRequired, Stopped, Busy, Conflict
}
problems! { RemoveProblems: PasswordRefused, ConfirmationRequired, Conflict }

/// A new password.
#[derive(Deserialize, ToSchema)]
#[schema(as = PasswordChange)]
#[serde(deny_unknown_fields)]
pub(in crate::http::api) struct PasswordBody {
    /// Left out by an account without a password.
    #[schema(value_type = Option<PasswordText>)]
    current: Option<String>,
    #[schema(value_type = NewPasswordText)]
    password: String,
    /// Whether the other sessions of the user go on.
    #[serde(default)]
    keep_sessions: bool,
}

/// `PUT /api/v1/me/password`: sets or changes the password.
#[utoipa::path(
    put, path = "/api/v1/me/password", operation_id = "setPassword", tag = "me",
    summary = "Set or change the password",
    description = "Without a password, `current` is left out and the session has to be fresh.",
    request_body = PasswordBody,
    security(("cookie" = []), ("bearer" = [])),
    responses(
        (status = 200, description = "The password is set", body = RenewedResponse<NoExtra>),
        ChangeProblems,
    ),
)]
pub(in crate::http::api) async fn set(
    SignedIn { person, carrier }: SignedIn,
    Caller(client): Caller,
    body: Json<PasswordBody>,
    change_password: web::Data<ChangePassword>,
    freshness: web::Data<Freshness>,
    cookies: web::Data<Cookies>,
) -> Result<HttpResponse, Problem> {
    let Json(body) = body;
    // No account has a password that this type refuses, so the answer is the usual one.
    let current = body.current.as_deref().map(Password::new).transpose();
    let new = NewPassword {
        current: current.map_err(|_| Code::PasswordWrong)?,
        password: chosen_password(&body.password)?,
        keep_sessions: body.keep_sessions,
    };
    let changed = change_password.change(person, new, client).await.map_err(refusal)?;
    let PasswordChange { renewed, user } = changed;
    let transport = Transport::of(carrier);
    Ok(transport.renewed(&user, renewed.as_ref(), NoExtra {}, &freshness, &cookies))
}

/// `DELETE /api/v1/me/password`: removes the password.
#[utoipa::path(
    delete, path = "/api/v1/me/password", operation_id = "removePassword", tag = "me",
    summary = "Remove the password",
    security(("cookie" = []), ("bearer" = [])),
    responses(
        (status = 200, description = "The account has no password", body = RenewedResponse<NoExtra>),
        RemoveProblems,
    ),
)]
pub(in crate::http::api) async fn remove(
    SignedIn { person, carrier }: SignedIn,
    Caller(client): Caller,
    change_password: web::Data<ChangePassword>,
    freshness: web::Data<Freshness>,
    cookies: web::Data<Cookies>,
) -> Result<HttpResponse, Problem> {
    let changed = change_password.remove(person, client).await.map_err(refusal)?;
    let PasswordChange { renewed, user } = changed;
    let transport = Transport::of(carrier);
    Ok(transport.renewed(&user, renewed.as_ref(), NoExtra {}, &freshness, &cookies))
}

fn refusal(refused: ChangePasswordError) -> Problem {
    match refused {
        ChangePasswordError::Denied(denied) => denied.into(),
        ChangePasswordError::Password(refusal) => refusal.into(),
        ChangePasswordError::WrongProof(_) => Code::PasswordWrong.into(),
        ChangePasswordError::NotFresh(required) => required.into(),
        ChangePasswordError::PasswordRequired => {
            Problem::from(Code::PasswordRefused).with("reason", "required")
        }
        ChangePasswordError::Conflict => Code::Conflict.into(),
    }
}
