//! `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header-07): a repeated call is answered with
//! the first response.

mod admission;
mod kept;
mod key;
mod payload;
mod response;
mod secret;

use std::{future, panic};

use actix_web::{
    Error, ResponseError,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    middleware::Next,
    rt, web,
};
use tracing::{Instrument, error};
use zeroize::Zeroizing;

pub(crate) use admission::Idempotency;
pub(in crate::http::api) use kept::KeptFor;
pub(crate) use secret::IdempotencySecret;

use self::{
    admission::{Admission, Execution},
    key::IdempotencyKey,
    secret::Request,
};
use super::problem::{Code, Problem};
use crate::{
    edge::Underway,
    http::extract::{Client, Credential, read_body},
};

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
    match idempotency.admit(&requested, client).await {
        Admission::Execute(execution) => {
            request.set_payload(payload::of(body));
            execute(idempotency, execution, request, next).await
        }
        Admission::Replay(response) => Ok(request.into_response(response)),
        Admission::Refuse(problem) => Ok(refuse(request, &problem)),
    }
}

/// Calls the handler on a task of its own, which outlives the connection, and for which a service that
/// stops waits.
async fn execute(
    idempotency: web::Data<Idempotency>,
    execution: Execution,
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let underway = request.request().conn_data::<Underway>().cloned().unwrap_or_default();
    let call = async move {
        match next.call(request).await {
            Ok(response) => {
                let response = response.map_into_boxed_body();
                Ok(settle(&idempotency, &execution, response).await)
            }
            Err(error) => {
                idempotency.abandon(&execution).await;
                Err(error)
            }
        }
    };
    match rt::spawn(underway.track(call.in_current_span())).await {
        Ok(outcome) => outcome,
        Err(error) => match error.try_into_panic() {
            Ok(payload) => panic::resume_unwind(payload),
            // The runtime is shutting down, so there is no response.
            Err(_) => future::pending().await,
        },
    }
}

/// Stores the response if a repeat is to get it, and returns it.
async fn settle(
    idempotency: &Idempotency,
    execution: &Execution,
    response: ServiceResponse<BoxBody>,
) -> ServiceResponse<BoxBody> {
    let Some(kept_for) = kept::kept_for(response.response()) else {
        idempotency.abandon(execution).await;
        return response;
    };
    let (request, response) = response.into_parts();
    let (head, body) = response.into_parts();
    let body = match body.try_into_bytes() {
        Ok(bytes) => {
            match response::write(&head, &bytes) {
                Ok(plain) => idempotency.finish(execution, &plain, kept_for).await,
                Err(fault) => {
                    error!(error = &fault as &dyn std::error::Error, "response was not stored");
                    idempotency.abandon(execution).await;
                }
            }
            BoxBody::new(bytes)
        }
        Err(stream) => {
            error!("response was not stored, because it is a stream");
            idempotency.abandon(execution).await;
            stream
        }
    };
    ServiceResponse::new(request, head.set_body(body))
}

fn refuse(request: ServiceRequest, problem: &Problem) -> ServiceResponse<BoxBody> {
    request.into_response(problem.error_response())
}
