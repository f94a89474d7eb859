//! Events on their way to the journal.

use std::{
    error::Error,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
};

use passport_user::{
    AccountEvent, Actor, EventKind, EventOutcome, EventPhone, Journal, PhoneNumber,
};
use tokio::{
    runtime::Handle,
    sync::{mpsc, oneshot},
};
use tracing::{error, warn};

use crate::{
    Caller, ClientAddress, Clock, SignedIn, SubjectKey,
    audit_address::AuditAddresses,
    event::{Effect, EventSubject},
    observer::{EventLoss, EventObserver},
    refusal_meter::{RefusalMeter, RefusalSource},
};

/// Capacity of the queue.
const QUEUE: usize = 4_096;
/// Most events that are written at once.
const BATCH: usize = 256;
/// Key of the detail that names the proof of a sign-in.
const METHOD: &str = "method";

/// Makes events, and hands them to the journal without delaying or failing their operations.
///
/// Events wait in a bounded queue and are written in batches. When the queue is full, the journal
/// fails, or one client causes refusals without end, events are dropped; they are counted, and the
/// number is logged. The log line of an operation is written in any case. Clones share the queue.
#[derive(Debug, Clone)]
pub struct Events {
    queue: mpsc::Sender<Entry>,
    refusals: Arc<RefusalMeter>,
    losses: Losses,
    subjects: SubjectKey,
    addresses: AuditAddresses,
    clock: Arc<dyn Clock>,
    observer: Option<Arc<dyn EventObserver>>,
}

/// Events that are missing in the journal.
#[derive(Debug, Clone, Default)]
struct Losses {
    /// Number since the last line about them.
    unlogged: Arc<AtomicU64>,
    observer: Option<Arc<dyn EventObserver>>,
}

impl Losses {
    fn count(&self, loss: EventLoss) {
        self.unlogged.fetch_add(1, Relaxed);
        self.observe(loss, 1);
    }

    fn observe(&self, loss: EventLoss, events: usize) {
        if let Some(observer) = &self.observer {
            observer.lost(loss, u64::try_from(events).unwrap_or(u64::MAX));
        }
    }
}

#[derive(Debug)]
enum Entry {
    Event(Box<AccountEvent>),
    /// Answered once all earlier entries are written.
    Flush(oneshot::Sender<()>),
}

impl Events {
    /// Starts the task on `runtime` that writes to `journal`. It ends with the last clone.
    pub fn start(
        journal: Arc<dyn Journal>,
        runtime: &Handle,
        subjects: SubjectKey,
        addresses: AuditAddresses,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self::start_observed(journal, runtime, subjects, addresses, clock, None)
    }

    /// As [`start`](Self::start), with another reader of the events.
    pub fn start_observed(
        journal: Arc<dyn Journal>,
        runtime: &Handle,
        subjects: SubjectKey,
        addresses: AuditAddresses,
        clock: Arc<dyn Clock>,
        observer: Option<Arc<dyn EventObserver>>,
    ) -> Self {
        let (queue, entries) = mpsc::channel(QUEUE);
        let losses = Losses { observer: observer.clone(), ..Losses::default() };
        runtime.spawn(write(journal, entries, losses.clone()));
        let refusals = Arc::new(RefusalMeter::default());
        Self { queue, refusals, losses, subjects, addresses, clock, observer }
    }

    /// Number of events that wait to be written.
    pub fn waiting(&self) -> usize {
        self.queue.max_capacity() - self.queue.capacity()
    }

    /// An event of `kind` about `subject`, not yet recorded.
    pub(crate) fn make(&self, kind: EventKind, subject: EventSubject) -> AccountEvent {
        let EventSubject { actor, phone, user, session, caller, reason, method } = subject;
        let (address, request_id) = match &caller {
            Some(Caller { address, request_id, .. }) => {
                (self.addresses.shown(*address), request_id.clone())
            }
            None => (None, None),
        };
        let phone = phone.map(|phone| self.phone(&phone));
        let mut event = AccountEvent {
            actor: actor.unwrap_or(Actor::Anonymous),
            subject: user,
            phone,
            address,
            session: session.map(passport_session::SessionId::as_uuid),
            request_id,
            reason,
            ..AccountEvent::new(kind, self.clock.now())
        };
        event.detail.extend(method.map(|method| (METHOD.to_owned(), method.name().to_owned())));
        event
    }

