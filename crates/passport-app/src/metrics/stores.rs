use std::{future::Future, time::Instant};

use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{counter::Counter, family::Family, histogram::Histogram},
    registry::{Registry, Unit},
};
use tracing::Instrument;

use crate::traces;

/// Times calls of stores. Clones share the times.
#[derive(Debug, Clone)]
pub(crate) struct StoreMeters {
    durations: Family<Call, Histogram, fn() -> Histogram>,
    failures: Family<Call, Counter>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Call {
    store: &'static str,
    op: &'static str,
}

/// A store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StoreName {
    Challenges,
    Codes,
    Failures,
    Idempotency,
    Journal,
    Limits,
    OperatorTokens,
    Outbox,
    Sessions,
    Users,
}

/// Times the calls of one store.
#[derive(Debug, Clone)]
pub(crate) struct StoreMeter {
    store: &'static str,
    read: Op,
    write: Op,
}

#[derive(Debug, Clone)]
struct Op {
    name: &'static str,
    duration: Histogram,
    failures: Counter,
}

impl StoreMeters {
    pub(super) fn registered(registry: &mut Registry) -> Self {
        let meters = Self {
            durations: Family::new_with_constructor(|| {
                Histogram::new([0.001, 0.005, 0.025, 0.1, 0.5])
            }),
            failures: Family::default(),
        };
        registry.register_with_unit(
            "store_duration",
            "Time of a call of a store",
            Unit::Seconds,
            meters.durations.clone(),
        );
        registry.register(
            "store_failures",
            "Calls of a store that failed",
            meters.failures.clone(),
        );
        meters
    }

    /// The meter of one store, whose series begin with zero.
    pub(crate) fn of(&self, store: StoreName) -> StoreMeter {
        let store = store.as_str();
        let op = |op| {
            let call = Call { store, op };
            Op {
                name: op,
                duration: self.durations.get_or_create_owned(&call),
                failures: self.failures.get_or_create_owned(&call),
            }
        };
        StoreMeter { store, read: op("read"), write: op("write") }
    }
}

impl StoreMeter {
    /// Times a call that changes nothing.
    pub(crate) async fn read<T, E>(
        &self,
        call: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E> {
        self.time(&self.read, call).await
    }

    /// Times a call that may change something.
    pub(crate) async fn write<T, E>(
        &self,
        call: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E> {
        self.time(&self.write, call).await
    }

    async fn time<T, E>(&self, op: &Op, call: impl Future<Output = Result<T, E>>) -> Result<T, E> {
        let start = Instant::now();
        let outcome = call.instrument(traces::store(self.store, op.name)).await;
        op.duration.observe(start.elapsed().as_secs_f64());
        if outcome.is_err() {
            op.failures.inc();
        }
        outcome
    }
}

impl StoreName {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Challenges => "challenges",
            Self::Codes => "codes",
            Self::Failures => "failures",
            Self::Idempotency => "idempotency",
            Self::Journal => "journal",
            Self::Limits => "limits",
            Self::OperatorTokens => "operator-tokens",
            Self::Outbox => "outbox",
            Self::Sessions => "sessions",
            Self::Users => "users",
        }
    }
}
