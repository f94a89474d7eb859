//! Spans for traces. They are of a target of their own and of the level `trace`, so that the log does not
//! see them, and cost nothing unless traces are sent.
//!
//! No span has a number, an address, a user, a query or a header. A trace goes to no gateway.

use actix_web::http::{
    StatusCode,
    header::{HeaderMap, HeaderName},
};
use opentelemetry::{
    propagation::{Extractor, TextMapPropagator},
    trace::{Status, TraceContextExt},
};
use opentelemetry_sdk::propagation::TraceContextPropagator;
use tracing::{Level, Span, field::Empty, span::Id, trace_span};
use tracing_opentelemetry::OpenTelemetrySpanExt;
use tracing_subscriber::{Registry, registry::LookupSpan};

/// Target of the spans that are sent.
pub(crate) const TARGET: &str = "passport_traces";

/// Whether traces are sent.
pub(crate) fn is_on() -> bool {
    tracing::enabled!(target: TARGET, Level::TRACE)
}

/// A request, by the HTTP conventions of OpenTelemetry. It is a part of the trace of `parent`.
pub(crate) fn request(method: &str, path: &str, parent: Option<&HeaderMap>) -> Span {
    let span = trace_span!(
        target: TARGET,
        "request",
        otel.name = method,
        otel.kind = "server",
        "http.request.method" = method,
        "http.route" = Empty,
        "http.response.status_code" = Empty,
        "error.type" = Empty,
        "url.path" = path,
        "url.scheme" = "http",
    );
    if let Some(headers) = parent {
        let context = TraceContextPropagator::new().extract(&Headers(headers));
        // Fails without traces only.
        _ = span.set_parent(context);
    }
    span
}

/// Completes the span of a request.
pub(crate) fn answered(span: &Span, method: &str, route: Option<&str>, status: StatusCode) {
    if let Some(route) = route {
        // A child has started the span already, and then a field of this name changes nothing.
        span.context().span().update_name(format!("{method} {route}"));
        span.record("http.route", route);
    }
    span.record("http.response.status_code", i64::from(status.as_u16()));
    if status.is_server_error() {
        span.record("error.type", status.as_str());
        span.context().span().set_status(Status::error(""));
    }
}

/// A call of a store within a request. Periodic work is not traced.
pub(crate) fn store(store: &'static str, op: &'static str) -> Span {
    let Some(parent) = parent() else { return Span::none() };
    trace_span!(
        target: TARGET,
        parent: parent,
        "store",
        otel.name = format_args!("{store} {op}"),
        otel.kind = "client",
        "passport.store" = store,
        "passport.store.operation" = op,
    )
}

/// A message to a gateway.
pub(crate) fn message() -> Span {
    let Some(parent) = parent() else { return Span::none() };
    trace_span!(
        target: TARGET,
        parent: parent,
        "message",
        otel.name = "send message",
        otel.kind = "client",
        "passport.sms.outcome" = Empty,
    )
}

/// Completes the span of a message.
pub(crate) fn sent(span: &Span, outcome: &'static str) {
    span.record("passport.sms.outcome", outcome);
}

/// The nearest span of this target, if traces are sent. An operation that outlives its request runs in the
/// span of the log only, so it is looked for among the ancestors of that one.
fn parent() -> Option<Id> {
    if !is_on() {
        return None;
    }
    Span::current().with_subscriber(|(id, dispatch)| {
        let span = dispatch.downcast_ref::<Registry>()?.span(id)?;
        let mut ancestors = span.scope();
        ancestors.find(|span| span.metadata().target() == TARGET).map(|span| span.id())
    })?
}

/// `traceparent` and `tracestate` of a request.
struct Headers<'a>(&'a HeaderMap);

impl Extractor for Headers<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).and_then(|value| value.to_str().ok())
    }

    fn keys(&self) -> Vec<&str> {
        self.0.keys().map(HeaderName::as_str).collect()
    }
}
