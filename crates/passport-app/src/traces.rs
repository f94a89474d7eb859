//! Spans for traces. They are of a target of their own and of the level `trace`, so that the log does not
//! see them, and cost nothing unless traces are exported.

use tracing::{Span, trace_span};

/// Target of the spans that are exported.
pub(crate) const TARGET: &str = "passport_traces";

/// A call of a store.
pub(crate) fn store(store: &'static str, op: &'static str) -> Span {
    trace_span!(
        target: TARGET,
        "store",
        otel.name = store,
        otel.kind = "client",
        "passport.store" = store,
        "passport.store.operation" = op,
    )
}
