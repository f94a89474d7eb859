use actix_web::{HttpResponse, web};
use passport_auth::{ConfirmError, ConfirmSession, Freshness, Proof};
use passport_user::Password;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    describe::{
        forms::forms,
        problems::problems,
        values::{CodeId, CodeText, PasswordText},
    },
    fields::typed_code,
    problem::{Code, Problem},
    refusals::too_weak,
    transport::{NoExtra, RenewedResponse, Transport},
};
use crate::http::{
    cookies::Cookies,
    extract::{Caller, Json, SignedIn, absent, missing, required},
};

/// Either the password, or a code with its id.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ConfirmationBody {
    password: Option<String>,
    code_id: Option<String>,
    code: Option<String>,
}

forms! {
    /// A proof: the password, or a code for the own number.
    ConfirmationForms as "ConfirmationRequest": ConfirmationByPassword, ConfirmationByCode
}

/// Proof by the password.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it stands for requests in the document")]
struct ConfirmationByPassword {
    password: PasswordText,
}

/// Proof by a code for the own number.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it stands for requests in the document")]
struct ConfirmationByCode {
    code_id: CodeId,
    code: CodeText,
}

problems! {
    ConfirmProblems: SmsCodeGone, SmsCodeWrong, ProofWrong, ProofTooWeak, Stopped, Busy
}

/// `POST /api/v1/session/confirmations`: proves an authenticator again.
#[utoipa::path(
    post, path = "/api/v1/session/confirmations", operation_id = "confirmSession", tag = "session",
    summary = "Confirm the session",
    description = "Sensitive acts need a proof that is a few minutes old. The session gets a new token, and \
        the former one is dead.",
    request_body = ConfirmationForms,
    security(("cookie" = []), ("bearer" = [])),
    responses(
        (status = 200, description = "The session is fresh", body = RenewedResponse<NoExtra>),
        ConfirmProblems,
    ),
)]
pub(super) async fn create(
    SignedIn { person, carrier }: SignedIn,
    Caller(client): Caller,
    body: Json<ConfirmationBody>,
    confirm_session: web::Data<ConfirmSession>,
    freshness: web::Data<Freshness>,
    cookies: web::Data<Cookies>,
) -> Result<HttpResponse, Problem> {
    let (proof, user) = (body.0.proof()?, person.user.clone());
    let renewed = confirm_session.confirm(person, proof, client).await.map_err(refusal)?;
    let transport = Transport::of(carrier);
    Ok(transport.renewed(&user, Some(&renewed), NoExtra {}, &freshness, &cookies))
}

impl ConfirmationBody {
    fn proof(self) -> Result<Proof, Problem> {
        match self.password {
            // No account has a password that this type refuses, so the answer is the usual one.
            Some(password) => {
                absent(self.code_id.as_ref(), "code_id")?;
                absent(self.code.as_ref(), "code")?;
                Ok(Proof::Password(Password::new(&password).map_err(|_| Code::ProofWrong)?))
            }
            None if self.code_id.is_none() && self.code.is_none() => {
                Err(missing("password").into())
            }
            None => {
                let (id, code) = (required(self.code_id, "code_id")?, required(self.code, "code")?);
                Ok(Proof::Code(typed_code(&id, code)?))
            }
        }
    }
}

fn refusal(refused: ConfirmError) -> Problem {
    match refused {
        ConfirmError::Denied(denied) => denied.into(),
        ConfirmError::WrongProof(_) => Code::ProofWrong.into(),
        ConfirmError::Code(refusal) => refusal.into(),
        ConfirmError::TooWeak(required) => too_weak(required),
        ConfirmError::SessionEnded => Code::NotSignedIn.into(),
    }
}
