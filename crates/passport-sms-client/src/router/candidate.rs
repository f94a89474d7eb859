use std::time::Duration;

use time::OffsetDateTime;
use tokio::time::Instant;

use crate::message::Message;
use crate::outcome::Cause;
use crate::router::breaker::BreakerState;
use crate::router::budget::Calls;
use crate::router::lane::Lane;

/// Time that a gateway of unknown latency needs for an answer, so that others leave it as much.
const NEEDED: Duration = Duration::from_millis(750);
/// Time that any gateway needs.
const LEAST_NEEDED: Duration = Duration::from_millis(250);

/// A gateway that may still be tried.
pub(super) struct Candidate<'a> {
    pub(super) lane: &'a Lane,
    /// Moment since which the gateway may have the message, if another process began the attempt.
    pub(super) in_doubt_since: Option<OffsetDateTime>,
    /// Cause of that doubt.
    pub(super) doubt: Cause,
    pub(super) rounds: u32,
    pub(super) not_before: Instant,
    /// Whether the gateway is tried although it is paused, because no other is left.
    is_last_resort: bool,
    pub(super) calls: Calls,
}

pub(super) enum Admission {
    Now,
    /// After all others.
    Last,
    /// Not before that moment.
    At(Instant),
}

impl<'a> Candidate<'a> {
    pub(super) fn new(lane: &'a Lane, in_doubt_since: Option<OffsetDateTime>) -> Self {
        Self {
            lane,
            in_doubt_since,
            doubt: Cause::Interrupted,
            rounds: 0,
            not_before: Instant::now(),
            is_last_resort: false,
            calls: Calls::default(),
        }
    }

    /// Whether the gateway may be tried now. One that may have the message already is tried at
    /// once.
    pub(super) fn admit(&mut self, message: &Message, deadline: Instant) -> Admission {
        if self.in_doubt_since.is_some() {
            return Admission::Now;
        }
        match self.lane.enter(message) {
            BreakerState::Ready => Admission::Now,
            BreakerState::Throttled(until) if until < deadline => Admission::At(until),
            BreakerState::Paused | BreakerState::Throttled(_) | BreakerState::Refused
                if !self.is_last_resort =>
            {
                self.is_last_resort = true;
                Admission::Last
            }
            BreakerState::Throttled(until) => match self.trial(message) {
                Admission::Now => Admission::Now,
                // The gateway named a later time, so there is no hope in waiting for a trial.
                Admission::Last | Admission::At(_) => Admission::At(until),
            },
            BreakerState::Paused | BreakerState::Refused => self.trial(message),
        }
    }

    /// Whether the gateway accepted no message just before, nor since the first call for this one.
    pub(super) fn is_silent(&self) -> bool {
        self.lane.is_silent(&self.calls)
    }

    fn trial(&self, message: &Message) -> Admission {
        let at = self.lane.take_trial(message);
        if at <= Instant::now() { Admission::Now } else { Admission::At(at) }
    }

    /// Time that the other gateways leave to this one: none if it is tried only before the message
    /// would fail, or was tried already.
    pub(super) fn needs(&self, message: &Message, deadline: Instant) -> Option<Duration> {
        let state = self.lane.breaker_state(message);
        let is_idle = match state {
            BreakerState::Ready | BreakerState::Paused => false,
            BreakerState::Throttled(until) => until >= deadline,
            BreakerState::Refused => true,
        };
        let is_next = self.calls.is_empty() && (self.in_doubt_since.is_some() || !is_idle);
        is_next.then(|| match self.lane.slow() {
            Some(slow) => slow.mul_f64(1.25) + LEAST_NEEDED,
            None => NEEDED,
        })
    }
}

/// Removes the candidate whose turn comes first; of several, the one that waited longest.
pub(super) fn next<'a>(queue: &mut Vec<Candidate<'a>>) -> Option<Candidate<'a>> {
    let now = Instant::now();
    let turns = queue.iter().enumerate();
    let (index, _) = turns.min_by_key(|(_, candidate)| candidate.not_before.max(now))?;
    Some(queue.remove(index))
}
