use std::error::Error;
use std::time::Duration;

use rand::RngExt;
use time::OffsetDateTime;
use tokio::time::{Instant, sleep_until, timeout_at};
use tracing::{info, warn};

use crate::client::{Finding, MessageKind};
use crate::message::Message;
use crate::outcome::{Cause, Outcome};
use crate::router::Router;
use crate::router::attempt::attempt;
use crate::router::breaker::BreakerState;
use crate::router::journal::{Halt, Journal, Prior, PriorStatus};
use crate::router::lane::Lane;
use crate::router::policy::InDoubt;
use crate::router::report::{Report, Visit};
use crate::router::verdict::{Knowledge, Next};

const MOST_DOUBLINGS: u32 = 2;
/// Factor, as a power of two, by which a gateway that can be repeated may exceed its 95th
/// percentile.
const PATIENCE: u32 = 2;
/// Minimum number of calls in the turn of a gateway that can be repeated.
const SEVERAL: u32 = 6;

/// The attempts for one message, from gateway to gateway.
pub(super) struct Trip<'a> {
    router: &'a Router,
    message: &'a Message,
    journal: &'a dyn Journal,
    deadline: Instant,
    visits: Vec<Visit>,
}

/// A gateway that may still be tried.
struct Candidate<'a> {
    lane: &'a Lane,
    /// Moment since which the gateway may have the message, if another process began the attempt.
    in_doubt_since: Option<OffsetDateTime>,
    /// Cause of that doubt.
    doubt: Cause,
    rounds: u32,
    not_before: Instant,
    /// Whether the gateway is tried although it failed recently, because no other is left.
    is_last_resort: bool,
}

impl Candidate<'_> {
    /// Whether the gateway may be tried now. One that may have the message already is tried at
    /// once.
    fn admit(&self, deadline: Instant) -> Admission {
        if self.in_doubt_since.is_some() {
            return Admission::Now;
        }
        match self.lane.enter() {
            BreakerState::Ready => Admission::Now,
            BreakerState::Paused if self.is_last_resort => Admission::Now,
            BreakerState::Paused => Admission::Last,
            BreakerState::Throttled(until) if until >= deadline && !self.is_last_resort => {
                Admission::Last
            }
            BreakerState::Throttled(until) if until >= deadline && self.lane.enter_early() => {
                Admission::Now
            }
            BreakerState::Throttled(until) | BreakerState::Misconfigured(until) => {
                Admission::At(until)
            }
        }
    }

    /// Whether the gateway has a share of the time: not if it is tried only before the message
    /// would fail.
    fn is_counted(&self, deadline: Instant) -> bool {
        let state = self.lane.breaker_state();
        self.in_doubt_since.is_some()
            || !matches!(state, BreakerState::Throttled(until) if until >= deadline)
    }
}

/// Removes the candidate whose turn comes first; of several, the one that waited longest.
fn next<'a>(queue: &mut Vec<Candidate<'a>>) -> Option<Candidate<'a>> {
    let now = Instant::now();
    let turns = queue.iter().enumerate();
    let (index, _) = turns.min_by_key(|(_, candidate)| candidate.not_before.max(now))?;
    Some(queue.remove(index))
}

enum Admission {
    Now,
    /// After all others.
    Last,
    /// Not before that moment.
    At(Instant),
}

impl<'a> Trip<'a> {
    pub(super) fn new(router: &'a Router, message: &'a Message, journal: &'a dyn Journal) -> Self {
        let deadline = Instant::now() + router.policy.deadline;
        Self { router, message, journal, deadline, visits: Vec::new() }
    }

    pub(super) async fn run(mut self, priors: &[Prior]) -> Report {
        let mut queue = self.candidates(priors);
        if self.note_unconfigured(priors) && self.router.policy.in_doubt == InDoubt::PreferSingle {
            return self.report();
        }
        // Gateways that were not tried yet have a share of the time.
        let counted = queue.iter().filter(|candidate| candidate.is_counted(self.deadline)).count();
        let mut untried = u32::try_from(counted).unwrap_or(u32::MAX);
        while let Some(mut candidate) = next(&mut queue) {
            // This candidate is the earliest of all, so waiting longer would be useless.
            if candidate.not_before.max(Instant::now()) >= self.deadline {
                break;
            }
            sleep_until(candidate.not_before).await;
            match candidate.admit(self.deadline) {
                Admission::Now => {}
                Admission::Last => {
                    candidate.is_last_resort = true;
                    queue.push(candidate);
                    continue;
                }
                Admission::At(moment) => {
                    candidate.not_before = moment;
                    queue.push(candidate);
                    continue;
                }
            }
            let next = self.visit(&mut candidate, untried).await;
            untried = untried.saturating_sub(1);
            match next {
                Next::Done | Next::Stop => break,
                Next::Doubt if self.router.policy.in_doubt == InDoubt::PreferSingle => break,
                Next::Other => {}
                Next::Doubt | Next::Retry => {
                    if candidate.rounds < self.router.policy.rounds {
                        candidate.not_before = Instant::now() + self.pause(candidate.rounds);
                        candidate.rounds += 1;
                        queue.push(candidate);
                    }
                }
            }
        }
        self.report()
    }

