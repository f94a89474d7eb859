use actix_web::{HttpRequest, HttpResponse, web};
use passport_auth::{Credentials, SignIn, SignInError};
use passport_user::Password;
use serde::Deserialize;

use super::{
    denied,
    fields::{self, given},
};
use crate::http::{
    answer::{Answer, Errno},
    client_address::Client,
    cookies::Cookies,
};

#[derive(Deserialize)]
struct LoginRequest {
    mobile: String,
    password: String,
}

/// `POST /passport/login`
pub(super) async fn sign_in(
    request: HttpRequest,
    payload: web::Payload,
    client: Client,
    cookies: web::Data<Cookies>,
    sign_in: web::Data<SignIn>,
) -> Result<HttpResponse, Answer> {
    let fields: LoginRequest = fields::read(&request, payload).await?;
    let (mobile, password) = (given(fields.mobile)?, given(fields.password)?);
    let credentials = Credentials {
        phone: mobile.parse().map_err(|_| Answer::bad_phone())?,
        // No account has such a password, whatever the number.
        password: Password::new(&password).map_err(|_| wrong())?,
        remember: false,
        client: client.0,
        former: cookies.session(&request),
    };
    match sign_in.sign_in(credentials).await {
        Ok(signed_in) => {
            let mut response = Answer::ok("登录成功").into_response();
            response
                .add_cookie(&cookies.set_session(&signed_in.token))
                .map_err(|_| Answer::server_error())?;
            Ok(response)
        }
        Err(error) => Err(refusal(&error)),
    }
}

fn refusal(refused: &SignInError) -> Answer {
    match refused {
        SignInError::Denied(refusal) => denied(refusal, "查询用户异常"),
        SignInError::WrongCredentials(_) => wrong(),
    }
}

fn wrong() -> Answer {
    Answer::new(Errno::DataErr, "手机号或密码错误")
}
