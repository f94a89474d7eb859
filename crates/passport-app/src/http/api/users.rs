use actix_web::{HttpRequest, HttpResponse, web};
use passport_auth::{CodeSignUp, CodeSignUpError, Freshness, NewUser};
use serde::Deserialize;

use super::{
    fields::{chosen_password, nick_name, terms, typed_code},
    problem::{Code, Problem},
    transport::{NoExtra, Transport},
};
use crate::http::{
    cookies::Cookies,
    extract::{Caller, Json, missing},
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct UserBody {
    mobile: String,
    code_id: String,
    code: String,
    password: Option<String>,
    nick_name: Option<String>,
    /// Version of the terms that the person consents to.
    terms: Option<String>,
    #[serde(default)]
    remember: bool,
    #[serde(default)]
    transport: Transport,
}

/// `POST /api/v1/users`: signs up and in.
pub(super) async fn create(
    request: HttpRequest,
    Caller(client): Caller,
    body: Json<UserBody>,
    sign_up: web::Data<CodeSignUp>,
    freshness: web::Data<Freshness>,
    cookies: web::Data<Cookies>,
) -> Result<HttpResponse, Problem> {
    let Json(body) = body;
    let new = NewUser {
        phone: body.mobile.parse().map_err(|_| Code::MobileInvalid)?,
        code: typed_code(&body.code_id, body.code)?,
        password: body.password.as_deref().map(chosen_password).transpose()?,
        nick_name: body.nick_name.as_deref().map(nick_name).transpose()?,
        terms: body.terms.as_deref().map(terms).transpose()?,
        remember: body.remember,
        client,
        former: body.transport.former(&request, &cookies),
    };
    let signed_in = sign_up.sign_up(new).await.map_err(refusal)?;
    Ok(body.transport.signed_in(&signed_in, NoExtra {}, &freshness, &cookies))
}

fn refusal(refused: CodeSignUpError) -> Problem {
    match refused {
        CodeSignUpError::SignUpClosed => Code::SignUpClosed.into(),
        CodeSignUpError::PasswordRequired => missing("password").into(),
        CodeSignUpError::Password(refusal) => refusal.into(),
        CodeSignUpError::Consent(required) => required.into(),
        CodeSignUpError::Denied(denied) => denied.into(),
        CodeSignUpError::Code(refusal) => refusal.into(),
        CodeSignUpError::PhoneTaken => Problem::from(Code::NumberTaken).with("next", "sign-in"),
    }
}
