//! Clause on a clock that was ahead and is set back.

use std::{sync::Arc, time::Duration};

use super::harness::{NOW, allowed, at, charge, refused};
use crate::ThrottleStore;

/// Hits that lie in the future make later hits wait for the window at most; those that lie a window
/// or more in the future do not count.
pub async fn hits_in_the_future_wait_a_window_at_most(store: Arc<dyn ThrottleStore>) {
    let far = [charge("far", 1, 60)];
    allowed(&store, &far, NOW + Duration::from_hours(400 * 24)).await;
    allowed(&store, &far, NOW).await;
    assert_eq!(refused(&store, &far, at(1_000)).await.retry_after, Duration::from_secs(59));
    allowed(&store, &far, at(60_000)).await;

    let near = [charge("near", 1, 60)];
    allowed(&store, &near, at(30_000)).await;
    assert_eq!(refused(&store, &near, NOW).await.retry_after, Duration::from_mins(1));
    assert_eq!(refused(&store, &near, at(60_000)).await.retry_after, Duration::from_secs(30));
    allowed(&store, &near, at(90_000)).await;
}
