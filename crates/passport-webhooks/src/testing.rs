//! Contract of [`WebhookStore`]: one function per clause.
//!
//! An adapter runs every clause as a test of its own, each on a fresh store:
//!
//! ```text
//! passport_webhooks::webhook_store_contract!(fresh());
//! ```
//!
//! where `fresh()` is a future of [`Webhooks`]. An attribute before it applies to every test, such as
//! `#[ignore = "needs PostgreSQL"]`.

#![expect(clippy::missing_panics_doc, reason = "a clause reports a violation by panicking")]

mod harness;
mod races;

use std::{sync::Arc, time::Duration};

use passport_user::{EventKind, Journal};
use uuid::Uuid;

use harness::{NOW, at, claim, done, endpoint, lease, only, record, refused, state, subscribe};
pub use races::{one_of_rivals_claims, rivals_share_what_is_due};

use crate::{Backlog, DeliveryState, EventType, Settled, WebhookStore};

/// A store of webhooks, and the journal whose events it delivers.
pub type Webhooks = (Arc<dyn WebhookStore>, Arc<dyn Journal>);

/// Expands to one `#[tokio::test]` for each clause of the [contract](crate::testing).
#[macro_export]
macro_rules! webhook_store_contract {
    (#[$attribute:meta] $store:expr) => {
        $crate::webhook_store_contract! { @clauses [#[$attribute]] $store }
    };
    ($store:expr) => {
        $crate::webhook_store_contract! { @clauses [] $store }
    };
    (@clauses $attributes:tt $store:expr) => {
        $crate::webhook_store_contract! { @tests $attributes $store;
            an_event_is_queued_for_each_endpoint_that_wants_it,
            an_event_has_the_types_of_its_kind_and_outcome,
            an_event_is_queued_once,
            the_last_subscriptions_hold,
            a_claim_is_exclusive_until_its_lease_ends,
            an_ended_lease_settles_nothing,
            a_delivery_is_tried_again_when_it_is_due,
            a_delivery_ends_once,
            the_longest_due_are_claimed_first,
            a_disabled_endpoint_gets_nothing,
            a_long_queue_leaves_events_out,
            a_delivery_can_be_queued_again,
            old_deliveries_are_purged,
            the_overview_counts,
            one_of_rivals_claims,
            rivals_share_what_is_due,
        }
    };
    (@tests $attributes:tt $store:expr; $($clause:ident),+ $(,)?) => {
        $($crate::webhook_store_contract! { @test $attributes $store; $clause })+
    };
    (@test [$(#[$attribute:meta])*] $store:expr; $clause:ident) => {
        $(#[$attribute])*
        #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
        async fn $clause() {
            $crate::testing::$clause($store.await).await;
        }
    };
}

/// Only the endpoints that subscribe to its type get an event, each one its own delivery, with all of it.
pub async fn an_event_is_queued_for_each_endpoint_that_wants_it((store, journal): Webhooks) {
    let all = [("all", EventType::ALL), ("users", &[EventType::UserCreated][..])];
    subscribe(&store, &all).await;
    let created = done(EventKind::UserCreated);
    let begun = harness::done_at(EventKind::SessionBegun, at(1));
    record(&journal, &[created.clone(), begun.clone(), done(EventKind::CodeSent)]).await;
    let of_all = claim(&store, "all", at(1)).await;
    let events: Vec<_> = of_all.iter().map(|it| (it.id.event_type, it.event.clone())).collect();
    let expected = [(EventType::UserCreated, created.clone()), (EventType::SessionStarted, begun)];
    assert_eq!(events, expected);
    assert!(of_all.iter().all(|it| it.tries == 1 && it.id.endpoint == endpoint("all")));
    let of_users = claim(&store, "users", at(1)).await;
    assert_eq!(only(&of_users).event, created);
    assert_eq!(only(&of_users).id.webhook_id(), of_all[0].id.webhook_id());
}

/// One event may have two types; a refused one has that of its rule.
pub async fn an_event_has_the_types_of_its_kind_and_outcome((store, journal): Webhooks) {
    subscribe(&store, &[("all", EventType::ALL)]).await;
    for kind in EventKind::ALL {
        for event in [
            done(*kind),
            refused(*kind, "credentials-wrong"),
            refused(*kind, "not-sent"),
            refused(*kind, "stopped"),
        ] {
            record(&journal, std::slice::from_ref(&event)).await;
            let mut claimed: Vec<_> =
                claim(&store, "all", at(1)).await.iter().map(|it| it.id.event_type).collect();
            claimed.sort();
            assert_eq!(claimed, EventType::of(&event).collect::<Vec<_>>(), "{event:?}");
        }
    }
}

/// Recording an event again adds no delivery, and renews none.
pub async fn an_event_is_queued_once((store, journal): Webhooks) {
    subscribe(&store, &[("shop", EventType::ALL)]).await;
    let event = done(EventKind::UserCreated);
    record(&journal, &[event.clone(), event.clone()]).await;
    let lease = lease(60);
    let claimed = harness::claim_under(&store, "shop", lease, at(1)).await;
    let delivered = Settled::Delivered { at: at(2) };
    assert!(store.settle(&only(&claimed).id, lease.token, &delivered).await.expect("it answers"));
    record(&journal, &[event]).await;
    assert_eq!(claim(&store, "shop", at(3_600)).await, []);
}

/// Each call replaces what was subscribed to. What was queued stays.
pub async fn the_last_subscriptions_hold((store, journal): Webhooks) {
    record(&journal, &[done(EventKind::UserCreated)]).await;
    subscribe(&store, &[("shop", EventType::ALL), ("other", EventType::ALL)]).await;
    assert_eq!(claim(&store, "shop", at(1)).await, []);
    record(&journal, &[done(EventKind::UserCreated)]).await;
    subscribe(&store, &[("shop", &[EventType::PhoneChanged])]).await;
    record(&journal, &[done(EventKind::UserCreated), done(EventKind::NumberUndone)]).await;
    let types = |claimed: Vec<crate::Claimed>| -> Vec<_> {
        let types: std::collections::BTreeSet<_> =
            claimed.iter().map(|it| it.id.event_type).collect();
        types.into_iter().collect()
    };
    let of_shop = types(claim(&store, "shop", at(1)).await);
    assert_eq!(of_shop, [EventType::UserCreated, EventType::PhoneChanged]);
    assert_eq!(types(claim(&store, "other", at(1)).await), [EventType::UserCreated]);
}

/// Before the end of the lease nothing is claimed again; from then on it is, and counts a try.
pub async fn a_claim_is_exclusive_until_its_lease_ends((store, journal): Webhooks) {
    subscribe(&store, &[("shop", EventType::ALL)]).await;
    record(&journal, &[done(EventKind::UserCreated)]).await;
    let before = harness::claim_under(&store, "shop", lease(60), at(-1)).await;
    assert_eq!(before, [], "it is not due before its event");
    assert_eq!(only(&claim(&store, "shop", at(0)).await).tries, 1);
    assert_eq!(claim(&store, "shop", at(59)).await, []);
    assert_eq!(only(&claim(&store, "shop", at(60)).await).tries, 2);
    assert_eq!(claim(&store, "shop", at(60)).await, []);
}

/// A caller whose lease has ended changes nothing.
pub async fn an_ended_lease_settles_nothing((store, journal): Webhooks) {
    subscribe(&store, &[("shop", EventType::ALL)]).await;
    record(&journal, &[done(EventKind::UserCreated)]).await;
    let (late, present) = (lease(60), lease(120));
    let id = only(&harness::claim_under(&store, "shop", late, at(0)).await).id.clone();
    assert_eq!(harness::claim_under(&store, "shop", present, at(60)).await.len(), 1);
    let failed = Settled::Failed { at: at(61), note: "late".to_owned() };
    for token in [late.token, Uuid::new_v4()] {
        assert!(!store.settle(&id, token, &failed).await.expect("it answers"));
    }
    let delivered = Settled::Delivered { at: at(62) };
    assert!(store.settle(&id, present.token, &delivered).await.expect("it answers"));
    assert_eq!(state(&store, "shop").await, DeliveryState::Delivered);
}

/// A failed try makes the delivery due at the time that is given, with its note.
pub async fn a_delivery_is_tried_again_when_it_is_due((store, journal): Webhooks) {
    subscribe(&store, &[("shop", EventType::ALL)]).await;
    record(&journal, &[done(EventKind::UserCreated)]).await;
    let mut now = 0;
    for tries in 1..=4 {
        let lease = lease(now + 60);
        let claimed = harness::claim_under(&store, "shop", lease, at(now)).await;
        assert_eq!(only(&claimed).tries, tries);
        let (due, note) = (now + 1_000, format!("status {tries}"));
        let retry = Settled::Retry { due_at: at(due), note: note.clone() };
        assert!(store.settle(&only(&claimed).id, lease.token, &retry).await.expect("it answers"));
        let recent = store.recent(&endpoint("shop"), None, 10).await.expect("it answers");
        let shown = only(&recent);
        assert_eq!((shown.tries, shown.due_at, shown.ended_at), (tries, at(due), None));
        assert_eq!((shown.state, &shown.note), (DeliveryState::Waiting, &Some(note)));
        assert_eq!(claim(&store, "shop", at(due - 1)).await, []);
        now = due;
    }
}

/// What was settled is neither claimed nor settled again.
pub async fn a_delivery_ends_once((store, journal): Webhooks) {
    let failed = Settled::Failed { at: at(5), note: "status 500".to_owned() };
    for end in [Settled::Delivered { at: at(5) }, failed.clone()] {
        subscribe(&store, &[("shop", EventType::ALL)]).await;
        record(&journal, &[done(EventKind::UserCreated)]).await;
        let lease = lease(60);
        let claimed = harness::claim_under(&store, "shop", lease, at(0)).await;
        let id = &only(&claimed).id;
        assert!(store.settle(id, lease.token, &end).await.expect("it answers"));
        assert!(!store.settle(id, lease.token, &failed).await.expect("it answers"));
        assert_eq!(claim(&store, "shop", at(100_000)).await, []);
        let recent = store.recent(&endpoint("shop"), None, 1).await.expect("it answers");
        assert_eq!(only(&recent).ended_at, Some(at(5)));
    }
}

/// A limit leaves the later ones for the next claim.
pub async fn the_longest_due_are_claimed_first((store, journal): Webhooks) {
    subscribe(&store, &[("shop", EventType::ALL)]).await;
    let mut events: Vec<_> =
        (0..6).map(|second| harness::done_at(EventKind::UserCreated, at(second))).collect();
    events.rotate_left(3);
    record(&journal, &events).await;
    events.sort_by_key(|event| event.at);
    for pair in events.chunks(2) {
        let claimed = store.claim(&endpoint("shop"), lease(600), at(10), 2).await;
        let claimed: Vec<_> = claimed.expect("it answers").into_iter().map(|it| it.event).collect();
        assert_eq!(claimed, pair);
    }
}

/// From `disable` to `enable` nothing is claimed and nothing is queued; what waited goes on.
pub async fn a_disabled_endpoint_gets_nothing((store, journal): Webhooks) {
    let (shop, other) = (endpoint("shop"), endpoint("other"));
    let disabled = || async { store.disable(&shop, at(5)).await.expect("it answers") };
    assert!(!disabled().await, "it is not known");
    subscribe(&store, &[("shop", EventType::ALL), ("other", EventType::ALL)]).await;
    assert!(!store.enable(&shop).await.expect("it answers"));
    let waited = done(EventKind::UserCreated);
    record(&journal, std::slice::from_ref(&waited)).await;
    assert!(disabled().await && !disabled().await);
    // Another start does not enable it.
    subscribe(&store, &[("shop", EventType::ALL), ("other", EventType::ALL)]).await;
    record(&journal, &[done(EventKind::UserCreated)]).await;
    assert_eq!(claim(&store, "shop", at(6)).await, []);
    assert_eq!(claim(&store, "other", at(6)).await.len(), 2);
    let overview = store.overview().await.expect("it answers");
    let shown: Vec<_> = overview.iter().map(|it| (&it.name, it.disabled_at)).collect();
    assert_eq!(shown, [(&other, None), (&shop, Some(at(5)))]);
    assert!(store.enable(&shop).await.expect("it answers"));
    assert_eq!(only(&claim(&store, "shop", at(7)).await).event, waited);
}

/// Decisions are left out first, then all events.
pub async fn a_long_queue_leaves_events_out((store, journal): Webhooks) {
    subscribe(&store, &[("shop", EventType::ALL), ("other", EventType::ALL)]).await;
    for (backlog, queued) in
        [(Backlog::Room, 2), (Backlog::ChangesOnly, 1), (Backlog::Full, 0), (Backlog::Room, 2)]
    {
        store.set_backlog(&endpoint("shop"), backlog).await.expect("it answers");
        let limit = refused(EventKind::CodeSent, "sms-per-phone-day");
        record(&journal, &[done(EventKind::UserCreated), limit]).await;
        assert_eq!(claim(&store, "shop", at(1)).await.len(), queued, "{backlog:?}");
        assert_eq!(claim(&store, "other", at(1)).await.len(), 2);
        let overview = store.overview().await.expect("it answers");
        assert_eq!(overview[1].backlog, backlog);
    }
}

/// A replay has the same id and all tries, wherever the delivery was; also one that was never there.
pub async fn a_delivery_can_be_queued_again((store, journal): Webhooks) {
    let event = done(EventKind::UserCreated);
    record(&journal, std::slice::from_ref(&event)).await;
    subscribe(&store, &[("shop", EventType::ALL)]).await;
    let id = crate::DeliveryId {
        endpoint: endpoint("shop"),
        event: event.id,
        event_type: EventType::UserCreated,
    };
    let queue =
        || async { store.queue(&[(id.clone(), event.at)], at(10)).await.expect("it answers") };
    for end in [
        None,
        Some(Settled::Delivered { at: at(11) }),
        Some(Settled::Failed { at: at(11), note: "status 500".to_owned() }),
        Some(Settled::Retry { due_at: at(10_000), note: "status 500".to_owned() }),
    ] {
        queue().await;
        assert_eq!(claim(&store, "shop", at(9)).await, []);
        let lease = lease(600);
        let claimed = harness::claim_under(&store, "shop", lease, at(10)).await;
        assert_eq!((&only(&claimed).id, only(&claimed).tries), (&id, 1));
        if let Some(end) = end {
            assert!(store.settle(&id, lease.token, &end).await.expect("it answers"));
        }
    }
    // A try that is under way when it is queued again settles nothing.
    let lease = lease(600);
    queue().await;
    harness::claim_under(&store, "shop", lease, at(10)).await;
    queue().await;
    let late = Settled::Delivered { at: at(11) };
    assert!(!store.settle(&id, lease.token, &late).await.expect("it answers"));
    assert_eq!(claim(&store, "shop", at(10)).await.len(), 1);
}

/// Those that ended are kept until one time, those that wait until another one.
pub async fn old_deliveries_are_purged((store, journal): Webhooks) {
    subscribe(&store, &[("shop", EventType::ALL)]).await;
    let event = |second| harness::done_at(EventKind::UserCreated, at(second));
    record(&journal, &[event(0), event(100)]).await;
    let lease = lease(3_600);
    let claimed = harness::claim_under(&store, "shop", lease, at(1_000)).await;
    for (number, it) in claimed.iter().enumerate() {
        let end = Settled::Delivered { at: at(1_000 + i64::try_from(number).unwrap_or(0)) };
        assert!(store.settle(&it.id, lease.token, &end).await.expect("it answers"));
    }
    record(&journal, &[event(200), event(300)]).await;
    let purge = |ended, due| {
        let store = Arc::clone(&store);
        async move { store.purge(at(ended), at(due)).await.expect("it answers") }
    };
    assert_eq!(purge(1_000, 200).await, 0);
    assert_eq!(purge(1_001, 300).await, 2);
    let recent = store.recent(&endpoint("shop"), None, 10).await.expect("it answers");
    let left: Vec<_> = recent.iter().map(|it| it.event_at).collect();
    assert_eq!(left, [at(300), at(100)]);
}

/// Numbers by state, and the oldest event that waits.
pub async fn the_overview_counts((store, journal): Webhooks) {
    subscribe(&store, &[("shop", EventType::ALL), ("idle", EventType::ALL)]).await;
    subscribe(&store, &[("shop", EventType::ALL)]).await;
    let events: Vec<_> =
        (0..6).map(|second| harness::done_at(EventKind::UserCreated, at(second))).collect();
    record(&journal, &events).await;
    let lease = lease(600);
    let claimed = store.claim(&endpoint("shop"), lease, at(10), 3).await.expect("it answers");
    for (it, is_good) in claimed.iter().zip([true, true, false]) {
        let end = if is_good {
            Settled::Delivered { at: at(11) }
        } else {
            Settled::Failed { at: at(11), note: "status 500".to_owned() }
        };
        assert!(store.settle(&it.id, lease.token, &end).await.expect("it answers"));
    }
    let overview = store.overview().await.expect("it answers");
    let shop = overview.iter().find(|it| it.name == endpoint("shop")).expect("it is known");
    assert_eq!(shop.waiting, 3);
    let ended = store.ended().await.expect("it answers");
    let ended: Vec<_> =
        ended.iter().map(|it| (it.endpoint.as_str(), it.delivered, it.failed)).collect();
    assert_eq!(ended, [("shop", 2, 1)]);
    assert_eq!(shop.oldest_waiting, Some(NOW + Duration::from_secs(3)));
    let failed = store.recent(&endpoint("shop"), Some(DeliveryState::Failed), 10).await;
    assert_eq!(only(&failed.expect("it answers")).note.as_deref(), Some("status 500"));
    let newest = store.recent(&endpoint("shop"), None, 2).await.expect("it answers");
    let newest: Vec<_> = newest.iter().map(|it| it.event_at).collect();
    assert_eq!(newest, [at(5), at(4)]);
}
