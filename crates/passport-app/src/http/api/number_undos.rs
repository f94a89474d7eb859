use actix_web::web;
use passport_auth::{UndoNumber, UndoNumberError};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    describe::{
        problems::problems,
        values::{AfterUndoName, CodeId, CodeText, Mobile},
    },
    fields::typed_code,
    problem::{Code, Problem},
};
use crate::http::extract::{Caller, Json};

problems! { UndoProblems: MobileInvalid, SmsCodeGone, SmsCodeWrong, NothingToUndo, Stopped, Wait
}

/// An undo of a change of number.
#[derive(Deserialize, ToSchema)]
#[schema(as = NumberUndoRequest)]
#[serde(deny_unknown_fields)]
pub(super) struct NumberUndoBody {
    /// The former number.
    #[schema(value_type = Mobile)]
    mobile: String,
    #[schema(value_type = CodeId)]
    code_id: String,
    #[schema(value_type = CodeText)]
    code: String,
}

/// A change of number that was undone.
#[derive(Serialize, ToSchema)]
#[schema(as = NumberUndo)]
pub(super) struct NumberUndoResponse {
    /// What the person does next: the password was removed.
    #[schema(value_type = AfterUndoName)]
    next: &'static str,
}

/// `POST /api/v1/number-undos`: makes a former number the number of its account again.
#[utoipa::path(
    post, path = "/api/v1/number-undos", operation_id = "undoNumberChange", tag = "recovery",
    summary = "Undo a change of number",
    description = "Needs a code of the purpose `undo-number` for the former number. The password is removed and \
        all sessions end.",
    request_body = NumberUndoBody,
    responses(
        (status = 200, description = "The former number is back", body = NumberUndoResponse),
        UndoProblems,
    ),
)]
pub(super) async fn create(
    Caller(client): Caller,
    body: Json<NumberUndoBody>,
    undo_number: web::Data<UndoNumber>,
) -> Result<Json<NumberUndoResponse>, Problem> {
    let Json(body) = body;
    let former = body.mobile.parse().map_err(|_| Code::MobileInvalid)?;
    let code = typed_code(&body.code_id, body.code)?;
    undo_number.undo(former, code, client).await.map_err(|refused| match refused {
        UndoNumberError::Denied(denied) => denied.into(),
        UndoNumberError::Code(refusal) => refusal.into(),
        UndoNumberError::NothingToUndo => Problem::from(Code::NothingToUndo),
    })?;
    Ok(Json(NumberUndoResponse { next: "reset" }))
}