    /// First the gateways that may have the message, in the order in which they were tried.
    fn candidates(&self, priors: &[Prior]) -> Vec<Candidate<'a>> {
        let candidate = |lane, in_doubt_since| Candidate {
            lane,
            in_doubt_since,
            doubt: Cause::Interrupted,
            rounds: 0,
            not_before: Instant::now(),
            is_last_resort: false,
        };
        let named = |lane: &Lane, prior: &Prior| lane.name() == prior.gateway;
        let in_doubt = priors.iter().filter(|prior| prior.status == PriorStatus::InDoubt);
        let doubted = in_doubt.filter_map(|prior| {
            let lane = self.router.lanes.iter().find(|lane| named(lane, prior))?;
            Some(candidate(lane, Some(prior.began_at)))
        });
        let fresh = self.router.order(self.message, self.deadline).into_iter().filter(|lane| {
            priors.iter().all(|it| !named(lane, it) || it.status == PriorStatus::Free)
        });
        doubted.chain(fresh.map(|lane| candidate(lane, None))).collect()
    }

    /// Adds a visit for each gateway that may have the message and is not configured any more, so
    /// that its outcome stays unknown. Returns whether there are any.
    fn note_unconfigured(&mut self, priors: &[Prior]) -> bool {
        let lanes = &self.router.lanes;
        let unconfigured = priors.iter().filter(|prior| {
            prior.status == PriorStatus::InDoubt
                && lanes.iter().all(|lane| lane.name() != prior.gateway)
        });
        self.visits.extend(unconfigured.map(|prior| Visit {
            gateway: prior.gateway.clone(),
            outcome: Outcome::Unknown(Cause::Interrupted),
            took: Duration::ZERO,
        }));
        !self.visits.is_empty()
    }

    /// Tries one gateway as far as possible, and records the result. The gateway has a share of the
    /// time among the `untried`, to which it may belong.
    async fn visit(&mut self, candidate: &mut Candidate<'a>, untried: u32) -> Next {
        let lane = candidate.lane;
        let start = Instant::now();
        let Some(_slot) = lane.slot() else {
            let busy = Cause::Busy { until: None };
            let outcome = match candidate.in_doubt_since {
                None => Outcome::NotSent(busy),
                Some(_) => Outcome::Unknown(busy),
            };
            return self.note(lane, outcome.into(), start);
        };
        let now = self.router.clock.now();
        let first_at = candidate.in_doubt_since.unwrap_or(now);
        let mut known = Knowledge::from(Outcome::Unknown(candidate.doubt.clone()));
        if let Err(halt) = self.journal.begin(lane.name(), now).await {
            let outcome = match (halt, candidate.in_doubt_since) {
                (Halt::TakenOver, _) => Outcome::Unknown(Cause::InProgress),
                (Halt::Unrecorded(error), Some(_)) => Outcome::Unknown(Cause::Unrecorded(error)),
                (Halt::Unrecorded(error), None) => Outcome::NotSent(Cause::Unrecorded(error)),
            };
            _ = self.note(lane, outcome.into(), start);
            return Next::Stop;
        }
        // The record may have taken all the time, so the answer of a call would come too late.
        if Instant::now() >= self.deadline {
            let outcome = match candidate.in_doubt_since {
                Some(_) => Outcome::Unknown(Cause::TimedOut),
                None => Outcome::NotSent(Cause::TimedOut),
            };
            self.journal.end(lane.name(), &outcome).await;
            _ = self.note(lane, outcome.into(), start);
            return Next::Stop;
        }
        let share = self.share(untried);
        if candidate.in_doubt_since.is_none() {
            known = self.attempt(lane, share, first_at, 0).await;
        }
        if known.next() == Next::Doubt {
            known = self.resolve(lane, first_at, share, known).await;
        }
        self.journal.end(lane.name(), &known.outcome).await;
        candidate.in_doubt_since = None;
        if let Outcome::Unknown(cause) = &mut known.outcome {
            // Of several calls the time of all counts.
            if let Cause::TimedOutAfter(after) = cause {
                *after = start.elapsed().max(*after);
            }
            candidate.doubt = cause.clone();
        }
        let next = self.note(lane, known, start);
        if next != Next::Doubt {
            return next;
        }
        // The gateway may be tried again only if that cannot send another message.
        let capabilities = lane.gateway().capabilities();
        let is_safe = capabilities.resend.is_safe(first_at, self.router.clock.now());
        candidate.in_doubt_since = Some(first_at);
        if !is_safe && !capabilities.status_query {
            candidate.rounds = u32::MAX;
        }
        next
    }

    /// One attempt, which leaves time to settle a doubt if that is possible.
    async fn attempt(
        &self,
        lane: &Lane,
        share: Instant,
        first_at: OffsetDateTime,
        round: u32,
    ) -> Knowledge {
        let policy = &self.router.policy;
        let capabilities = lane.gateway().capabilities();
        let is_safe = capabilities.resend.is_safe(first_at, self.router.clock.now());
        let now = Instant::now();
        let mut limit = share;
        if is_safe || capabilities.status_query {
            limit = now + (share - now) * 2 / 3;
        }
        limit = limit.min(now + policy.attempt_timeout);
        let mut hedge_after = None;
        if is_safe && policy.hedge {
            // Whatever the latency, there is time for several calls.
            let patience = (share - now) / SEVERAL;
            let p95 = lane.p95().unwrap_or(patience);
            hedge_after = Some(p95.min(patience));
            // A limit that is too short only causes a repetition, and the next limit is twice as
            // long, in case the gateway has become slow. But only the gateway's own limit proves
            // that nothing was sent, so a gateway that times out within a quarter of its share is
            // waited for, as is the last call that joined before.
            let patience = p95.saturating_mul(2_u32.saturating_pow(round + PATIENCE));
            limit = limit.min(now + patience.max((share - now) / 2));
        }
        let known = attempt(lane, self.message, limit, hedge_after).await;
        lane.observe(&known.outcome, self.router.clock.now());
        known
    }

    /// Settles whether the gateway has the message: by repetition under the same idempotency key,
    /// otherwise by a query.
    async fn resolve(
        &self,
        lane: &Lane,
        first_at: OffsetDateTime,
        share: Instant,
        mut known: Knowledge,
    ) -> Knowledge {
        let policy = &self.router.policy;
        let capabilities = lane.gateway().capabilities();
        for round in 0..policy.resends {
            let is_safe = capabilities.resend.is_safe(first_at, self.router.clock.now());
            if !is_safe || !self.paused(round, share).await {
                break;
            }
            let again = self.attempt(lane, share, first_at, round + 1).await;
            let goes_on = matches!(again.next(), Next::Doubt | Next::Retry);
            known = known.and(again);
            if !goes_on {
                break;
            }
        }
        if known.outcome.is_sent() || !capabilities.status_query {
            return known;
        }
        for round in 0..=policy.resends {
            if round > 0 && !self.paused(round - 1, share).await {
                break;
            }
            let query = lane.gateway().find(self.message, first_at);
            match timeout_at(share, query).await.unwrap_or(Finding::Unsure) {
                Finding::Has { provider_id, bill, .. } => {
                    return known.and(Outcome::Accepted { provider_id, bill });
                }
                // Only this answer resolves a doubt to "not sent", but it does not lift a refusal.
                Finding::HasNot if known.next() == Next::Stop => break,
                Finding::HasNot => return Outcome::NotSent(Cause::Lost).into(),
                Finding::Unsure => {}
                Finding::Unsupported => break,
            }
        }
        known
    }

    /// Waits before another attempt; `false` if there is no time for one.
    async fn paused(&self, round: u32, limit: Instant) -> bool {
        let end = Instant::now() + self.pause(round);
        if end >= limit {
            return false;
        }
        sleep_until(end).await;
        true
    }

    /// End of the turn of the current gateway, so that each untried gateway has a turn.
    fn share(&self, untried: u32) -> Instant {
        let now = Instant::now();
        now + self.deadline.saturating_duration_since(now) / untried.max(1)
    }

    fn pause(&self, round: u32) -> Duration {
        let longest = self.router.policy.backoff * 2_u32.pow(round.min(MOST_DOUBLINGS));
        longest.mul_f64(self.router.rng().random_range(0.5..=1.0))
    }

    /// Adds a visit to the report and the log.
    fn note(&mut self, lane: &Lane, known: Knowledge, start: Instant) -> Next {
        let (gateway, id) = (lane.name(), self.message.id);
        match &known.outcome {
            Outcome::Accepted { provider_id, .. } => {
                let provider_id = provider_id.as_deref().unwrap_or("-");
                info!(gateway, %id, provider_id, "message accepted");
            }
            Outcome::Duplicate => info!(gateway, %id, "message accepted before"),
            Outcome::NotSent(cause) => {
                warn!(gateway, %id, cause = cause as &dyn Error, "message not sent");
            }
            Outcome::Rejected(rejection) => {
                let (class, code, text) = (rejection.class, &rejection.code, &rejection.text);
                warn!(gateway, %id, ?class, code, text, "message refused");
            }
            Outcome::Unknown(cause) => {
                warn!(gateway, %id, cause = cause as &dyn Error, "message may or may not arrive");
            }
        }
        let next = known.next();
        self.visits.push(Visit {
            gateway: gateway.to_owned(),
            outcome: known.outcome,
            took: start.elapsed(),
        });
        next
    }

    /// The knowledge of all visits, where the last visit to a gateway counts.
    fn report(self) -> Report {
        let is_covered = self.router.routes(MessageKind::by(self.message)).next().is_some();
        let cause = if is_covered { Cause::Paused } else { Cause::NoGateway };
        let nothing = Knowledge::from(Outcome::NotSent(cause));
        let last = self.visits.iter().enumerate().filter(|(index, visit)| {
            self.visits[index + 1..].iter().all(|later| later.gateway != visit.gateway)
        });
        let known = last.fold(nothing, |known, (_, visit)| known.and(visit.outcome.clone()));
        Report { outcome: known.outcome, visits: self.visits }
    }
}
