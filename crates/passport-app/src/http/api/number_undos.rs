use actix_web::web;
use passport_auth::{UndoNumber, UndoNumberError};
use serde::{Deserialize, Serialize};

use super::{
    fields::typed_code,
    problem::{Code, Problem},
};
use crate::http::extract::{Caller, Json};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NumberUndoBody {
    mobile: String,
    code_id: String,
    code: String,
}

#[derive(Serialize)]
pub(super) struct NumberUndoResponse {
    /// What the person does next: the password was removed.
    next: &'static str,
}

/// `POST /api/v1/number-undos`: makes a former number the number of its account again.
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
