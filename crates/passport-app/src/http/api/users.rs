use actix_web::{HttpRequest, HttpResponse, web};
use passport_auth::{CodeSignUp, CodeSignUpError, Freshness, NewUser};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    describe::{
        problems::problems,
        values::{CodeId, CodeText, Mobile, NewPasswordText, NickNameText, TermsVersionText},
    },
    fields::{chosen_password, nick_name, terms, typed_code},
    problem::{Code, Problem},
    transport::{NoExtra, SignedInResponse, Transport},
};
use crate::http::{
    cookies::Cookies,
    extract::{Caller, Json, missing},
};

problems! {
    SignUpProblems: MobileInvalid, SmsCodeGone, SmsCodeWrong, PasswordRefused, NickNameRefused, NumberTaken,
    SignUpClosed, ConsentRequired, Busy, Stopped, Wait
}

/// A sign-up.
#[derive(Deserialize, ToSchema)]
#[schema(as = SignUpRequest)]
#[serde(deny_unknown_fields)]
pub(super) struct UserBody {
    #[schema(value_type = Mobile)]
    mobile: String,
    #[schema(value_type = CodeId)]
    code_id: String,
    #[schema(value_type = CodeText)]
    code: String,
    /// The settings may require one.
    #[schema(value_type = Option<NewPasswordText>)]
    password: Option<String>,
    /// If absent, the number with its middle masked.
    #[schema(value_type = Option<NickNameText>)]
    nick_name: Option<String>,
    /// Version of the terms that the person consents to.
    #[schema(value_type = Option<TermsVersionText>)]
    terms: Option<String>,
    /// Whether the session outlives the browser.
    #[serde(default)]
    remember: bool,
    #[serde(default)]
    transport: Transport,
}

/// `POST /api/v1/users`: signs up and in.
#[utoipa::path(
    post, path = "/api/v1/users", operation_id = "signUp", tag = "users",
    summary = "Sign up",
    description = "Needs a code of the purpose `sign-up`. Opens a session.",
    request_body = UserBody,
    responses(
        (status = 201, description = "Signed up and in", body = SignedInResponse<NoExtra>),
        SignUpProblems,
    ),
)]
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
