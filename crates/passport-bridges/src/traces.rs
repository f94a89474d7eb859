//! The span of a message, for traces. It is of the target `passport_traces` and of the level `trace`, so that
//! logs of higher levels do not see it. It has no number.

use tracing::{Span, field::Empty, trace_span};

/// A message to a gateway.
pub(crate) fn message() -> Span {
    trace_span!(
        target: "passport_traces",
        "message",
        otel.name = "send message",
        otel.kind = "client",
        "passport.sms.gateway" = Empty,
        "passport.sms.outcome" = Empty,
    )
}

/// Completes the span of a message.
pub(crate) fn sent(span: &Span, gateway: Option<&str>, outcome: &'static str) {
    if let Some(gateway) = gateway {
        span.record("passport.sms.gateway", gateway);
    }
    span.record("passport.sms.outcome", outcome);
}
