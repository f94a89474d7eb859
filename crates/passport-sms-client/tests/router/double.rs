use std::collections::{HashMap, HashSet, VecDeque};
use std::future::pending;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use passport_sms_client::{
    Bill, Capabilities, Cause, Class, ContentKind, Delivery, Finding, Gap, Gateway,
    IdempotencyWindow, Intent, Message, MessageKind, Outcome, Receipts, Rejection, Resend, Scope,
    SmsClient, call_limit,
};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use time::OffsetDateTime;
use tokio::time::{Instant, sleep, sleep_until};
use uuid::Uuid;

/// Means by which a gateway can settle a doubt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Idempotent,
    Queryable,
    Neither,
}

/// Failure of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    None,
    /// No connection.
    NotSent,
    /// No connection, known only after this time or at the limit of the call.
    Unreachable(Duration),
    /// The connection broke before the gateway accepted the message.
    LostBefore,
    /// The connection broke after the gateway accepted the message.
    LostAfter,
    /// Silence before the gateway accepted the message.
    StalledBefore,
    /// Silence after the gateway accepted the message.
    StalledAfter,
    /// A slow answer.
    Slow(Duration),
    Refused(Class),
    /// A refusal about this.
    About(Class, Scope),
    /// Refusal without processing until that moment.
    Busy(OffsetDateTime),
}

/// A gateway that counts the messages that it really sends.
#[derive(Debug, Clone)]
pub(crate) struct Double {
    name: &'static str,
    kind: Kind,
    limit: Duration,
    receipts: Receipts,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    script: VecDeque<Fault>,
    /// Draws the failures of a crowd.
    chance: Option<StdRng>,
    /// Numbers that have reached their cap.
    capped: HashSet<String>,
    /// Messages that were refused because of a cap.
    refused: HashSet<Uuid>,
    /// Numbers whose messages always fail in this way.
    faults: HashMap<String, Fault>,
    always: Option<Fault>,
    accepted: Vec<Message>,
    known: Option<(Delivery, &'static str)>,
    is_unresponsive: bool,
    calls: usize,
    queries: usize,
    open: usize,
    most_open: usize,
}

/// Duration of a successful call.
pub(crate) const LATENCY: Duration = Duration::from_millis(40);
/// Time limit of the client of the gateway.
const LIMIT: Duration = Duration::from_millis(800);

impl Double {
    pub(crate) fn new(name: &'static str, kind: Kind) -> Self {
        Self { name, kind, limit: LIMIT, receipts: Receipts::None, state: Arc::default() }
    }

    pub(crate) fn name(&self) -> &'static str {
        self.name
    }

    /// Each failure happens once, in order, and then none.
    pub(crate) fn failing(self, faults: impl IntoIterator<Item = Fault>) -> Self {
        self.state.lock().unwrap().script.extend(faults);
        self
    }

    /// Pushes receipts.
    pub(crate) fn with_receipts(mut self) -> Self {
        self.receipts = Receipts::Pushed { signed: true, told: true, needs: None };
        self
    }

    /// Never answers queries.
    pub(crate) fn unresponsive(self) -> Self {
        self.state.lock().unwrap().is_unresponsive = true;
        self
    }

    /// Reports this status in answer to queries from now on.
    pub(crate) fn reports(&self, delivery: Delivery, code: &'static str) {
        self.state.lock().unwrap().known = Some((delivery, code));
    }

    /// The codes in the messages that it really sent.
    pub(crate) fn codes(&self) -> Vec<String> {
        let state = self.state.lock().unwrap();
        let codes = state.accepted.iter().filter_map(|taken| match &taken.intent {
            Intent::Code { code, .. } => Some(code.expose().to_owned()),
            _ => None,
        });
        codes.collect()
    }

    /// No further failure happens.
    pub(crate) fn recover(&self) {
        self.state.lock().unwrap().script.clear();
    }

    /// This failure happens every time from now on.
    pub(crate) fn always(&self, fault: Fault) {
        self.state.lock().unwrap().always = Some(fault);
    }

    /// Fails at random, and has caps for these numbers; the time limit of its client is `limit`.
    pub(crate) fn by_chance(
        mut self,
        seed: u64,
        limit: Duration,
        capped: impl IntoIterator<Item = String>,
    ) -> Self {
        self.limit = limit;
        let mut state = self.state.lock().unwrap();
        state.chance = Some(StdRng::seed_from_u64(seed));
        state.capped.extend(capped);
        drop(state);
        self
    }

    /// Messages to these numbers always fail in this way.
    pub(crate) fn failing_for(self, numbers: impl IntoIterator<Item = (String, Fault)>) -> Self {
        self.state.lock().unwrap().faults.extend(numbers);
        self
    }

    /// Whether it refused this message because of a cap.
    pub(crate) fn refused_by_a_cap(&self, id: Uuid) -> bool {
        self.state.lock().unwrap().refused.contains(&id)
    }

    /// Number of times that it really sent the message with this id.
    pub(crate) fn sent_id(&self, id: Uuid) -> usize {
        self.state.lock().unwrap().accepted.iter().filter(|taken| taken.id == id).count()
    }

    /// Number of times that it really sent the message.
    pub(crate) fn sent(&self, message: &Message) -> usize {
        self.sent_id(message.id)
    }

    pub(crate) fn calls(&self) -> usize {
        self.state.lock().unwrap().calls
    }

