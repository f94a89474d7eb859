//! `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header-07): a repeated call is answered with
//! the first response.

mod kept;

use std::time::Duration;

use actix_web::{
    Error, ResponseError,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    middleware::Next,
    web,
};
use zeroize::Zeroizing;

pub(super) use kept::KeptFor;

use super::problem::{Code, Problem};
use crate::http::{
    extract::{Client, Credential, read_body},
    idempotency::{self, Admission, Idempotency, IdempotencyKey, Request},
};

/// Longest wait that a repeat of a running call is told: most calls end within a second.
const PATIENCE: Duration = Duration::from_secs(2);

/// Executes a call with an idempotency key once, and answers its repeats with the first response.
///
/// This comes before authentication, because the first call may have ended or replaced the session of
/// which the repeat still has the token; the response is bound to that token. It comes behind the
/// refusal of cross-site requests.
///
/// A call that began runs to its end and its response is stored, even if the client disconnects and the
/// service is stopped meanwhile.
pub(super) async fn replay(
    idempotency: web::Data<Idempotency>,
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    if request.method().is_safe() {
        return Ok(next.call(request).await?.map_into_boxed_body());
    }
    let key = match IdempotencyKey::of(request.headers()) {
        Ok(Some(key)) => key,
        Ok(None) => return Ok(next.call(request).await?.map_into_boxed_body()),
        Err(_) => return Ok(refuse(request, &Code::IdempotencyKeyInvalid.into())),
    };
    let body = match read_body(request.parts_mut().1.take()).await {
        Ok(body) => body.freeze(),
        Err(error) => return Ok(refuse(request, &error.into())),
    };
    let credential = match Credential::of(request.request()) {
        Ok(credential) => credential.map(|it| Zeroizing::new(it.token.expose())),
        Err(two) => return Ok(refuse(request, &two.into())),
    };
    let requested = Request {
        method: request.method().as_str(),
        target: request.uri().path_and_query().map_or("", |target| target.as_str()),
        credential: credential.as_ref().map(|token| token.as_str()),
        key: &key,
        body: &body,
    };
    let Client(client) = Client::of(request.request());
    let problem = match idempotency.admit(&requested, client).await {
        Admission::Execute(execution) => {
            request.set_payload(idempotency::payload_of(body));
            let kept_for = kept::kept_for;
            return idempotency::execute(idempotency, Some(execution), request, next, kept_for)
                .await;
        }
        Admission::Replay(response) => return Ok(request.into_response(response)),
        Admission::Running { remaining } => {
            Problem::retry_after(Code::IdempotencyKeyInProgress, remaining.min(PATIENCE))
        }
        Admission::Reused => Code::IdempotencyKeyReused.into(),
        Admission::TooMany(refusal) => Problem::too_many(&refusal),
        Admission::Damaged => Code::ServerError.into(),
        Admission::Unavailable => Code::Unavailable.into(),
    };
    Ok(refuse(request, &problem))
}

fn refuse(request: ServiceRequest, problem: &Problem) -> ServiceResponse<BoxBody> {
    request.into_response(problem.error_response())
}
