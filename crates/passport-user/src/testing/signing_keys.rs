use std::{sync::Arc, time::Duration};

use time::OffsetDateTime;

use super::support::{NOW, ROUNDS, race};
use crate::{
    AccountEvent, EventFilter, EventKind, Journal, SigningKeyRecord, SigningKeyRepository,
};

/// A repository of signing keys, and the journal over the same storage.
pub type Signers = (Arc<dyn SigningKeyRepository>, Arc<dyn Journal>);

fn now() -> OffsetDateTime {
    NOW.truncate_to_microsecond()
}

fn key(generation: u32, id: &str) -> SigningKeyRecord {
    SigningKeyRecord {
        generation,
        id: id.to_owned(),
        algorithm: "EdDSA".to_owned(),
        sealed: vec![0, 1, 0xff, 7],
        created_at: now(),
        active_from: now() + Duration::from_mins(10),
        retired_at: None,
    }
}

async fn published(
    keys: &Arc<dyn SigningKeyRepository>,
    key: &SigningKeyRecord,
    retire_former_at: OffsetDateTime,
) -> bool {
    let event = AccountEvent::new(EventKind::KeyRotated, NOW);
    keys.publish(key, retire_former_at, &event).await.expect("repository answers")
}

async fn retired(keys: &Arc<dyn SigningKeyRepository>, id: &str, at: OffsetDateTime) -> bool {
    let event = AccountEvent::new(EventKind::KeyRetired, NOW);
    keys.retire(id, at, &event).await.expect("repository answers")
}

async fn listed(keys: &Arc<dyn SigningKeyRepository>) -> Vec<SigningKeyRecord> {
    keys.list().await.expect("repository answers")
}

async fn kinds(journal: &Arc<dyn Journal>) -> Vec<EventKind> {
    let events = journal.read(&EventFilter::default(), None, 1_000).await;
    events.expect("journal answers").iter().map(|event| event.kind).collect()
}

/// Keys are listed as they were published, and each has its event. A new key gives the former ones an
/// end, which never becomes later.
pub async fn publishes_keys((keys, journal): Signers) {
    assert_eq!(listed(&keys).await, []);
    let (first, second, third) = (key(1, "first"), key(2, "second"), key(3, "third"));
    let end = now() + Duration::from_hours(1);
    assert!(published(&keys, &first, end).await);
    assert!(published(&keys, &second, end).await);
    let first = SigningKeyRecord { retired_at: Some(end), ..first };
    assert_eq!(listed(&keys).await, [first.clone(), second.clone()]);
    let later = end + Duration::from_hours(1);
    assert!(published(&keys, &third, later).await);
    let second = SigningKeyRecord { retired_at: Some(later), ..second };
    assert_eq!(listed(&keys).await, [first, second, third]);
    assert_eq!(kinds(&journal).await, [EventKind::KeyRotated; 3]);
}

/// A generation, and an id, are taken once; a refused key changes nothing and has no event.
pub async fn generations_and_ids_are_unique((keys, journal): Signers) {
    let first = key(1, "first");
    assert!(published(&keys, &first, now()).await);
    assert!(!published(&keys, &key(1, "other"), now()).await);
    assert!(!published(&keys, &key(2, "first"), now()).await);
    assert_eq!(listed(&keys).await, [first]);
    assert_eq!(kinds(&journal).await, [EventKind::KeyRotated]);
}

/// Of several concurrent keys of one generation, one is published.
pub async fn publication_has_one_winner((keys, journal): Signers) {
    for round in 1..=ROUNDS {
        let results = race(8, |rival| {
            let (keys, key) = (Arc::clone(&keys), key(round, &format!("{round}-{rival}")));
            async move { published(&keys, &key, now()).await }
        });
        let winners = results.await.into_iter().filter(|it| *it).count();
        assert_eq!(winners, 1, "round {round}");
    }
    assert_eq!(listed(&keys).await.len(), ROUNDS as usize);
    assert_eq!(kinds(&journal).await.len(), ROUNDS as usize, "one event for each key");
}

/// A key is retired by its id, and its end only becomes earlier.
pub async fn retires_keys((keys, journal): Signers) {
    let (first, second) = (key(1, "first"), key(2, "second"));
    let end = now() + Duration::from_hours(1);
    assert!(published(&keys, &first, end).await && published(&keys, &second, end).await);
    assert!(!retired(&keys, "unknown", now()).await);
    assert!(!retired(&keys, "first", end).await, "it retires at that time already");
    assert!(retired(&keys, "first", now()).await);
    assert!(!retired(&keys, "first", end).await);
    let first = SigningKeyRecord { retired_at: Some(now()), ..first };
    assert_eq!(listed(&keys).await, [first, second]);
    let filter = EventFilter { kind: Some(EventKind::KeyRetired), ..EventFilter::default() };
    assert_eq!(journal.read(&filter, None, 10).await.expect("journal answers").len(), 1);
}

/// Keys that were retired before a time are deleted, but not the latest one.
pub async fn purges_retired_keys((keys, _): Signers) {
    let (first, second, third) = (key(1, "first"), key(2, "second"), key(3, "third"));
    for key in [&first, &second, &third] {
        assert!(published(&keys, key, now() + Duration::from_hours(1)).await);
    }
    for id in ["first", "third"] {
        assert!(retired(&keys, id, now()).await);
    }
    let purge = |before| keys.purge(before);
    assert_eq!(purge(now()).await.expect("repository answers"), 0);
    let after = now() + Duration::from_secs(1);
    assert_eq!(purge(after).await.expect("repository answers"), 1);
    let ids: Vec<_> = listed(&keys).await.into_iter().map(|key| key.id).collect();
    assert_eq!(ids, ["second", "third"]);
}
