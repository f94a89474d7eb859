//! Clauses about attempts at once.

use std::sync::Arc;

use super::room::{NOW, Room, STOPPED, backoff, race};
use crate::{Attempt, FailureStore, Permission};

const ROUNDS: u32 = 50;
const RIVALS: usize = 8;

/// Of 50 attempts at once after three failures, exactly those are allowed that would be allowed one
/// after the other (RL-8).
pub async fn parallel_attempts_cannot_outrun_the_count(store: Arc<dyn FailureStore>) {
    for round in 0..ROUNDS {
        let room = Room::new(Arc::clone(&store), backoff(4, 1, 900, 100));
        for _ in 0..3 {
            room.go(NOW).await;
        }
        let permissions = race(50, |_| {
            let room = room.clone();
            async move { room.begin(NOW).await }
        })
        .await;
        let mut allowed = failures(&permissions);
        allowed.sort_unstable();
        assert_eq!(allowed, [4, 5], "round {round}");
    }
}

/// Every attempt of several at once is counted, those on a series without failures too.
pub async fn no_failure_is_lost(store: Arc<dyn FailureStore>) {
    for round in 0..ROUNDS {
        let room = Room::new(Arc::clone(&store), backoff(100, 1, 900, 100));
        for before in [0, 8] {
            let permissions = race(RIVALS, |_| {
                let room = room.clone();
                async move { room.begin(NOW).await }
            })
            .await;
            let mut counted = failures(&permissions);
            counted.sort_unstable();
            let expected: Vec<u32> = (before + 1..=before + 8).collect();
            assert_eq!(counted, expected, "round {round}");
        }
        assert_eq!(room.go(NOW).await.counted[0].failures, 17, "round {round}");
    }
}

/// Attempts that are forgiven and others that begin, all at once, leave the count of the latter.
pub async fn no_forgiveness_is_lost(store: Arc<dyn FailureStore>) {
    for round in 0..ROUNDS {
        let room = Room::new(Arc::clone(&store), backoff(100, 1, 900, 100));
        let mut begun = Vec::new();
        for _ in 0..RIVALS {
            begun.push(room.go(NOW).await);
        }
        let begun = Arc::new(begun);
        race(2 * RIVALS, |rival| {
            let (room, begun) = (room.clone(), Arc::clone(&begun));
            async move {
                match begun.get(rival) {
                    Some(attempt) => room.forgive(attempt).await,
                    None => drop(room.go(NOW).await),
                }
            }
        })
        .await;
        assert_eq!(room.go(NOW).await.counted[0].failures, 9, "round {round}");
    }
}

/// Of attempts at once on two series, one of which stops at five, exactly five are counted in either,
/// and none of them blocks another for ever by the order of its series.
pub async fn all_series_or_none_at_once(store: Arc<dyn FailureStore>) {
    for round in 0..ROUNDS {
        let open = Room::new(Arc::clone(&store), backoff(100, 1, 900, 100));
        let stopping = open.beside(backoff(100, 1, 900, 5));
        let permissions = race(2 * RIVALS, |rival| {
            let (open, mut series) = (open.clone(), [open.series, stopping.series]);
            if rival % 2 == 1 {
                series.reverse();
            }
            async move { open.begin_with(&series, NOW).await }
        })
        .await;
        let mut counted = failures(&permissions);
        counted.sort_unstable();
        assert_eq!(counted, [1, 2, 3, 4, 5], "round {round}");
        assert_eq!(open.go(NOW).await.counted[0].failures, 6, "round {round}");
        assert_eq!(stopping.begin(NOW).await, STOPPED, "round {round}");
    }
}

/// Numbers of failures of the attempts that were allowed.
fn failures(permissions: &[Permission]) -> Vec<u32> {
    let failures = |permission: &Permission| match permission {
        Permission::Go(Attempt { counted }) => counted.first().map(|counted| counted.failures),
        Permission::Blocked(_) => None,
    };
    permissions.iter().filter_map(failures).collect()
}
