use std::{borrow::Cow, time::Instant};

use actix_web::{
    Error,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::header::{HeaderName, HeaderValue},
    middleware::Next,
};
use tracing::{Instrument, debug, info, info_span};

use super::{errno::Errno, extract::Client, forward_auth, request_id::RequestId, sms_receipts};

/// Gives each request an id, and logs one line when it is answered.
///
/// The span has the id and the client's address, so every line about the request has them. The line
/// has no header field, and the path without secrets: without the query, the ids of challenges and
/// the last segment of a receipt's address. It has the `errno` of an answer of the original's API,
/// because the status of such an answer is always 200.
pub(super) async fn log(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let (id, started) = (RequestId::assign(&request), Instant::now());
    let Client(client) = Client::of(request.request());
    let span = info_span!("request", request_id = id.as_str(), %client);
    let method = request.method().clone();
    let path = without_secrets(request.path()).into_owned();

    let mut response = next.call(request).instrument(span.clone()).await?;
    let _entered = span.enter();
    let status = response.status().as_u16();
    let errno = response.response().extensions().get().copied().map(Errno::as_str);
    // `u64`, because the JSON format writes `u128` as text.
    let milliseconds = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    if is_routine(&path) || path.starts_with(forward_auth::PATH) && status == 200 {
        debug!(%method, path, status, errno, milliseconds, "answered");
    } else {
        info!(%method, path, status, errno, milliseconds, "answered");
    }
    if let Ok(value) = HeaderValue::from_str(id.as_str()) {
        response.headers_mut().insert(HeaderName::from_static("x-request-id"), value);
    }
    Ok(response)
}

/// The path without secrets: the id of a challenge is enough to answer it, and the last segment of a
/// receipt's address to report a delivery. A path that a proxy appends to its question is that of an
/// application.
pub(super) fn without_secrets(path: &str) -> Cow<'_, str> {
    const CHALLENGES: &str = "/api/v1/challenges/";
    if let Some(rest) = path.strip_prefix(CHALLENGES) {
        let behind = rest.find('/').map_or("", |at| &rest[at..]);
        return format!("{CHALLENGES}…{behind}").into();
    }
    if path.strip_prefix(forward_auth::PATH).is_some_and(|rest| rest.starts_with('/')) {
        return format!("{}/…", forward_auth::PATH).into();
    }
    match path.strip_prefix(sms_receipts::PREFIX).and_then(|rest| rest.find('/')) {
        Some(slash) => path[..=sms_receipts::PREFIX.len() + slash].into(),
        None => path.into(),
    }
}

/// Whether requests for `path` are so frequent that their lines would hide the others.
fn is_routine(path: &str) -> bool {
    path.starts_with("/static/") || matches!(path, "/healthz" | "/readyz" | "/dev/inbox.json")
}
