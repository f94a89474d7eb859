use actix_web::web;
use passport_auth::{CodeRefusal, Registration, SignUp, SignUpError};
use passport_codes::Code;
use passport_user::{Password, PasswordPolicy, PasswordRefusal};
use serde::Deserialize;

use super::{
    fields::{Fields, given},
    refusals::{denied, unavailable},
    reply::LegacyReply,
};
use crate::http::{
    errno::Errno,
    extract::{Caller, Json},
};

#[derive(Deserialize)]
pub(super) struct RegisterRequest {
    mobile: String,
    sms_code: String,
    password: String,
}

/// `POST /passport/register`
pub(super) async fn register(
    fields: Fields<RegisterRequest>,
    Caller(client): Caller,
    sign_up: web::Data<SignUp>,
) -> Result<LegacyReply, LegacyReply> {
    let Json(fields) = fields?;
    let (mobile, code) = (given(fields.mobile)?, given(fields.sms_code)?);
    let password = given(fields.password)?;
    let registration = Registration {
        phone: mobile.parse().map_err(|_| LegacyReply::bad_phone())?,
        code: Code::from_text(code),
        password: Password::new(&password).map_err(|_| {
            password_refused(PasswordRefusal::TooLong { max: PasswordPolicy::MOST_MAX })
        })?,
        client,
    };
    match sign_up.register(registration).await {
        Ok(_) => Ok(LegacyReply::ok("用户注册成功")),
        Err(error) => Err(refusal(&error)),
    }
}

fn refusal(refused: &SignUpError) -> LegacyReply {
    match refused {
        SignUpError::Closed => LegacyReply::new(Errno::ReqErr, "注册已关闭"),
        SignUpError::Password(refusal) => password_refused(*refusal),
        SignUpError::Denied(refusal) => denied(refusal, "获取短信验证码异常"),
        SignUpError::Code(refusal) => code_refused(*refusal),
        SignUpError::PhoneTaken => LegacyReply::new(Errno::DataExist, "该手机号已注册"),
        SignUpError::NotStored(_) => unavailable("用户注册失败"),
    }
}

fn code_refused(refusal: CodeRefusal) -> LegacyReply {
    match refusal {
        CodeRefusal::Missing => LegacyReply::new(Errno::NoData, "短信验证码已经过期"),
        CodeRefusal::Mismatch { .. } => LegacyReply::new(Errno::DataErr, "短信验证码错误"),
    }
}

fn password_refused(refusal: PasswordRefusal) -> LegacyReply {
    let reason = match refusal {
        PasswordRefusal::TooShort { min } => format!("密码至少 {min} 个字符"),
        PasswordRefusal::TooLong { max } => format!("密码最多 {max} 个字符"),
        PasswordRefusal::Common => "密码过于常见，请换一个".to_owned(),
        PasswordRefusal::PhoneNumber => "密码不能是手机号".to_owned(),
    };
    LegacyReply::new(Errno::DataErr, reason)
}