    pub(crate) fn queries(&self) -> usize {
        self.state.lock().unwrap().queries
    }

    pub(crate) fn most_open(&self) -> usize {
        self.state.lock().unwrap().most_open
    }

    fn begin(&self, message: &Message) -> Fault {
        let mut state = self.state.lock().unwrap();
        state.calls += 1;
        state.open += 1;
        state.most_open = state.most_open.max(state.open);
        if state.capped.contains(message.to.as_str()) {
            state.refused.insert(message.id);
            return Fault::Refused(Class::RecipientThrottled);
        }
        if let Some(fault) = state.faults.get(message.to.as_str()) {
            return *fault;
        }
        let drawn = state.chance.as_mut().map(draw);
        let scripted = state.script.pop_front();
        scripted.or(state.always).or(drawn).unwrap_or(Fault::None)
    }

    fn accept(&self, message: &Message) -> Outcome {
        let mut state = self.state.lock().unwrap();
        if self.kind == Kind::Idempotent
            && state.accepted.iter().any(|taken| taken.id == message.id)
        {
            return Outcome::Duplicate;
        }
        state.accepted.push(message.clone());
        Outcome::accepted(Some(format!("{}-{}", self.name, state.accepted.len())))
    }

    async fn answer(&self, message: &Message, fault: Fault) -> Outcome {
        let lost = || Outcome::Unknown(Cause::TimedOut);
        match fault {
            Fault::None => {
                sleep(LATENCY).await;
                self.accept(message)
            }
            Fault::NotSent => Outcome::NotSent(Cause::TimedOut),
            Fault::Unreachable(duration) => {
                let end = Instant::now() + duration;
                sleep_until(call_limit().map_or(end, |limit| limit.min(end))).await;
                Outcome::NotSent(Cause::TimedOut)
            }
            Fault::LostBefore => lost(),
            Fault::LostAfter => {
                _ = self.accept(message);
                lost()
            }
            Fault::StalledBefore => {
                sleep(self.limit).await;
                lost()
            }
            Fault::StalledAfter => {
                _ = self.accept(message);
                sleep(self.limit).await;
                lost()
            }
            Fault::Slow(duration) => {
                sleep(duration).await;
                self.accept(message)
            }
            Fault::Busy(until) => Outcome::NotSent(Cause::Busy { until: Some(until) }),
            Fault::Refused(class) => {
                sleep(LATENCY).await;
                Outcome::Rejected(Rejection::new(class, "E1", ""))
            }
            Fault::About(class, scope) => {
                sleep(LATENCY).await;
                Outcome::Rejected(Rejection::new(class, "E1", "").about(scope))
            }
        }
    }
}

/// The failures of a hundred calls, which are far more frequent than in reality.
pub(crate) const MIX: [(u32, Fault); 7] = [
    (10, Fault::NotSent),
    (4, Fault::Refused(Class::Transient)),
    (5, Fault::LostBefore),
    (5, Fault::StalledBefore),
    (6, Fault::LostAfter),
    (5, Fault::StalledAfter),
    (2, Fault::Slow(Duration::from_millis(600))),
];

fn draw(rng: &mut StdRng) -> Fault {
    let mut left = rng.random_range(0..100);
    for (share, fault) in MIX {
        if left < share {
            return fault;
        }
        left -= share;
    }
    Fault::Slow(Duration::from_millis(rng.random_range(20..80)))
}

/// Ends a call also when its future is dropped.
struct Open<'a>(&'a Double);

impl Drop for Open<'_> {
    fn drop(&mut self) {
        self.0.state.lock().unwrap().open -= 1;
    }
}

#[async_trait]
impl SmsClient for Double {
    fn capabilities(&self) -> Capabilities {
        let capabilities = Capabilities::new(ContentKind::FreeText).with_receipts(self.receipts);
        match self.kind {
            Kind::Idempotent => {
                capabilities.with_resend(Resend::Idempotent(IdempotencyWindow::Lasting))
            }
            Kind::Queryable => capabilities.with_status_query(),
            Kind::Neither => capabilities,
        }
    }

    fn covers(&self, _: &MessageKind) -> Result<(), Gap> {
        Ok(())
    }

    async fn send(&self, message: &Message) -> Outcome {
        let fault = self.begin(message);
        let _open = Open(self);
        self.answer(message, fault).await
    }

    async fn find(&self, message: &Message, _: OffsetDateTime) -> Finding {
        if self.kind != Kind::Queryable {
            // A router that queries it nevertheless hangs.
            return pending().await;
        }
        let is_unresponsive = {
            let mut state = self.state.lock().unwrap();
            state.queries += 1;
            state.is_unresponsive
        };
        if is_unresponsive {
            return pending().await;
        }
        sleep(LATENCY).await;
        if self.sent(message) == 0 {
            return Finding::HasNot;
        }
        let (delivery, code) = self.state.lock().unwrap().known.unzip();
        let code = code.unwrap_or_default().to_owned();
        Finding::Has { provider_id: None, delivery, code, bill: Bill::UNKNOWN }
    }
}

impl Gateway for Double {
    fn delivery_class(&self, code: &str) -> Class {
        match code {
            "absent" => Class::BadRecipient,
            "opt-out" => Class::RecipientBlocked,
            "cap" => Class::RecipientThrottled,
            "words" => Class::Content,
            "full" => Class::Transient,
            "route" => Class::Config,
            _ => Class::UnknownCode,
        }
    }
}
