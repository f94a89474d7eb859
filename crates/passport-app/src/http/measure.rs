use std::time::Instant;

use actix_web::{
    Error,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    middleware::Next,
    web,
};
use tracing::{Instrument, Span};

use super::{extract::TrustedProxies, request_log::without_secrets};
use crate::{
    metrics::{HttpMeter, shown_route},
    traces,
};

/// Counts, times and traces each request, by the route that served it.
pub(super) async fn measure(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let meter = request.app_data::<web::Data<HttpMeter>>().cloned();
    let running = meter.as_ref().map(|meter| meter.begin());
    let (start, method, span) = (Instant::now(), request.method().clone(), span_of(&request));
    let response = next.call(request).instrument(span.clone()).await?;
    let (route, status) = (response.request().match_pattern(), response.status());
    let route = route.map(|route| shown_route(&route));
    if !span.is_disabled() {
        traces::answered(&span, method.as_str(), route.as_deref(), status);
    }
    if let Some(meter) = meter {
        meter.answered(route, method.as_str(), status.as_u16(), start.elapsed());
    }
    drop(running);
    Ok(response)
}

/// The span of `request`. What a client says of its trace is believed if the client is a trusted proxy:
/// others could have each of their requests traced.
fn span_of(request: &ServiceRequest) -> Span {
    if !traces::is_on() {
        return Span::none();
    }
    let proxies = request.app_data::<web::Data<TrustedProxies>>();
    let is_trusted = match (request.peer_addr(), proxies) {
        (Some(peer), Some(proxies)) => proxies.trusts(peer.ip()),
        _ => false,
    };
    let parent = is_trusted.then(|| request.headers());
    traces::request(request.method().as_str(), &without_secrets(request.path()), parent)
}
