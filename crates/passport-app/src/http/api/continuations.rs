use actix_web::{HttpRequest, HttpResponse, web};
use passport_auth::{ContinuationGone, Freshness, Restore, RestoreError, Return};
use serde::Deserialize;

use super::{
    problem::{Code, Problem},
    transport::{NoExtra, Transport},
};
use crate::http::{
    cookies::Cookies,
    extract::{Caller, Json, invalid},
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ContinuationBody {
    continuation: String,
    restore: bool,
    #[serde(default)]
    remember: bool,
    #[serde(default)]
    transport: Transport,
}

/// `POST /api/v1/sessions/continuations`: the last step of a sign-in that needed one more.
pub(super) async fn create(
    request: HttpRequest,
    Caller(client): Caller,
    body: Json<ContinuationBody>,
    restore: web::Data<Restore>,
    freshness: web::Data<Freshness>,
    cookies: web::Data<Cookies>,
) -> Result<HttpResponse, Problem> {
    let Json(body) = body;
    if !body.restore {
        return Err(invalid("restore").into());
    }
    let request = Return {
        continuation: body.continuation.parse().map_err(gone)?,
        remember: body.remember,
        client,
        former: body.transport.former(&request, &cookies),
    };
    let signed_in = restore.restore(request).await.map_err(|refused| match refused {
        RestoreError::Denied(denied) => denied.into(),
        RestoreError::Gone(refusal) => gone(refusal),
    })?;
    Ok(body.transport.signed_in(&signed_in, NoExtra {}, &freshness, &cookies))
}

fn gone(_: ContinuationGone) -> Problem {
    Code::ContinuationGone.into()
}
