//! Clauses on quotas that change while hits are counted, as after a restart with other settings.

use std::{sync::Arc, time::Duration};

use super::harness::{NOW, allowed, at, charge, quota, refused};
use crate::{Charge, ThrottleStore};

/// Another limit on the same window counts all earlier hits, whether it is lower or higher.
pub async fn counts_survive_a_changed_limit(store: Arc<dyn ThrottleStore>) {
    let before = charge("limit", 3, 60);
    for second in 0..3 {
        allowed(&store, &[before], at(second * 1_000)).await;
    }
    let lower = Charge { quota: quota(1, 60), ..before };
    let wait = refused(&store, &[lower], at(3_000)).await.retry_after;
    // Only after the last of the three hits has left the window is there room for one.
    assert_eq!(wait, Duration::from_secs(59));
    let higher = Charge { quota: quota(4, 60), ..before };
    allowed(&store, &[higher], at(3_000)).await;
    let wait = refused(&store, &[higher], at(3_000)).await.retry_after;
    assert_eq!(wait, Duration::from_secs(57));
}

/// A wider window counts the hits that the narrower one still remembered, for the wider window's
/// length.
pub async fn counts_survive_a_wider_window(store: Arc<dyn ThrottleStore>) {
    let before = charge("wider", 2, 60);
    allowed(&store, &[before], NOW).await;
    let wider = Charge { quota: quota(2, 3_600), ..before };
    allowed(&store, &[wider], at(30_000)).await;
    let refusal = refused(&store, &[wider], at(59_999)).await;
    assert_eq!(refusal.quota, wider.quota);
    assert_eq!(refusal.retry_after, Duration::from_millis(3_540_001));
    // The hit that was counted under the wider window is remembered for all of it.
    let one = Charge { quota: quota(1, 3_600), ..before };
    assert_eq!(refused(&store, &[one], at(3_629_999)).await.retry_after, Duration::from_millis(1));
    allowed(&store, &[one], at(3_630_000)).await;
}

/// A narrower window counts the earlier hits within it, and no others.
pub async fn counts_survive_a_narrower_window(store: Arc<dyn ThrottleStore>) {
    let before = charge("narrower", 3, 3_600);
    for moment in [0, 100_000, 110_000] {
        allowed(&store, &[before], at(moment)).await;
    }
    let narrower = Charge { quota: quota(2, 60), ..before };
    let refusal = refused(&store, &[narrower], at(120_000)).await;
    assert_eq!(refusal.retry_after, Duration::from_secs(40));
    allowed(&store, &[narrower], at(160_000)).await;
    refused(&store, &[narrower], at(169_999)).await;
    allowed(&store, &[narrower], at(170_000)).await;
}

/// Calls with a narrower window, as from a node with other settings, forget no hit of the wider one.
pub async fn hits_outlive_a_passing_narrower_window(store: Arc<dyn ThrottleStore>) {
    let wide = charge("passing", 3, 3_600);
    allowed(&store, &[wide], NOW).await;
    allowed(&store, &[wide], at(1_000)).await;
    let narrow = Charge { quota: quota(1, 1), ..wide };
    assert_eq!(store.check(&[narrow], at(60_000)).await.expect("store answers"), None);
    allowed(&store, &[narrow], at(60_000)).await;
    // The narrow hit may be forgotten after its second; the two wide ones may not.
    let two = Charge { quota: quota(2, 3_600), ..wide };
    refused(&store, &[two], at(62_000)).await;
    refused(&store, &[two], at(3_599_999)).await;
    allowed(&store, &[two], at(3_661_000)).await;
}
