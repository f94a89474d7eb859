use std::{borrow::Cow, time::Instant};

use actix_web::{
    Error,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::header::{HeaderName, HeaderValue},
    middleware::Next,
};
use tracing::{Instrument, debug, info, info_span};
use uuid::Uuid;

use super::{answer::Errno, client_address::Client, sms_receipts};

/// Gives each request an id, and writes a line when it is answered.
///
/// The id and the client's address stand in the span, and so on every line about the request. The
/// line of an answer of the original's API has its `errno`, because the status is always 200. It has the path without its query, without the ids of challenges and without the end of a
/// receipt's address, and no header: what is secret lies there.
pub(super) async fn log(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let (id, started) = (Uuid::new_v4().simple().to_string(), Instant::now());
    let Client(client) = Client::of(request.request());
    let span = info_span!("request", request_id = id, %client);
    let method = request.method().clone();
    let path = without_secrets(request.path()).into_owned();

    let mut response = next.call(request).instrument(span.clone()).await?;
    let _entered = span.enter();
    let status = response.status().as_u16();
    let errno = response.response().extensions().get().copied().map(Errno::code);
    // As a number: a wider one would be written as text.
    let milliseconds = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    if is_routine(&path) {
        debug!(%method, path, status, errno, milliseconds, "answered");
    } else {
        info!(%method, path, status, errno, milliseconds, "answered");
    }
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(HeaderName::from_static("x-request-id"), value);
    }
    Ok(response)
}

/// Who has the id of a challenge may answer it, and who has the end of a receipt's address may report.
fn without_secrets(path: &str) -> Cow<'_, str> {
    const CHALLENGES: &str = "/api/v1/challenges/";
    if let Some(rest) = path.strip_prefix(CHALLENGES) {
        let behind = rest.find('/').map_or("", |at| &rest[at..]);
        return format!("{CHALLENGES}…{behind}").into();
    }
    match path.strip_prefix(sms_receipts::PREFIX).and_then(|rest| rest.find('/')) {
        Some(slash) => path[..=sms_receipts::PREFIX.len() + slash].into(),
        None => path.into(),
    }
}

/// What is asked so often that it would bury the rest.
fn is_routine(path: &str) -> bool {
    path.starts_with("/static/") || matches!(path, "/healthz" | "/readyz" | "/dev/inbox.json")
}
