//! The tasks that deliver, on the stores in memory.

#![cfg(test)]

use std::{sync::Arc, time::Duration};

use passport_storage_memory::{MemoryJournal, MemoryUserRepository, MemoryWebhookStore};
use passport_user::{AccountEvent, EventKind, EventOutcome, Journal};
use passport_webhooks::{
    Backlog, Deliveries, Endpoint, EndpointState, EndpointUrl, EventType, Sender, Subscription,
    WebhookSecret, WebhookStore,
};
use time::{OffsetDateTime, macros::datetime};
use tokio::{net::TcpListener, runtime::Handle, time::sleep};

const NOW: OffsetDateTime = datetime!(2026-11-29 09:43:30 UTC);

fn endpoint(url: &str) -> Endpoint {
    Endpoint {
        name: "shop".parse().unwrap(),
        url: EndpointUrl::parse(url, true).unwrap(),
        secrets: vec![WebhookSecret::from_bytes([7; 32])],
        events: EventType::ALL.iter().copied().collect(),
        reveal_mobile: false,
        allow_private: true,
        timeout: Duration::from_secs(5),
        concurrency: 1,
    }
}

async fn start(endpoint: &Endpoint, store: &MemoryWebhookStore) -> Deliveries {
    let endpoints = vec![(endpoint.clone(), Sender::new(None).unwrap())];
    let users = Arc::new(MemoryUserRepository::default());
    let clock = Arc::new(|| NOW);
    let store = Arc::new(store.clone());
    Deliveries::start(endpoints, store, users, clock, &Handle::current()).await.unwrap()
}

async fn state(store: &MemoryWebhookStore) -> EndpointState {
    store.overview().await.unwrap().remove(0)
}

/// A queue that grew while the endpoint was down: new decisions are left out, changes are not.
#[tokio::test(flavor = "multi_thread")]
async fn a_long_queue_is_measured() {
    let journal = MemoryJournal::default();
    let store = journal.webhooks();
    // It accepts connections and never answers.
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = endpoint(&format!("http://{}/", silent.local_addr().unwrap()));
    let subscription =
        Subscription { endpoint: endpoint.name.clone(), events: endpoint.events.clone() };
    store.subscribe(&[subscription]).await.unwrap();
    let events: Vec<_> = (0..Backlog::MOST_WITH_DECISIONS + 10)
        .map(|_| AccountEvent::new(EventKind::UserCreated, NOW))
        .collect();
    journal.record(&events).await.unwrap();
    let deliveries = start(&endpoint, &store).await;
    for _ in 0..100 {
        if state(&store).await.backlog == Backlog::ChangesOnly {
            break;
        }
        sleep(Duration::from_millis(50)).await;
    }
    let before = state(&store).await;
    assert_eq!(before.backlog, Backlog::ChangesOnly);
    let decision = AccountEvent {
        outcome: EventOutcome::Refused("stopped".to_owned()),
        ..AccountEvent::new(EventKind::SessionBegun, NOW)
    };
    let change = AccountEvent::new(EventKind::UserCreated, NOW);
    journal.record(&[decision, change]).await.unwrap();
    assert_eq!(state(&store).await.waiting, before.waiting + 1);
    deliveries.finish(Duration::ZERO).await;
}

/// What is cut off at the end stays claimed, and waits for the end of its lease.
#[tokio::test(flavor = "multi_thread")]
async fn the_end_waits_for_tries_under_way_up_to_a_limit() {
    let journal = MemoryJournal::default();
    let store = journal.webhooks();
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = endpoint(&format!("http://{}/", silent.local_addr().unwrap()));
    let deliveries = start(&endpoint, &store).await;
    journal.record(&[AccountEvent::new(EventKind::UserCreated, NOW)]).await.unwrap();
    let _open = silent.accept().await.unwrap();
    deliveries.finish(Duration::from_millis(100)).await;
    assert_eq!(state(&store).await.waiting, 1);
    let record = store.recent(&endpoint.name, None, 1).await.unwrap().remove(0);
    assert_eq!((record.tries, record.due_at), (1, NOW + Duration::from_secs(20)));
}
