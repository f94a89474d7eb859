use std::collections::VecDeque;
use std::future::pending;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use passport_sms_client::{
    Capabilities, Cause, Class, Finding, Gap, Memory, Message, Outcome, Receipts, Rejection,
    Resend, SmsClient, Wanted, Wording,
};
use time::OffsetDateTime;
use tokio::time::sleep;
use uuid::Uuid;

/// What a gateway can do about a doubt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Idempotent,
    Queryable,
    Neither,
}

/// What goes wrong, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    None,
    /// The connection was not made.
    NotSent,
    /// The connection broke before the gateway took the message.
    LostBefore,
    /// The connection broke after it.
    LostAfter,
    /// It says nothing any more, before taking the message.
    StalledBefore,
    /// The same after it.
    StalledAfter,
    /// It takes its time.
    Slow(Duration),
    Refused(Class),
}

/// A gateway that counts what it really sends.
#[derive(Debug, Clone)]
pub(crate) struct Double {
    name: &'static str,
    kind: Kind,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    script: VecDeque<Fault>,
    always: Option<Fault>,
    taken: Vec<Uuid>,
    calls: usize,
    questions: usize,
    open: usize,
    most_open: usize,
}

/// How long a call takes that goes well.
pub(crate) const LATENCY: Duration = Duration::from_millis(40);
/// The gateway's own time limit.
pub(crate) const LIMIT: Duration = Duration::from_millis(800);

impl Double {
    pub(crate) fn new(name: &'static str, kind: Kind) -> Self {
        Self { name, kind, state: Arc::default() }
    }

    /// Each fault happens once, in their order, and then none.
    pub(crate) fn failing(self, faults: impl IntoIterator<Item = Fault>) -> Self {
        self.state.lock().unwrap().script.extend(faults);
        self
    }

    /// It happens every time from now on.
    pub(crate) fn always(&self, fault: Fault) {
        self.state.lock().unwrap().always = Some(fault);
    }

    /// How often it really sent the message.
    pub(crate) fn sent(&self, message: &Message) -> usize {
        self.state.lock().unwrap().taken.iter().filter(|id| **id == message.id).count()
    }

    pub(crate) fn calls(&self) -> usize {
        self.state.lock().unwrap().calls
    }

    pub(crate) fn questions(&self) -> usize {
        self.state.lock().unwrap().questions
    }

    pub(crate) fn most_open(&self) -> usize {
        self.state.lock().unwrap().most_open
    }

    fn begin(&self) -> Fault {
        let mut state = self.state.lock().unwrap();
        state.calls += 1;
        state.open += 1;
        state.most_open = state.most_open.max(state.open);
        let scripted = state.script.pop_front();
        scripted.or(state.always).unwrap_or(Fault::None)
    }

    fn take(&self, message: &Message) -> Outcome {
        let mut state = self.state.lock().unwrap();
        if self.kind == Kind::Idempotent && state.taken.contains(&message.id) {
            return Outcome::Duplicate;
        }
        state.taken.push(message.id);
        Outcome::Accepted { provider_id: Some(format!("{}-{}", self.name, state.taken.len())) }
    }

    async fn answer(&self, message: &Message, fault: Fault) -> Outcome {
        let lost = || Outcome::Unknown(Cause::TimedOut);
        match fault {
            Fault::None => {
                sleep(LATENCY).await;
                self.take(message)
            }
            Fault::NotSent => Outcome::NotSent(Cause::TimedOut),
            Fault::LostBefore => lost(),
            Fault::LostAfter => {
                _ = self.take(message);
                lost()
            }
            Fault::StalledBefore => {
                sleep(LIMIT).await;
                lost()
            }
            Fault::StalledAfter => {
                _ = self.take(message);
                sleep(LIMIT).await;
                lost()
            }
            Fault::Slow(duration) => {
                sleep(duration).await;
                self.take(message)
            }
            Fault::Refused(class) => {
                sleep(LATENCY).await;
                let (code, text) = ("E1".to_owned(), String::new());
                Outcome::Rejected(Rejection { class, code, text, until: None })
            }
        }
    }
}

/// Counts a call as over also when its future is dropped.
struct Open<'a>(&'a Double);

impl Drop for Open<'_> {
    fn drop(&mut self) {
        self.0.state.lock().unwrap().open -= 1;
    }
}

#[async_trait]
impl SmsClient for Double {
    fn name(&self) -> &'static str {
        self.name
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            resend: match self.kind {
                Kind::Idempotent => Resend::Idempotent(Memory::Lasting),
                Kind::Queryable | Kind::Neither => Resend::Risky,
            },
            status_query: self.kind == Kind::Queryable,
            receipts: Receipts::None,
            wording: Wording::FreeText,
        }
    }

    fn covers(&self, _: &Wanted) -> Result<(), Gap> {
        Ok(())
    }

    async fn send(&self, message: &Message) -> Outcome {
        let fault = self.begin();
        let _open = Open(self);
        self.answer(message, fault).await
    }

    async fn find(&self, message: &Message, _: OffsetDateTime) -> Finding {
        if self.kind != Kind::Queryable {
            // Nobody may ask it; a router that does hangs.
            return pending().await;
        }
        self.state.lock().unwrap().questions += 1;
        sleep(LATENCY).await;
        match self.sent(message) {
            0 => Finding::HasNot,
            _ => Finding::Has { provider_id: None, delivery: None },
        }
    }
}
