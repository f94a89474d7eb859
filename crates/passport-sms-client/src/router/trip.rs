use std::error::Error;
use std::time::Duration;

use rand::RngExt;
use time::OffsetDateTime;
use tokio::time::{Instant, sleep_until, timeout_at};
use tracing::{info, warn};

use crate::client::{Finding, MessageKind};
use crate::limit::with_call_limit;
use crate::message::Message;
use crate::outcome::{Cause, Outcome};
use crate::router::Router;
use crate::router::attempt::attempt;
use crate::router::candidate::{Admission, Candidate, next};
use crate::router::journal::{Halt, Journal, Prior, PriorStatus};
use crate::router::lane::Lane;
use crate::router::policy::InDoubt;
use crate::router::report::{Report, Visit};
use crate::router::verdict::{Knowledge, Next};

const MOST_DOUBLINGS: u32 = 2;
/// Factor of the pause before a gateway is called again that accepted nothing meanwhile.
const SILENT: u32 = 4;
/// Duration of an attempt that others join, in the pauses between them.
const JOINED: u32 = 4;
/// Time for which a first call is waited for if the latency of the gateway is unknown.
const UNKNOWN_PATIENCE: Duration = Duration::from_millis(2_500);
/// Time for an answer if the latency of the gateway is unknown and the time is nearly over.
const UNKNOWN_ANSWER: Duration = Duration::from_millis(250);
/// Time for which a call is waited for, however fast the gateway usually is.
const LEAST_PATIENCE: Duration = Duration::from_millis(600);

/// The attempts for one message, from gateway to gateway.
pub(super) struct Trip<'a> {
    router: &'a Router,
    message: &'a Message,
    journal: &'a dyn Journal,
    deadline: Instant,
    visits: Vec<Visit>,
}

