use passport_auth::{EventLoss, EventObserver};
use passport_user::{AccountEvent, EventKind, EventOutcome};
use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{counter::Counter, family::Family},
    registry::Registry,
};

/// Counts events of accounts.
#[derive(Debug)]
pub(crate) struct AccountMeter {
    events: Family<Event, Counter>,
    sign_ins: Family<SignIn, Counter>,
    refusals: Family<Refusal, Counter>,
    lost: Family<Lost, Counter>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Event {
    kind: &'static str,
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct SignIn {
    method: String,
    outcome: &'static str,
}

/// Rules are names in the program: see `Refused::rule` in `passport-auth`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Refusal {
    rule: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Lost {
    cause: &'static str,
}

impl AccountMeter {
    pub(super) fn registered(registry: &mut Registry) -> Self {
        let meter = Self {
            events: Family::default(),
            sign_ins: Family::default(),
            refusals: Family::default(),
            lost: Family::default(),
        };
        registry.register(
            "account_events",
            "Operations on accounts, by the kind of their event",
            meter.events.clone(),
        );
        registry.register(
            "sign_ins",
            "Sign-ins and refused attempts, by the proof that was given",
            meter.sign_ins.clone(),
        );
        registry.register(
            "refusals",
            "Refused operations on accounts, by the rule that refused them",
            meter.refusals.clone(),
        );
        registry.register(
            "events_lost",
            "Events that are missing in the journal",
            meter.lost.clone(),
        );
        for loss in [EventLoss::TooManyRefusals, EventLoss::QueueFull, EventLoss::JournalFailed] {
            // Rates and alerts need the series before the first loss.
            drop(meter.lost.get_or_create(&Lost { cause: cause(loss) }));
        }
        meter
    }
}

impl EventObserver for AccountMeter {
    fn observe(&self, event: &AccountEvent) {
        let outcome = match &event.outcome {
            EventOutcome::Done => "done",
            EventOutcome::Refused(rule) => {
                self.refusals.get_or_create(&Refusal { rule: rule.clone() }).inc();
                "refused"
            }
        };
        self.events.get_or_create(&Event { kind: event.kind.as_str(), outcome }).inc();
        if event.kind == EventKind::SessionBegun {
            let method = event.detail.get("method").map_or("unknown", String::as_str).to_owned();
            self.sign_ins.get_or_create(&SignIn { method, outcome }).inc();
        }
    }

    fn lost(&self, loss: EventLoss, events: u64) {
        self.lost.get_or_create(&Lost { cause: cause(loss) }).inc_by(events);
    }
}

fn cause(loss: EventLoss) -> &'static str {
    match loss {
        EventLoss::TooManyRefusals => "too-many-refusals",
        EventLoss::QueueFull => "queue-full",
        EventLoss::JournalFailed => "journal-failed",
    }
}
