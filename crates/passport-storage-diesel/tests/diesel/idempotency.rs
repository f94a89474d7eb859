//! A sweep deletes all records of requests that have ended, and nothing else.

use std::time::Duration;

use passport_idempotency::{Begun, Fingerprint, RequestDigest, SealedResponse};

use crate::room::{self, NOW};

const LEASE: Duration = Duration::from_mins(1);

fn key(number: u32) -> RequestDigest {
    let mut bytes = [0; 32];
    bytes[..4].copy_from_slice(&number.to_be_bytes());
    RequestDigest::new(bytes)
}

async fn a_sweep_deletes_exactly_what_is_over(url: String) {
    let database = room::migrated(&url).await;
    let (store, content) = (database.idempotency(), Fingerprint::new([1; 32]));
    // More than one batch is over.
    for number in 0..1_105 {
        let began = NOW + Duration::from_secs(number.into());
        store.begin(&key(number), content, LEASE, began).await.unwrap();
    }
    let kept = key(2_000);
    let Begun::Started(token) = store.begin(&kept, content, LEASE, NOW).await.unwrap() else {
        panic!("the key is new")
    };
    let response = SealedResponse::from_bytes(vec![2; 100]);
    let expires_at = NOW + Duration::from_hours(24);
    assert!(store.finish(&kept, token, response.clone(), expires_at, NOW).await.unwrap());

    let sweep_at = NOW + LEASE + Duration::from_secs(1_099);
    let (one, other) = tokio::join!(database.sweep(sweep_at), database.sweep(sweep_at));
    assert_eq!(one.unwrap() + other.unwrap(), 1_100, "{url}");
    assert_eq!(database.sweep(sweep_at).await.unwrap(), 0, "{url}");
    let begun = store.begin(&kept, content, LEASE, sweep_at).await.unwrap();
    assert_eq!(begun, Begun::Done(response), "{url}");
    let begun = store.begin(&key(1_104), content, LEASE, sweep_at).await.unwrap();
    assert!(matches!(begun, Begun::Running { .. }), "{url}: {begun:?}");
    assert_eq!(database.sweep(expires_at).await.unwrap(), 6, "{url}");
}

room::on_each_database!("multi_thread", a_sweep_deletes_exactly_what_is_over);