    /// Queues `event` for the journal.
    ///
    /// The event of a change is in the journal already, written with the change. It is queued
    /// nevertheless, because the journal ignores an event that it has, and if the answer of the change
    /// was lost only the journal knows.
    ///
    /// `client` is the address as limits count it. That of the event may be cut, or left out.
    pub(crate) fn record(&self, event: AccountEvent, client: Option<ClientAddress>) {
        if let Some(observer) = &self.observer {
            observer.observe(&event);
        }
        let source = match (&event.actor, client) {
            (Actor::Anonymous | Actor::Operator(_), Some(client)) => {
                Some(RefusalSource::Client(client))
            }
            (Actor::User(user), _) => Some(RefusalSource::User(*user)),
            (Actor::Anonymous | Actor::Operator(_), None) | (Actor::System, _) => None,
        };
        let has_room = |source| self.refusals.has_room(source, event.at);
        match (&event.outcome, source) {
            (EventOutcome::Refused(_), Some(source)) if !has_room(source) => {
                self.losses.count(EventLoss::TooManyRefusals);
                return;
            }
            (EventOutcome::Done | EventOutcome::Refused(_), _) => {}
        }
        if self.queue.try_send(Entry::Event(Box::new(event))).is_err() {
            self.losses.count(EventLoss::QueueFull);
        }
    }

    /// Records that a session began in an operation whose own event is another one.
    pub(crate) fn record_begin(&self, signed_in: &SignedIn, client: &Caller) {
        let subject = EventSubject {
            phone: signed_in.user.phone.clone(),
            method: signed_in.session.methods.iter().last(),
            ..EventSubject::of(client)
        };
        let mut event = self.make(EventKind::SessionBegun, subject);
        _ = signed_in.describe(&mut event);
        self.record(event, Some(client.client));
    }

    /// The address of `client` as events carry it.
    pub(crate) fn shown(&self, client: ClientAddress) -> Option<String> {
        self.addresses.shown(client.address())
    }

    /// The number as events carry it.
    pub(crate) fn phone(&self, phone: &PhoneNumber) -> EventPhone {
        EventPhone { masked: phone.masked(), tag: self.subjects.audited_phone(phone) }
    }

    /// Tags of the number in events, under the present key and the former ones.
    pub(crate) fn phone_tags(&self, phone: &PhoneNumber) -> Vec<[u8; 16]> {
        self.subjects.audited_phones(phone).collect()
    }

    /// Waits until all events that were recorded before are written.
    pub async fn flush(&self) {
        let (done, flushed) = oneshot::channel();
        if self.queue.send(Entry::Flush(done)).await.is_ok() {
            // An error means that the task has ended, and with it its runtime.
            _ = flushed.await;
        }
    }
}

async fn write(journal: Arc<dyn Journal>, mut entries: mpsc::Receiver<Entry>, losses: Losses) {
    let mut batch = Vec::with_capacity(BATCH);
    while entries.recv_many(&mut batch, BATCH).await > 0 {
        let (mut events, mut flushes) = (Vec::with_capacity(batch.len()), Vec::new());
        for entry in batch.drain(..) {
            match entry {
                Entry::Event(event) => events.push(*event),
                Entry::Flush(done) => flushes.push(done),
            }
        }
        if !events.is_empty()
            && let Err(error) = journal.record(&events).await
        {
            let events = events.len();
            losses.observe(EventLoss::JournalFailed, events);
            error!(events, error = &error as &dyn Error, "events were not recorded");
        }
        for done in flushes {
            // An error means that the caller is gone.
            _ = done.send(());
        }
        let dropped = losses.unlogged.swap(0, Relaxed);
        if dropped > 0 {
            warn!(dropped, "events were dropped, because there were too many");
        }
    }
}