/// Time of a message at one gateway.
#[derive(Debug, Clone, Copy)]
struct Turn {
    end: Instant,
    /// End of the settling of a doubt while the gateway accepts other messages.
    latest: Instant,
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
        while let Some(mut candidate) = next(&mut queue) {
            // This candidate is the earliest of all, so waiting longer would be useless.
            if candidate.not_before.max(Instant::now()) >= self.deadline {
                break;
            }
            if candidate.not_before > Instant::now() {
                self.journal.pause(self.router.clock.now()).await;
                sleep_until(candidate.not_before).await;
            }
            match candidate.admit(self.message, self.deadline) {
                Admission::Now => {}
                Admission::Last => {
                    queue.push(candidate);
                    continue;
                }
                Admission::At(moment) => {
                    candidate.not_before = moment;
                    queue.push(candidate);
                    continue;
                }
            }
            let turn = self.turn(candidate.lane, &queue);
            match self.visit(&mut candidate, turn).await {
                Next::Done | Next::Stop => break,
                Next::Doubt if self.router.policy.in_doubt == InDoubt::PreferSingle => break,
                Next::Other => {}
                Next::Doubt | Next::Retry => {
                    let lane = candidate.lane;
                    if candidate.rounds < self.router.policy.rounds
                        && (candidate.calls.is_empty() || lane.may_repeat(&mut candidate.calls))
                    {
                        let pause = self.pause(&candidate, candidate.rounds);
                        candidate.not_before = Instant::now() + pause;
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
        let named = |lane: &Lane, prior: &Prior| lane.name() == prior.gateway;
        let in_doubt = priors.iter().filter(|prior| prior.status == PriorStatus::InDoubt);
        let doubted = in_doubt.filter_map(|prior| {
            let lane = self.router.lanes.iter().find(|lane| named(lane, prior))?;
            Some(Candidate::new(lane, Some(prior.began_at)))
        });
        let fresh = self.router.order(self.message).into_iter().filter(|lane| {
            priors.iter().all(|it| !named(lane, it) || it.status == PriorStatus::Free)
        });
        doubted.chain(fresh.map(|lane| Candidate::new(lane, None))).collect()
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

    /// Tries one gateway as far as possible until the end of its `turn`, and records the result.
    async fn visit(&mut self, candidate: &mut Candidate<'a>, turn: Turn) -> Next {
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
        if candidate.calls.is_empty() {
            lane.begin(&mut candidate.calls);
        }
        if candidate.in_doubt_since.is_none() {
            known = self.attempt(candidate, turn.end, first_at).await;
        }
        if known.next() == Next::Doubt {
            known = self.resolve(candidate, first_at, turn, known).await;
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
        candidate: &mut Candidate<'a>,
        turn: Instant,
        first_at: OffsetDateTime,
    ) -> Knowledge {
        let (lane, policy) = (candidate.lane, &self.router.policy);
        let is_safe = self.is_safe(lane, first_at);
        let now = Instant::now();
        // The last gateway keeps some time to settle a doubt; before it, the others have the rest.
        let settling = if turn == self.deadline { UNKNOWN_ANSWER * 2 } else { Duration::ZERO };
        let unknown = UNKNOWN_PATIENCE.min((turn - now).saturating_sub(settling));
        let slow = lane.slow().map_or(unknown, |slow| slow.mul_f64(1.25));
        let mut limit = turn;
        if is_safe || lane.gateway().capabilities().status_query {
            limit = limit.min(now + ((turn - now) * 2 / 3).max(slow));
        }
        limit = limit.min(now + policy.attempt_timeout);
        let mut hedge_after = None;
        if is_safe && policy.hedge {
            let pause = lane.hedge_after().unwrap_or(UNKNOWN_PATIENCE);
            // Calls that join others and get no answer either are better begun anew.
            limit = limit.min(now + (pause * JOINED).max(slow).max(LEAST_PATIENCE / 2));
            // A call that joins too late would be given up before its answer.
            let answer = lane.slow().unwrap_or(UNKNOWN_ANSWER);
            hedge_after = (now + pause + answer < limit).then_some(pause);
        }
        let calls = &mut candidate.calls;
        let known = attempt(lane, self.message, limit, hedge_after, calls).await;
        lane.observe(self.message, &known.outcome, calls, self.router.clock.now());
        known
    }

    /// Settles whether the gateway has the message: by repetition under the same idempotency key,
    /// otherwise by a query.
    async fn resolve(
        &self,
        candidate: &mut Candidate<'a>,
        first_at: OffsetDateTime,
        turn: Turn,
        mut known: Knowledge,
    ) -> Knowledge {
        let end = |it: &Candidate<'a>| if it.is_silent() { turn.end } else { turn.latest };
        let (lane, resends) = (candidate.lane, self.router.policy.resends);
        // Another process made the first call, so the next one is the first of this process.
        let mut is_counted = candidate.in_doubt_since.is_some();
        for round in 0..resends {
            // Settled before the pause, so that the call has time after it.
            let limit = end(candidate);
            if !self.is_safe(lane, first_at)
                || !(is_counted || lane.may_repeat(&mut candidate.calls))
                || !(is_counted || self.paused(candidate, round, limit).await)
            {
                break;
            }
            is_counted = false;
            let again = self.attempt(candidate, limit, first_at).await;
            let goes_on = matches!(again.next(), Next::Doubt | Next::Retry);
            known = known.and(again);
            if !goes_on {
                break;
            }
        }
        if known.outcome.is_sent() || !lane.gateway().capabilities().status_query {
            return known;
        }
        for round in 0..=resends {
            let limit = end(candidate);
            if !(is_counted || lane.may_repeat(&mut candidate.calls))
                || (round > 0 && !self.paused(candidate, round - 1, limit).await)
            {
                break;
            }
            is_counted = false;
            let query = with_call_limit(limit, lane.gateway().find(self.message, first_at));
            match timeout_at(limit, query).await.unwrap_or(Finding::Unsure) {
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

    /// Whether the gateway sends the message once, however often it is repeated now.
    fn is_safe(&self, lane: &Lane, first_at: OffsetDateTime) -> bool {
        lane.gateway().capabilities().resend.is_safe(first_at, self.router.clock.now())
    }

    /// Waits before another attempt; `false` if there is no time for one. The wait is shortened if
    /// otherwise the answer came too late.
    async fn paused(&self, candidate: &Candidate<'a>, round: u32, limit: Instant) -> bool {
        let now = Instant::now();
        let slow = candidate.lane.slow().unwrap_or(UNKNOWN_ANSWER);
        let latest = limit.checked_sub(slow).unwrap_or(now);
        let end = (now + self.pause(candidate, round)).min(latest);
        if end <= now {
            return false;
        }
        sleep_until(end).await;
        true
    }

    /// The turn of a gateway. While others are left, it ends when the gateway took unusually long, and
    /// so that each of the others has as much time as it needs, or an equal share if there is less.
    fn turn(&self, lane: &Lane, others: &[Candidate<'a>]) -> Turn {
        let now = Instant::now();
        let left = self.deadline.saturating_duration_since(now);
        let needs: Vec<_> =
            others.iter().filter_map(|other| other.needs(self.message, self.deadline)).collect();
        if needs.is_empty() {
            return Turn { end: self.deadline, latest: self.deadline };
        }
        let equal = left / u32::try_from(needs.len() + 1).unwrap_or(u32::MAX);
        let longest = equal.max(left.saturating_sub(needs.iter().sum()));
        let capabilities = lane.gateway().capabilities();
        // A gateway that can settle a doubt has half as much time again for that.
        let can_settle = self.is_safe(lane, self.router.clock.now()) || capabilities.status_query;
        let settling = if can_settle { 3 } else { 2 };
        let patience =
            lane.patience(LEAST_PATIENCE * settling / 2).unwrap_or(UNKNOWN_PATIENCE * settling / 2);
        Turn { end: now + longest.min(patience), latest: now + longest.min(patience * 3) }
    }

    fn pause(&self, candidate: &Candidate<'a>, round: u32) -> Duration {
        let longest = self.router.policy.backoff * 2_u32.pow(round.min(MOST_DOUBLINGS));
        let factor = if candidate.is_silent() { SILENT } else { 1 };
        (longest * factor).mul_f64(self.router.rng().random_range(0.5..=1.0))
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
