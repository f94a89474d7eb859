//! Records of calls, by which a repeated call is answered with the first response.
//!
//! `api::replay` recognizes a repeat by its `Idempotency-Key`, `pages::receive` by the content of its
//! form.

mod admission;
mod key;
mod payload;
mod response;
mod secret;

use std::{future, panic, time::Duration};

use actix_web::{
    Error, HttpResponse,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    middleware::Next,
    rt, web,
};
use tracing::{Instrument, error};

pub(crate) use admission::Idempotency;
pub(in crate::http) use admission::{Admission, Execution};
pub(in crate::http) use key::IdempotencyKey;
pub(in crate::http) use payload::of as payload_of;
pub(crate) use secret::IdempotencySecret;
pub(in crate::http) use secret::Request;

use crate::edge::Underway;

/// Time for which repeats get a response. `None` if a repeat executes the call anew.
pub(in crate::http) type KeptFor = fn(&HttpResponse<BoxBody>) -> Option<Duration>;

/// Calls the handler on a task of its own, which outlives the connection, and for which a service that
/// stops waits.
///
/// A call without an `execution` is not recorded.
pub(in crate::http) async fn execute(
    idempotency: web::Data<Idempotency>,
    execution: Option<Execution>,
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
    kept_for: KeptFor,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let underway = request.request().conn_data::<Underway>().cloned().unwrap_or_default();
    let call = async move {
        let outcome = next.call(request).await.map(ServiceResponse::map_into_boxed_body);
        let Some(execution) = execution else { return outcome };
        match outcome {
            Ok(response) => {
                let kept_for = kept_for(response.response());
                Ok(settle(&idempotency, &execution, response, kept_for).await)
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
    kept_for: Option<Duration>,
) -> ServiceResponse<BoxBody> {
    let Some(kept_for) = kept_for else {
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
