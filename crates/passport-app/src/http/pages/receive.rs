//! Reception of forms: their fields, and the answer to a form that is sent again.

use std::time::Duration;

use actix_web::{
    Error, HttpMessage, HttpResponse,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::header,
    middleware::Next,
    web,
};
use passport_pages::Refusal;
use tokio::time::{Instant, sleep};
use zeroize::Zeroizing;

use super::{form::Form, refusals};
use crate::http::{
    cookies::Cookies,
    extract::{Client, read_body},
    idempotency::{self, Admission, Idempotency, IdempotencyKey, Request},
};

/// Longest time for which a repeat waits for the end of the first call.
const PATIENCE: Duration = Duration::from_secs(10);
/// Time between two looks at the record of the first call.
const PAUSE: Duration = Duration::from_millis(100);
/// Time for which repeats get an answer. A person who has lost one tries again within minutes.
const KEPT: Duration = Duration::from_hours(1);

/// Reads the form of a request, for the extractor [`Form`].
///
/// A form runs to its end on a task of its own, even if the client disconnects and the service is stopped
/// meanwhile. The same form sent again, with the same fields and from the same session, gets the same
/// answer, with its cookies. A form with another field is another call.
pub(super) async fn receive(
    idempotency: web::Data<Idempotency>,
    cookies: web::Data<Cookies>,
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    if request.method().is_safe() {
        return Ok(next.call(request).await?.map_into_boxed_body());
    }
    let body = read_body(request.parts_mut().1.take()).await;
    let mut form = Form::read(request.request(), body.as_deref());
    let mut execution = None;
    if let Ok(body) = &body
        && form.can_be_repeated()
    {
        form.refusal = match admit(&idempotency, &cookies, &request, body).await {
            Admission::Execute(admitted) => {
                execution = Some(admitted);
                None
            }
            Admission::Replay(response) => return Ok(request.into_response(response)),
            // The form is executed, and not recorded.
            Admission::TooMany(_) => None,
            Admission::Running { .. } => Some(Refusal::Busy),
            Admission::Reused | Admission::Damaged => Some(Refusal::Server),
            Admission::Unavailable => Some(Refusal::Unavailable),
        };
    }
    request.extensions_mut().insert(form);
    idempotency::execute(idempotency, execution, request, next, kept_for).await
}

/// Takes a form for execution. If it is being executed, this waits for its end.
async fn admit(
    idempotency: &Idempotency,
    cookies: &Cookies,
    request: &ServiceRequest,
    body: &[u8],
) -> Admission {
    let credential = cookies.session(request.request()).map(|it| Zeroizing::new(it.expose()));
    let key = IdempotencyKey::of_content(body);
    let requested = Request {
        method: request.method().as_str(),
        target: request.uri().path_and_query().map_or("", |target| target.as_str()),
        credential: credential.as_ref().map(|token| token.as_str()),
        key: &key,
        body,
    };
    let Client(client) = Client::of(request.request());
    let until = Instant::now() + PATIENCE;
    loop {
        match idempotency.admit(&requested, client).await {
            Admission::Running { .. } if Instant::now() < until => sleep(PAUSE).await,
            admission => return admission,
        }
    }
}

/// Time for which repeats get this response. `None` if a repeat executes the form anew, because the first
/// one did nothing.
fn kept_for(response: &HttpResponse<BoxBody>) -> Option<Duration> {
    // A file is made anew: it is large, and the store of responses is not the place for personal data.
    if response.headers().contains_key(header::CONTENT_DISPOSITION) {
        return None;
    }
    let is_kept = match response.extensions().get::<Refusal>() {
        Some(refusal) => refusals::did_something(refusal),
        None => response.status().is_success() || response.status().is_redirection(),
    };
    is_kept.then_some(KEPT)
}
