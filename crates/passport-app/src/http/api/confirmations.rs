use actix_web::{HttpResponse, web};
use passport_auth::{ConfirmError, ConfirmSession, Freshness, Proof};
use passport_user::Password;
use serde::Deserialize;

use super::{
    fields::typed_code,
    problem::{Code, Problem},
    refusals::too_weak,
    transport::{NoExtra, Transport},
};
use crate::http::{
    cookies::Cookies,
    extract::{BodyError, CallerOf, FaultCode, Json, SignedIn},
};

/// Either the password, or a code with its id.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ConfirmationBody {
    password: Option<String>,
    code_id: Option<String>,
    code: Option<String>,
}

/// `POST /api/v1/session/confirmations`: proves an authenticator again.
pub(super) async fn create(
    SignedIn { person, credential }: SignedIn,
    CallerOf(client): CallerOf,
    body: Json<ConfirmationBody>,
    confirm_session: web::Data<ConfirmSession>,
    freshness: web::Data<Freshness>,
    cookies: web::Data<Cookies>,
) -> Result<HttpResponse, Problem> {
    let (proof, user) = (body.0.proof()?, person.user.clone());
    let renewed = confirm_session.confirm(person, proof, client).await.map_err(refusal)?;
    let transport = Transport::of(&credential);
    Ok(transport.renewed(&user, Some(&renewed), NoExtra {}, &freshness, &cookies))
}

impl ConfirmationBody {
    fn proof(self) -> Result<Proof, Problem> {
        let missing = |pointer| BodyError::at(pointer, FaultCode::Missing);
        let unexpected = |pointer| BodyError::at(pointer, FaultCode::Unexpected);
        match (self.password, self.code_id, self.code) {
            // No account has a password that this type refuses, so the answer is the usual one.
            (Some(password), None, None) => {
                Ok(Proof::Password(Password::new(&password).map_err(|_| Code::ProofWrong)?))
            }
            (None, Some(id), Some(code)) => Ok(Proof::Code(typed_code(&id, code)?)),
            (Some(_), Some(_), _) => Err(unexpected("/code_id").into()),
            (Some(_), None, Some(_)) => Err(unexpected("/code").into()),
            (None, Some(_), None) => Err(missing("/code").into()),
            (None, None, Some(_)) => Err(missing("/code_id").into()),
            (None, None, None) => Err(missing("/password").into()),
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
