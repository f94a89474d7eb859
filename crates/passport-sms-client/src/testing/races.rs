//! Clauses about concurrent calls.

use std::future::Future;
use std::sync::Arc;

use tokio::sync::Barrier;

use crate::outbox::{AttemptStatus, Idle, LeaseCheck, Opened, Outbox, ReceiptEffect};
use crate::testing::room::{Room, lease, new_entry};
use crate::testing::{LAPSED, NOW};

/// Of many calls that open one message exactly one succeeds, round after round.
pub async fn a_message_is_opened_once(outbox: Arc<dyn Outbox>) {
    for round in 0..50 {
        let entry = new_entry("+8613800138000", NOW);
        let opened = race(8, |_| {
            let (outbox, entry) = (Arc::clone(&outbox), entry.clone());
            async move { outbox.open(&entry, lease(NOW), None, NOW).await.expect("outbox answers") }
        })
        .await;
        let winners = opened.iter().filter(|it| **it == Opened::New).count();
        assert_eq!(winners, 1, "round {round}: {opened:?}");
    }
}

/// Of many concurrent claims exactly one gets each message, round after round.
pub async fn claim_is_exclusive(outbox: Arc<dyn Outbox>) {
    each_is_claimed_once(outbox, Idle::Abandoned).await;
}

/// The same for deferred messages: two nodes never both check one, or send it again.
pub async fn a_due_message_is_claimed_once(outbox: Arc<dyn Outbox>) {
    each_is_claimed_once(outbox, Idle::Due).await;
}

async fn each_is_claimed_once(outbox: Arc<dyn Outbox>, idle: Idle) {
    const MESSAGES: usize = 3;
    for round in 0..50 {
        let mut ids = Vec::new();
        for _ in 0..MESSAGES {
            let room = Room::open(Arc::clone(&outbox), NOW).await;
            if idle == Idle::Due {
                assert_eq!(room.defer(LAPSED).await, LeaseCheck::Held);
            }
            ids.push(room.entry().id);
        }
        let claimed =
            race(8, |_| {
                let outbox = Arc::clone(&outbox);
                async move {
                    outbox.claim(idle, lease(LAPSED), LAPSED, 10).await.expect("outbox answers")
                }
            })
            .await;
        let mut claimed: Vec<_> = claimed.into_iter().flatten().map(|it| it.id).collect();
        claimed.sort_unstable();
        ids.sort_unstable();
        assert_eq!(claimed, ids, "round {round}");
    }
}

/// No message is handed to a gateway without the process that claims it seeing the attempt.
pub async fn begin_and_claim_exclude_each_other(outbox: Arc<dyn Outbox>) {
    const RIVALS: usize = 6;
    for round in 0..50 {
        let room = Room::open(Arc::clone(&outbox), NOW).await;
        let steps = race(RIVALS, |rival| {
            let room = room.clone();
            async move {
                if rival == round % RIVALS {
                    // The clock of the process that opened the message is behind.
                    let is_begun = room.begin("a", NOW).await == LeaseCheck::Held;
                    (is_begun, Vec::new())
                } else {
                    (false, room.claim(LAPSED).await)
                }
            }
        })
        .await;
        let is_begun = steps.iter().any(|(is_begun, _)| *is_begun);
        for claimed in steps.into_iter().flat_map(|(_, claimed)| claimed) {
            let is_seen = claimed.attempts.iter().any(|it| it.gateway == "a");
            assert!(is_seen || !is_begun, "round {round}: the attempt is not recorded");
        }
    }
}

/// A gateway does not push a stray receipt again, so no receipt is stray while the gateway's answer
/// is recorded.
pub async fn a_receipt_during_the_end_is_not_lost(outbox: Arc<dyn Outbox>) {
    const RIVALS: usize = 6;
    for round in 0..50 {
        let room = Room::open(Arc::clone(&outbox), NOW).await;
        let (gateway, provider_id) = (format!("gateway-{round}"), format!("id-{round}"));
        assert_eq!(room.begin(&gateway, NOW).await, LeaseCheck::Held);
        let noted = race(RIVALS, |rival| {
            let (room, gateway, provider_id) = (room.clone(), gateway.clone(), provider_id.clone());
            async move {
                if rival == round % RIVALS {
                    room.end(&gateway, AttemptStatus::Accepted, Some(&provider_id)).await;
                    None
                } else {
                    Some(room.noted(&gateway, &provider_id, NOW).await)
                }
            }
        })
        .await;
        let news = noted.iter().filter(|it| **it == Some(ReceiptEffect::News)).count();
        assert!(!noted.contains(&Some(ReceiptEffect::Stray)), "round {round}: {noted:?}");
        assert!(news <= 1, "round {round}: {noted:?}");
        let is_known = noted.contains(&Some(ReceiptEffect::Known));
        assert!(news == 1 || !is_known, "round {round}: no call recorded it: {noted:?}");
    }
}

/// Lets the concurrent calls wait at a barrier and start at once. Without the barrier, calls on a
/// cold pool run one after the other, and a store that is not atomic passes.
async fn race<T, F>(rivals: usize, act: impl Fn(usize) -> F) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let start = Arc::new(Barrier::new(rivals));
    let tasks = (0..rivals).map(|rival| {
        let (start, act) = (Arc::clone(&start), act(rival));
        tokio::spawn(async move {
            start.wait().await;
            act.await
        })
    });
    let mut outcomes = Vec::with_capacity(rivals);
    for task in tasks.collect::<Vec<_>>() {
        outcomes.push(task.await.expect("rival finishes"));
    }
    outcomes
}
