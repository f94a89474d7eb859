use actix_web::{HttpResponse, web};
use passport_auth::{PasswordReset, ResetPassword, ResetPasswordError};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    describe::{
        problems::problems,
        values::{CodeId, CodeText, Mobile, NewPasswordText},
    },
    fields::{chosen_password, typed_code},
    problem::{Code, Problem},
};
use crate::http::extract::{Caller, Json};

problems! {
    ResetProblems: MobileInvalid, SmsCodeGone, SmsCodeWrong, PasswordRefused, NoAccount, AccountDisabled, Busy,
    Conflict, Stopped, Wait
}

/// A new password instead of a forgotten one.
#[derive(Deserialize, ToSchema)]
#[schema(as = PasswordResetRequest)]
#[serde(deny_unknown_fields)]
pub(super) struct PasswordResetBody {
    #[schema(value_type = Mobile)]
    mobile: String,
    #[schema(value_type = CodeId)]
    code_id: String,
    #[schema(value_type = CodeText)]
    code: String,
    #[schema(value_type = NewPasswordText)]
    password: String,
}

/// `POST /api/v1/password-resets`: replaces a forgotten password. Does not sign in.
#[utoipa::path(
    post, path = "/api/v1/password-resets", operation_id = "resetPassword", tag = "recovery",
    summary = "Replace a forgotten password",
    description = "Needs a code of the purpose `reset`. All sessions end, and none is opened.",
    request_body = PasswordResetBody,
    responses((status = 204, description = "The password is replaced"), ResetProblems),
)]
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
