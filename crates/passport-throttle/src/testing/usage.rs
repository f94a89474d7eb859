use std::{sync::Arc, time::Duration};

use super::harness::{NOW, allowed, at, charge, refused};
use crate::{ThrottleStore, Usage};

/// Usage names the hits that count now, and when they no longer do. Reading it counts nothing.
pub async fn usage_is_what_counts_now(store: Arc<dyn ThrottleStore>) {
    let (hour, minute) = (charge("usage-hour", 3, 3_600), charge("usage-minute", 2, 60));
    let usage = async |now| store.usage(&[hour, minute], now).await.expect("store answers");
    assert_eq!(usage(NOW).await, [Usage::NONE, Usage::NONE]);
    allowed(&store, &[hour, minute], NOW).await;
    allowed(&store, &[hour, minute], at(10_000)).await;
    let used = |used, first, all| Usage {
        used,
        first_free: Duration::from_secs(first),
        all_free: Duration::from_secs(all),
    };
    for _ in 0..3 {
        let now = usage(at(20_000)).await;
        assert_eq!(now, [used(2, 3_580, 3_590), used(2, 40, 50)]);
    }
    assert_eq!(usage(at(60_000)).await, [used(2, 3_540, 3_550), used(1, 10, 10)]);
    assert_eq!(usage(at(70_000)).await, [used(2, 3_530, 3_540), Usage::NONE]);
    allowed(&store, &[hour, minute], at(70_000)).await;
    refused(&store, &[hour, minute], at(70_000)).await;
    assert_eq!(usage(at(70_000)).await, [used(3, 3_530, 3_600), used(1, 60, 60)]);
}

/// Clearing forgets all hits of the counts that are named, and of no other one.
pub async fn clear_forgets_all_hits_of_a_count(store: Arc<dyn ThrottleStore>) {
    let (cleared, kept) = (charge("cleared", 2, 60), charge("kept-beside", 2, 60));
    for _ in 0..2 {
        allowed(&store, &[cleared, kept], NOW).await;
    }
    for _ in 0..2 {
        store.clear(&[cleared]).await.expect("store answers");
        let usage = store.usage(&[cleared], NOW).await.expect("store answers");
        assert_eq!(usage, [Usage::NONE]);
    }
    allowed(&store, &[cleared], NOW).await;
    refused(&store, &[kept], NOW).await;
    store.clear(&[]).await.expect("store answers");
}
