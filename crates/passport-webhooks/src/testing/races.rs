//! Clauses on rivals that claim at once.

use std::{collections::BTreeSet, sync::Arc};

use passport_user::EventKind;
use tokio::sync::Barrier;
use uuid::Uuid;

use super::{
    Webhooks,
    harness::{at, done, endpoint, record, subscribe},
};
use crate::{Claimed, EventType, Lease, WebhookStore};

const RIVALS: usize = 8;

/// Of 8 concurrent claims of one delivery one gets it, round after round.
pub async fn one_of_rivals_claims((store, journal): Webhooks) {
    subscribe(&store, &[("shop", EventType::ALL)]).await;
    for round in 0..25 {
        record(&journal, &[done(EventKind::UserCreated)]).await;
        let claimed = race(&store, 4).await;
        assert_eq!(claimed.len(), 1, "round {round}: {claimed:?}");
    }
}

/// Of 8 concurrent claims of many deliveries each gets others, and all are claimed in the end.
pub async fn rivals_share_what_is_due((store, journal): Webhooks) {
    subscribe(&store, &[("shop", EventType::ALL)]).await;
    let events: Vec<_> = (0..64).map(|_| done(EventKind::UserCreated)).collect();
    record(&journal, &events).await;
    let mut claimed = Vec::new();
    while claimed.len() < events.len() {
        let more = race(&store, 4).await;
        assert!(!more.is_empty(), "{} of {} were claimed", claimed.len(), events.len());
        claimed.extend(more);
    }
    let ids: BTreeSet<_> = claimed.iter().map(|it| it.id.clone()).collect();
    assert_eq!((ids.len(), claimed.len()), (events.len(), events.len()));
}

/// What the rivals claim together. They start at a barrier: otherwise those on a cold pool run one after
/// the other, and a store that is not atomic passes.
async fn race(store: &Arc<dyn WebhookStore>, limit: usize) -> Vec<Claimed> {
    let start = Arc::new(Barrier::new(RIVALS));
    let tasks: Vec<_> = (0..RIVALS)
        .map(|_| {
            let (start, store) = (Arc::clone(&start), Arc::clone(store));
            tokio::spawn(async move {
                start.wait().await;
                let lease = Lease { token: Uuid::new_v4(), until: at(60) };
                store.claim(&endpoint("shop"), lease, at(1), limit).await.expect("store answers")
            })
        })
        .collect();
    futures::future::join_all(tasks)
        .await
        .into_iter()
        .flat_map(|it| it.expect("no panic"))
        .collect()
}
