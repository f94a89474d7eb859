//! Events, and calls that expect an outcome.

use std::{collections::BTreeSet, fmt::Debug, sync::Arc};

use passport_user::{AccountEvent, EventKind, EventOutcome, EventPhone, Journal, UserId};
use time::{Duration, OffsetDateTime, macros::datetime};
use uuid::Uuid;

use crate::{Claimed, DeliveryState, EndpointName, EventType, Lease, Subscription, WebhookStore};

pub(super) const NOW: OffsetDateTime = datetime!(2026-11-29 09:43:30.123456 UTC);

pub(super) fn at(seconds: i64) -> OffsetDateTime {
    NOW + Duration::seconds(seconds)
}

pub(super) fn endpoint(name: &str) -> EndpointName {
    name.parse().expect("it is a name")
}

/// A fresh token, and an end in so many seconds.
pub(super) fn lease(seconds: i64) -> Lease {
    Lease { token: Uuid::new_v4(), until: at(seconds) }
}

/// An event that was done now.
pub(super) fn done(kind: EventKind) -> AccountEvent {
    done_at(kind, NOW)
}

pub(super) fn done_at(kind: EventKind, at: OffsetDateTime) -> AccountEvent {
    AccountEvent {
        subject: Some(UserId::from_uuid(Uuid::new_v4())),
        phone: Some(EventPhone { masked: "138****8000".to_owned(), tag: [7; 16] }),
        session: Some(Uuid::new_v4()),
        ..AccountEvent::new(kind, at)
    }
}

/// An event that was refused now.
pub(super) fn refused(kind: EventKind, rule: &str) -> AccountEvent {
    AccountEvent { outcome: EventOutcome::Refused(rule.to_owned()), ..done(kind) }
}

pub(super) async fn subscribe(store: &Arc<dyn WebhookStore>, endpoints: &[(&str, &[EventType])]) {
    let subscription = |(name, events): &(&str, &[EventType])| Subscription {
        endpoint: endpoint(name),
        events: events.iter().copied().collect::<BTreeSet<_>>(),
    };
    let subscriptions: Vec<_> = endpoints.iter().map(subscription).collect();
    store.subscribe(&subscriptions).await.expect("store answers");
}

pub(super) async fn record(journal: &Arc<dyn Journal>, events: &[AccountEvent]) {
    journal.record(events).await.expect("journal answers");
}

/// Claims all that is due, for a minute from `now` on.
pub(super) async fn claim(
    store: &Arc<dyn WebhookStore>,
    name: &str,
    now: OffsetDateTime,
) -> Vec<Claimed> {
    let lease = Lease { token: Uuid::new_v4(), until: now + Duration::seconds(60) };
    claim_under(store, name, lease, now).await
}

pub(super) async fn claim_under(
    store: &Arc<dyn WebhookStore>,
    name: &str,
    lease: Lease,
    now: OffsetDateTime,
) -> Vec<Claimed> {
    store.claim(&endpoint(name), lease, now, 100).await.expect("store answers")
}

/// State of the only delivery.
pub(super) async fn state(store: &Arc<dyn WebhookStore>, name: &str) -> DeliveryState {
    only(&store.recent(&endpoint(name), None, 10).await.expect("store answers")).state
}

#[track_caller]
pub(super) fn only<T: Debug>(items: &[T]) -> &T {
    match items {
        [item] => item,
        _ => panic!("must be one: {items:?}"),
    }
}
