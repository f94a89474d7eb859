use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use time::OffsetDateTime;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::Instant;
use tracing::error;

use crate::client::{Gap, Gateway, MessageKind};
use crate::limit::with_call_limit;
use crate::message::{Message, Prefix};
use crate::outcome::{Cause, Class, Outcome, Rejection, Scope};
use crate::router::breaker::{Breaker, BreakerState};
use crate::router::budget::{Budget, Calls};
use crate::router::latency::Latency;
use crate::router::policy::BreakerPolicy;
use crate::router::rests::Rests;
use crate::router::route::Route;

/// Time for which the answer of a call may be late that gave up by itself.
const MARGIN: Duration = Duration::from_millis(25);

/// A route with the state of its gateway.
pub(super) struct Lane {
    route: Route,
    slots: Semaphore,
    policy: BreakerPolicy,
    state: Mutex<State>,
}

struct State {
    breaker: Breaker,
    rests: Rests,
    budget: Budget,
    latency: Latency,
}

impl Lane {
    pub(super) fn new(route: Route, policy: BreakerPolicy) -> Self {
        let slots = Semaphore::new(route.slots.min(Semaphore::MAX_PERMITS));
        let state = State {
            breaker: Breaker::new(policy),
            rests: Rests::default(),
            budget: Budget::default(),
            latency: Latency::default(),
        };
        Self { route, slots, policy, state: Mutex::new(state) }
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

    /// Whether the gateway takes `message` now.
    pub(super) fn breaker_state(&self, message: &Message) -> BreakerState {
        let (state, now) = (self.state(), Instant::now());
        state.breaker.state(now).max(rest_state(&state.rests, message, now))
    }

    /// Like [`breaker_state`](Self::breaker_state), for a message that is sent if the gateway is
    /// `Ready`.
    pub(super) fn enter(&self, message: &Message) -> BreakerState {
        let (mut state, now) = (self.state(), Instant::now());
        let rests = rest_state(&state.rests, message, now);
        if rests != BreakerState::Ready {
            return state.breaker.state(now).max(rests);
        }
        let entered = state.breaker.enter(now);
        if entered == BreakerState::Ready {
            state.rests.enter(message, now);
        }
        entered
    }

    /// Moment at which `message`, which would otherwise fail, may try the paused gateway; the trial
    /// is taken if that is now.
    pub(super) fn take_trial(&self, message: &Message) -> Instant {
        let (mut state, now) = (self.state(), Instant::now());
        let trial = match state.breaker.take_trial(now) {
            Some(at) => Some(at),
            None => state.rests.take_trial(message, now),
        };
        trial.unwrap_or(now)
    }

    /// Counts the first call of a message.
    pub(super) fn begin(&self, calls: &mut Calls) {
        self.state().budget.begin(calls, Instant::now());
    }

    /// Whether another call of the message may be made, which it counts.
    pub(super) fn may_repeat(&self, calls: &mut Calls) -> bool {
        self.state().budget.take(calls, Instant::now())
    }

    /// Whether the gateway accepted no message just before, nor since the first of these calls.
    pub(super) fn is_silent(&self, calls: &Calls) -> bool {
        !self.state().budget.has_accepted(calls, Instant::now())
    }

    /// Time of a slow answer of this gateway, if it is known.
    pub(super) fn slow(&self) -> Option<Duration> {
        self.state().latency.slow()
    }

    /// Time after which another call may join a slow one, if the latency is known.
    pub(super) fn hedge_after(&self) -> Option<Duration> {
        self.state().latency.hedge_after()
    }

    /// Time after which a call is given up for another gateway, if the latency is known.
    pub(super) fn patience(&self, shortest: Duration) -> Option<Duration> {
        self.state().latency.patience(shortest)
    }

    /// Sends, and records the latency of answers. The gateway can read the limit, and so give up in
    /// time to tell whether anything was sent.
    pub(super) async fn send(&self, message: &Message, limit: Instant) -> Outcome {
        let start = Instant::now();
        let limit = limit.checked_sub(MARGIN).unwrap_or(limit);
        let outcome = with_call_limit(limit, self.gateway().send(message)).await;
        if matches!(outcome, Outcome::Accepted { .. } | Outcome::Duplicate | Outcome::Rejected(_)) {
            self.state().latency.record(start.elapsed());
        }
        outcome
    }

    /// Applies the result of an attempt with `message` to later ones.
    ///
    /// The breaker counts one failure of a message, however often it is repeated, because the
    /// message may be the reason.
    pub(super) fn observe(
        &self,
        message: &Message,
        outcome: &Outcome,
        calls: &mut Calls,
        wall: OffsetDateTime,
    ) {
        let now = Instant::now();
        let mut state = self.state();
        match outcome {
            Outcome::Accepted { .. } | Outcome::Duplicate => {
                state.breaker.succeeded();
                state.budget.accepted(now);
                state.rests.end(message);
            }
            Outcome::NotSent(Cause::Busy { until }) => {
                state.breaker.throttled(moment(*until, wall, now), now);
            }
            Outcome::Unknown(Cause::TimedOut | Cause::TimedOutAfter(_)) => {
                state.latency.give_up();
                state.failed(calls, now);
            }
            Outcome::NotSent(_) | Outcome::Unknown(_) => state.failed(calls, now),
            Outcome::Rejected(rejection) => {
                self.observe_rejection(&mut state, message, rejection, calls, wall);
            }
        }
    }

    fn observe_rejection(
        &self,
        state: &mut State,
        message: &Message,
        rejection: &Rejection,
        calls: &mut Calls,
        wall: OffsetDateTime,
    ) {
        let (now, scope) = (Instant::now(), rejection.scope);
        match (rejection.class, scope) {
            (Class::Transient, _) => state.failed(calls, now),
            (Class::AccountThrottled, Scope::Account) => {
                state.breaker.throttled(moment(rejection.until, wall, now), now);
            }
            (Class::AccountThrottled, _) => {
                state.breaker.succeeded();
                let pause = moment(rejection.until, wall, now) - now;
                let pause = pause.min(self.policy.throttled_pause);
                _ = state.rests.begin(message, scope, pause, now);
            }
            (Class::Config, Scope::Account) => {
                if state.breaker.misconfigured(now) {
                    self.alert("gateway refuses the account and is paused: correct its account, keys or clock", rejection);
                }
            }
            (Class::Config | Class::UnsupportedDestination, _) => {
                state.breaker.succeeded();
                let is_news = state.rests.begin(message, scope, self.policy.config_pause, now);
                if is_news || (rejection.class == Class::Config && scope == Scope::Number) {
                    self.alert("gateway refuses messages of one kind, which are paused there: correct its template, signature name or destinations", rejection);
                }
            }
            (Class::BadRequest | Class::UnknownCode, _) => {
                state.breaker.succeeded();
                self.alert("gateway refused a message for a reason that this service does not know: look the code up", rejection);
            }
            (
                Class::BadRecipient
                | Class::RecipientBlocked
                | Class::RecipientThrottled
                | Class::Content,
                _,
            ) => state.breaker.succeeded(),
        }
    }

    /// Logs an error for the operator.
    fn alert(&self, what: &'static str, rejection: &Rejection) {
        let Rejection { class, scope, code, text, .. } = rejection;
        error!(gateway = self.name(), ?class, ?scope, code, text, "{what}");
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Statistics stay usable after a panic elsewhere.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Counts a failure, once for each message.
    fn failed(&mut self, calls: &mut Calls, now: Instant) {
        if !calls.is_failure_counted {
            calls.is_failure_counted = true;
            self.breaker.failed(now);
        }
    }
}

fn rest_state(rests: &Rests, message: &Message, now: Instant) -> BreakerState {
    match rests.until(message, now) {
        Some(_) => BreakerState::Refused,
        None => BreakerState::Ready,
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
