use std::sync::atomic::AtomicU32;

use async_trait::async_trait;
use tokio::time::{advance, sleep};

use super::*;
use crate::{Algorithm, FetchedKeys, JwkSet, SigningKey};

/// An issuer whose keys and answers the test chooses.
#[derive(Debug, Default)]
struct Issuer {
    set: std::sync::Mutex<JwkSet>,
    is_down: AtomicBool,
    fetches: AtomicU32,
}

#[async_trait]
impl FetchKeys for Arc<Issuer> {
    async fn fetch(&self) -> Result<FetchedKeys, FetchError> {
        self.fetches.fetch_add(1, Ordering::Relaxed);
        sleep(Duration::from_millis(100)).await;
        if self.is_down.load(Ordering::Relaxed) {
            return Err(FetchError::new("down"));
        }
        let json = serde_json::to_vec(&*self.set.lock().unwrap()).unwrap();
        Ok(FetchedKeys { json, max_age: Some(Duration::from_mins(5)) })
    }
}

impl Issuer {
    fn publish(&self) -> String {
        let document = SigningKey::generate(Algorithm::EdDsa).unwrap();
        let key = SigningKey::from_pkcs8(Algorithm::EdDsa, &document).unwrap();
        self.set.lock().unwrap().keys.push(key.public().to_jwk(key.id()));
        key.id().to_owned()
    }

    fn fetches(&self) -> u32 {
        self.fetches.load(Ordering::Relaxed)
    }
}

fn cache() -> (Arc<Issuer>, Arc<KeyCache>, String) {
    let issuer = Arc::new(Issuer::default());
    let id = issuer.publish();
    let cache = KeyCache::new(Arc::new(Arc::clone(&issuer)), Duration::from_hours(1));
    (issuer, Arc::new(cache), id)
}

#[tokio::test(start_paused = true)]
async fn keys_are_fetched_once_and_kept() {
    let (issuer, cache, id) = cache();
    for _ in 0..100 {
        cache.key(&id).await.unwrap();
    }
    advance(Duration::from_secs(298)).await;
    cache.key(&id).await.unwrap();
    assert_eq!(issuer.fetches(), 1);
}

#[tokio::test(start_paused = true)]
async fn calls_that_come_together_share_a_fetch() {
    let (issuer, cache, id) = cache();
    let calls = (0..100).map(|_| {
        let (cache, id) = (Arc::clone(&cache), id.clone());
        tokio::spawn(async move { cache.key(&id).await.is_ok() })
    });
    for call in calls.collect::<Vec<_>>() {
        assert!(call.await.unwrap());
    }
    assert_eq!(issuer.fetches(), 1);
}

#[tokio::test(start_paused = true)]
async fn old_keys_are_renewed_in_the_background() {
    let (issuer, cache, id) = cache();
    cache.key(&id).await.unwrap();
    advance(Duration::from_secs(301)).await;
    let before = Instant::now();
    cache.key(&id).await.unwrap();
    cache.key(&id).await.unwrap();
    assert_eq!(before.elapsed(), Duration::ZERO, "no call waits");
    sleep(Duration::from_secs(1)).await;
    assert_eq!(issuer.fetches(), 2);
}

#[tokio::test(start_paused = true)]
async fn stale_keys_serve_while_the_issuer_is_down_for_an_hour() {
    let (issuer, cache, id) = cache();
    cache.key(&id).await.unwrap();
    issuer.is_down.store(true, Ordering::Relaxed);
    for _ in 0..64 {
        advance(Duration::from_mins(1)).await;
        cache.key(&id).await.unwrap();
        sleep(Duration::from_millis(1)).await;
    }
    advance(Duration::from_mins(1)).await;
    assert!(matches!(cache.key(&id).await, Err(Missing::Unavailable(_))));
    let asked = issuer.fetches();
    assert!((30..=80).contains(&asked), "{asked} fetches in 65 minutes");
    issuer.is_down.store(false, Ordering::Relaxed);
    advance(MAX_BACKOFF).await;
    cache.key(&id).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_flood_of_unknown_keys_does_not_flood_the_issuer() {
    let (issuer, cache, id) = cache();
    cache.key(&id).await.unwrap();
    for round in 0..600 {
        let unknown = (0..100).map(|at| format!("unknown-{round}-{at}"));
        for key in unknown {
            assert!(matches!(cache.key(&key).await, Err(Missing::Unknown)));
        }
        cache.key(&id).await.unwrap();
        advance(Duration::from_millis(100)).await;
    }
    let asked = issuer.fetches();
    assert!((2..=8).contains(&asked), "{asked} fetches for 60,000 unknown keys in a minute");
}

#[tokio::test(start_paused = true)]
async fn a_new_key_is_known_at_once_after_the_interval() {
    let (issuer, cache, id) = cache();
    cache.key(&id).await.unwrap();
    advance(MIN_INTERVAL).await;
    let new = issuer.publish();
    cache.key(&new).await.unwrap();
    assert_eq!(issuer.fetches(), 2);
}

#[tokio::test(start_paused = true)]
async fn an_issuer_that_is_down_is_asked_ever_less() {
    let (issuer, cache, id) = cache();
    issuer.is_down.store(true, Ordering::Relaxed);
    for _ in 0..1_000 {
        assert!(matches!(cache.key(&id).await, Err(Missing::Unavailable(_))));
        advance(Duration::from_millis(100)).await;
    }
    let asked = issuer.fetches();
    assert!((4..=9).contains(&asked), "{asked} fetches in 100 seconds");
}

#[tokio::test(start_paused = true)]
async fn a_caller_that_leaves_does_not_end_the_fetch_of_others() {
    let (issuer, cache, id) = cache();
    let (first, asked) = (Arc::clone(&cache), id.clone());
    let first = tokio::spawn(async move { first.key(&asked).await.is_ok() });
    sleep(Duration::from_millis(10)).await;
    first.abort();
    cache.key(&id).await.unwrap();
    assert_eq!(issuer.fetches(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_broken_set_replaces_no_keys() {
    let (issuer, cache, id) = cache();
    cache.key(&id).await.unwrap();
    issuer.set.lock().unwrap().keys.clear();
    advance(Duration::from_mins(6)).await;
    cache.key(&id).await.unwrap();
    sleep(Duration::from_secs(1)).await;
    assert_eq!(issuer.fetches(), 2);
    cache.key(&id).await.unwrap();
}
