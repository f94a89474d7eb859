use actix_web::{HttpResponse, web};
use passport_auth::{PasswordReset, ResetPassword, ResetPasswordError};
use serde::Deserialize;

use super::{
    fields::{chosen_password, typed_code},
    problem::{Code, Problem},
};
use crate::http::extract::{Caller, Json};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PasswordResetBody {
    mobile: String,
    code_id: String,
    code: String,
    password: String,
}

/// `POST /api/v1/password-resets`: replaces a forgotten password. Does not sign in.
pub(super) async fn create(
    Caller(client): Caller,
    body: Json<PasswordResetBody>,
    reset_password: web::Data<ResetPassword>,
) -> Result<HttpResponse, Problem> {
    let Json(body) = body;
    let reset = PasswordReset {
        phone: body.mobile.parse().map_err(|_| Code::MobileInvalid)?,
        code: typed_code(&body.code_id, body.code)?,
        password: chosen_password(&body.password)?,
        client,
    };
    reset_password.reset(reset).await.map_err(refusal)?;
    Ok(HttpResponse::NoContent().finish())
}

fn refusal(refused: ResetPasswordError) -> Problem {
    match refused {
        ResetPasswordError::Denied(denied) => denied.into(),
        ResetPasswordError::Password(refusal) => refusal.into(),
        ResetPasswordError::Code(refusal) => refusal.into(),
        ResetPasswordError::NoAccount => Problem::from(Code::NoAccount).with("next", "sign-up"),
        ResetPasswordError::Disabled => Code::AccountDisabled.into(),
        ResetPasswordError::Conflict => Code::Conflict.into(),
    }
}
