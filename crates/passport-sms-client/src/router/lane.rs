use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use time::OffsetDateTime;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::Instant;
use tracing::error;

use crate::client::{Gap, Gateway, MessageKind};
use crate::message::{Message, Prefix};
use crate::outcome::{Cause, Class, Outcome};
use crate::router::breaker::{Breaker, BreakerState};
use crate::router::latency::Latency;
use crate::router::policy::BreakerPolicy;
use crate::router::route::Route;

/// A route with the state of its gateway.
pub(super) struct Lane {
    route: Route,
    slots: Semaphore,
    state: Mutex<State>,
}

struct State {
    breaker: Breaker,
    latency: Latency,
}

impl Lane {
    pub(super) fn new(route: Route, policy: BreakerPolicy) -> Self {
        let slots = Semaphore::new(route.slots.min(Semaphore::MAX_PERMITS));
        let state = State { breaker: Breaker::new(policy), latency: Latency::default() };
        Self { route, slots, state: Mutex::new(state) }
    }

    pub(super) fn name(&self) -> &str {
        &self.route.name
    }

    pub(super) fn gateway(&self) -> &Arc<dyn Gateway> {
        &self.route.gateway
    }

    pub(super) fn weight(&self) -> u32 {
        self.route.weight
    }

    pub(super) fn covers(&self, kind: MessageKind) -> Result<(), Gap> {
        let routed = self.route.destinations.is_empty() || self.closeness(kind.destination) > 0;
        if routed { self.gateway().covers(&kind) } else { Err(Gap::Destination) }
    }

    /// Number of digits of the destination that this route names.
    pub(super) fn closeness(&self, destination: Prefix) -> usize {
        let named = self.route.destinations.iter().filter(|wide| destination.is_within(**wide));
        named.map(|wide| wide.length()).max().unwrap_or(0)
    }

    /// A slot for a call, if one is free.
    pub(super) fn slot(&self) -> Option<SemaphorePermit<'_>> {
        self.slots.try_acquire().ok()
    }

    pub(super) fn breaker_state(&self) -> BreakerState {
        self.state().breaker.state(Instant::now())
    }

    pub(super) fn enter(&self) -> BreakerState {
        self.state().breaker.enter(Instant::now())
    }

    /// Whether a message may try the throttled gateway.
    pub(super) fn enter_early(&self) -> bool {
        self.state().breaker.enter_early(Instant::now())
    }

    /// Time after which a call is slow, by the gateway's own latency.
    pub(super) fn p95(&self) -> Option<Duration> {
        self.state().latency.p95()
    }

    /// Sends, and records the latency of answers.
    pub(super) async fn send(&self, message: &Message) -> Outcome {
        let start = Instant::now();
        let outcome = self.gateway().send(message).await;
        if matches!(outcome, Outcome::Accepted { .. } | Outcome::Duplicate | Outcome::Rejected(_)) {
            self.state().latency.record(start.elapsed());
        }
        outcome
    }

    /// Applies the result of an attempt to later ones.
    pub(super) fn observe(&self, outcome: &Outcome, wall: OffsetDateTime) {
        let now = Instant::now();
        let mut state = self.state();
        match outcome {
            Outcome::Accepted { .. } | Outcome::Duplicate => state.breaker.succeeded(),
            Outcome::NotSent(Cause::Busy { until }) => {
                state.breaker.throttled(moment(*until, wall, now), now);
            }
            Outcome::NotSent(_) | Outcome::Unknown(_) => state.breaker.failed(now),
            Outcome::Rejected(rejection) => match rejection.class {
                Class::Transient => state.breaker.failed(now),
                Class::AccountThrottled => {
                    state.breaker.throttled(moment(rejection.until, wall, now), now);
                }
                Class::Config => {
                    if state.breaker.misconfigured(now) {
                        let (gateway, code) = (self.name(), rejection.code.as_str());
                        let text = rejection.text.as_str();
                        error!(
                            gateway,
                            code,
                            text,
                            "gateway reports a wrong configuration: it is paused; correct its account, template or clock"
                        );
                    }
                }
                Class::BadRecipient
                | Class::RecipientBlocked
                | Class::UnsupportedDestination
                | Class::RecipientThrottled
                | Class::Content
                | Class::BadRequest
                | Class::UnknownCode => state.breaker.succeeded(),
            },
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Statistics stay usable after a panic elsewhere.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The moment on the runtime's clock; a second from now if none was stated.
fn moment(until: Option<OffsetDateTime>, wall: OffsetDateTime, now: Instant) -> Instant {
    let wait = match until {
        Some(until) => Duration::try_from(until - wall).unwrap_or_default(),
        None => Duration::from_secs(1),
    };
    now.checked_add(wait).unwrap_or(now)
}

impl fmt::Debug for Lane {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lane").field("route", &self.route).finish_non_exhaustive()
    }
}
