use std::time::Duration;

use actix_web::{HttpRequest, HttpResponse, web};
use passport_auth::{Credentials, SignIn, SignInError};
use passport_user::Password;
use serde::Deserialize;
use serde_json::Value;

use super::{
    fields::{Fields, given},
    refusals::denied,
    reply::LegacyReply,
};
use crate::http::{
    cookies::Cookies,
    errno::Errno,
    extract::{Caller, Json},
};

#[derive(Deserialize)]
pub(super) struct LoginRequest {
    mobile: String,
    password: String,
    /// Whether the person asked for a long session, which clients of the original do not send. Values
    /// other than `true` are ignored, because the answers of this API are frozen.
    remember: Option<Value>,
}

/// `POST /passport/login`
pub(super) async fn sign_in(
    request: HttpRequest,
    fields: Fields<LoginRequest>,
    Caller(client): Caller,
    cookies: web::Data<Cookies>,
    sign_in: web::Data<SignIn>,
) -> Result<HttpResponse, LegacyReply> {
    let Json(fields) = fields?;
    let (mobile, password) = (given(fields.mobile)?, given(fields.password)?);
    let credentials = Credentials {
        phone: mobile.parse().map_err(|_| LegacyReply::bad_phone())?,
        // No account has a password that this type refuses, so the answer is the usual one.
        password: Password::new(&password).map_err(|_| wrong())?,
        remember: fields.remember == Some(Value::Bool(true)),
        client,
        former: cookies.session(&request),
    };
    match sign_in.sign_in(credentials).await {
        Ok(signed_in) => {
            let mut response = LegacyReply::ok("登录成功").into_response();
            let session = &signed_in.session;
            let life = Duration::try_from(session.expires_at - session.created_at);
            let age = life.ok().filter(|_| session.remembered);
            cookies.begin_session(&mut response, &signed_in.token, age);
            Ok(response)
        }
        Err(error) => Err(refusal(&error)),
    }
}

fn refusal(refused: &SignInError) -> LegacyReply {
    match refused {
        SignInError::Denied(refusal) => denied(refusal, "查询用户异常"),
        // Clients of the original know no further answers.
        SignInError::WrongCredentials(_) | SignInError::NotAdmitted(_) => wrong(),
    }
}

fn wrong() -> LegacyReply {
    LegacyReply::new(Errno::DataErr, "手机号或密码错误")
}
