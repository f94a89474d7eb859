use actix_web::{HttpResponse, web};
use passport_auth::{ChangePassword, ChangePasswordError, Freshness, NewPassword, PasswordChange};
use passport_user::Password;
use serde::Deserialize;

use crate::http::{
    api::{
        fields::chosen_password,
        problem::{Code, Problem},
        transport::{NoExtra, Transport},
    },
    cookies::Cookies,
    extract::{Caller, Json, SignedIn},
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http::api) struct PasswordBody {
    /// Left out by an account without a password.
    current: Option<String>,
    password: String,
    #[serde(default)]
    keep_sessions: bool,
}

/// `PUT /api/v1/me/password`: sets or changes the password.
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
