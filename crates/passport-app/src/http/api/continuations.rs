use actix_web::{HttpRequest, HttpResponse, web};
use passport_auth::{ContinuationGone, Freshness, Restore, RestoreError, Return};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    describe::{
        problems::problems,
        values::{AlwaysTrue, ContinuationText},
    },
    problem::{Code, Problem},
    transport::{NoExtra, SignedInResponse, Transport},
};
use crate::http::{
    cookies::Cookies,
    extract::{Caller, Json, invalid},
};

problems! { ContinueProblems: ContinuationGone }

/// The last step of a sign-in.
#[derive(Deserialize, ToSchema)]
#[schema(as = ContinuationRequest)]
#[serde(deny_unknown_fields)]
pub(super) struct ContinuationBody {
    #[schema(value_type = ContinuationText)]
    continuation: String,
    /// `true`: the account is to be kept.
    #[schema(value_type = AlwaysTrue)]
    restore: bool,
    /// Whether the session outlives the browser.
    #[serde(default)]
    remember: bool,
    #[serde(default)]
    transport: Transport,
}

/// `POST /api/v1/sessions/continuations`: the last step of a sign-in that needed one more.
#[utoipa::path(
    post, path = "/api/v1/sessions/continuations", operation_id = "continueSignIn", tag = "sessions",
    summary = "Continue a sign-in",
    description = "Restores an account that is about to be deleted, and signs in. The continuation comes \
        with the problem `account-leaving`.",
    request_body = ContinuationBody,
    responses(
        (status = 201, description = "Signed in", body = SignedInResponse<NoExtra>),
        ContinueProblems,
    ),
)]
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
