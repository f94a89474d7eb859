use actix_web::{HttpRequest, web};
use passport_auth::{CodeRefusal, Registration, SignUp, SignUpError};
use passport_codes::Code;
use passport_user::{Password, PasswordPolicy, PasswordRefusal};
use serde::Deserialize;

use super::{
    denied,
    fields::{self, given},
    unavailable,
};
use crate::http::answer::{Answer, Errno};

#[derive(Deserialize)]
struct RegisterRequest {
    mobile: String,
    sms_code: String,
    password: String,
}

/// `POST /passport/register`
pub(super) async fn register(
    request: HttpRequest,
    payload: web::Payload,
    sign_up: web::Data<SignUp>,
) -> Result<Answer, Answer> {
    let fields: RegisterRequest = fields::read(&request, payload).await?;
    let (mobile, code) = (given(fields.mobile)?, given(fields.sms_code)?);
    let password = given(fields.password)?;
    let registration = Registration {
        phone: mobile.parse().map_err(|_| Answer::bad_phone())?,
        code: Code::from_text(code),
        password: Password::new(&password).map_err(|_| {
            password_refused(PasswordRefusal::TooLong { max: PasswordPolicy::MOST_MAX })
        })?,
    };
    match sign_up.register(registration).await {
        Ok(_) => Ok(Answer::ok("用户注册成功")),
        Err(error) => Err(refusal(&error)),
    }
}

fn refusal(refused: &SignUpError) -> Answer {
    match refused {
        SignUpError::Password(refusal) => password_refused(*refusal),
        SignUpError::Denied(refusal) => denied(refusal, "获取短信验证码异常"),
        SignUpError::Code(CodeRefusal::Missing) => Answer::new(Errno::NoData, "短信验证码已经过期"),
        SignUpError::Code(CodeRefusal::Mismatch) => Answer::new(Errno::DataErr, "短信验证码错误"),
        SignUpError::PhoneTaken => Answer::new(Errno::DataExist, "该手机号已注册"),
        SignUpError::NotStored(_) => unavailable("用户注册失败"),
    }
}

fn password_refused(refusal: PasswordRefusal) -> Answer {
    let reason = match refusal {
        PasswordRefusal::TooShort { min } => format!("密码至少 {min} 个字符"),
        PasswordRefusal::TooLong { max } => format!("密码最多 {max} 个字符"),
        PasswordRefusal::Common => "密码过于常见，请换一个".to_owned(),
        PasswordRefusal::PhoneNumber => "密码不能是手机号".to_owned(),
    };
    Answer::new(Errno::DataErr, reason)
}
