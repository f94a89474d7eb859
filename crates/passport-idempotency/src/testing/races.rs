//! Clauses on rivals that call at once.

use std::{future::Future, sync::Arc};

use time::OffsetDateTime;
use tokio::sync::Barrier;

use super::harness::{LEASE, NOW, Request, at, begin, finish, started};
use crate::{Begun, IdempotencyStore};

const RIVALS: usize = 8;

/// Of 8 concurrent `begin`s of a new request one is started, and the others wait, round after round.
pub async fn one_of_rivals_begins(store: Arc<dyn IdempotencyStore>) {
    for round in 0..50 {
        one_starts(&store, Request::fresh(), NOW, round).await;
    }
}

/// The same when the lease of an earlier execution has ended.
pub async fn one_of_rivals_takes_over(store: Arc<dyn IdempotencyStore>) {
    for round in 0..50 {
        let request = Request::fresh();
        started(&store, &request, NOW).await;
        one_starts(&store, request, NOW + LEASE, round).await;
    }
}

/// Of 8 concurrent `finish`es under one token one keeps its response.
pub async fn one_of_rivals_finishes(store: Arc<dyn IdempotencyStore>) {
    for round in 0..50 {
        let request = Request::fresh();
        let token = started(&store, &request, NOW).await;
        let kept = race(|rival| {
            let store = Arc::clone(&store);
            async move { finish(&store, &request, token, &rival.to_string(), at(1)).await }
        });
        let kept = kept.await;
        assert_eq!(kept.iter().filter(|kept| **kept).count(), 1, "round {round}");
        let winner = kept.iter().position(|kept| *kept).expect("one was kept").to_string();
        let Begun::Done(response) = begin(&store, &request, at(2)).await else {
            panic!("round {round}: the response must be kept")
        };
        assert_eq!(response.as_bytes(), winner.as_bytes(), "round {round}");
    }
}

async fn one_starts(
    store: &Arc<dyn IdempotencyStore>,
    request: Request,
    now: OffsetDateTime,
    round: u32,
) {
    let begun = race(|_| {
        let store = Arc::clone(store);
        async move { begin(&store, &request, now).await }
    })
    .await;
    let count = |is: fn(&Begun) -> bool| begun.iter().filter(|it| is(it)).count();
    let all = (
        count(|it| matches!(it, Begun::Started(_))),
        count(|it| matches!(it, Begun::Running { .. })),
    );
    assert_eq!(all, (1, RIVALS - 1), "round {round}: {begun:?}");
}

/// Starts the rivals at a barrier. Without it, rivals on a cold pool run one after the other, and a
/// store that is not atomic passes.
async fn race<T, F>(act: impl Fn(usize) -> F) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let start = Arc::new(Barrier::new(RIVALS));
    let tasks = (0..RIVALS).map(|rival| {
        let (start, act) = (Arc::clone(&start), act(rival));
        tokio::spawn(async move {
            start.wait().await;
            act.await
        })
    });
    futures::future::join_all(tasks.collect::<Vec<_>>())
        .await
        .into_iter()
        .map(|outcome| outcome.expect("rival finishes"))
        .collect()
}
