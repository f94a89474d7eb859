//! Clauses about time that passes, clocks that are set back, and settings that change.

use std::{sync::Arc, time::Duration};

use super::room::{NOW, Room, SECOND, STOPPED, backoff};
use crate::{Backoff, FailureStore};

const MICROSECOND: Duration = Duration::from_micros(1);

/// A series is forgotten 30 days after its last failure, and not before.
pub async fn remembers_thirty_days(store: Arc<dyn FailureStore>) {
    let room = Room::new(store, backoff(100, 1, 900, 100));
    room.go(NOW - 40 * SECOND).await;
    room.go(NOW).await;
    let last = NOW + Backoff::REMEMBERED - MICROSECOND;
    assert_eq!(room.go(last).await.counted[0].failures, 3, "just before");
    let again = room.go(last + Backoff::REMEMBERED).await.counted[0];
    assert_eq!((again.failures, again.formerly), (1, None), "at its end");
}

/// A series that has stopped is forgotten 30 days after the last attempt that was allowed.
pub async fn remembers_thirty_days_what_is_stopped(store: Arc<dyn FailureStore>) {
    let room = Room::new(store, backoff(4, 1, 900, 2));
    room.go(NOW).await;
    room.go(NOW).await;
    let end = NOW + Backoff::REMEMBERED;
    assert_eq!(room.begin(end - MICROSECOND).await, STOPPED);
    assert_eq!(room.go(end).await.counted[0].failures, 1);
}

/// If the clock was ahead and is set back, no wait is longer than the delay, and a failure that lies the
/// longest delay or more in the future delays nothing. The count stays.
pub async fn a_clock_set_back_waits_no_longer_than_the_delay(store: Arc<dyn FailureStore>) {
    let room = Room::new(store, backoff(1, 60, 900, 100));
    room.go(NOW).await;
    room.go(NOW).await;
    assert_eq!(room.wait(NOW - 10 * SECOND).await, 60 * SECOND);
    assert_eq!(room.wait(NOW - 899 * SECOND).await, 60 * SECOND);
    let early = NOW - 900 * SECOND;
    assert_eq!(room.go(early).await.counted[0].failures, 3);
    assert_eq!(room.wait(early).await, 120 * SECOND);
    room.go(early + 120 * SECOND).await;

    let free = room.beside(backoff(4, 60, 900, 100));
    free.go(NOW).await;
    assert_eq!(free.go(NOW - 10 * SECOND).await.counted[0].failures, 2, "no delay is due");
    let far = room.beside(backoff(4, 60, 900, 1));
    far.go(NOW + Backoff::REMEMBERED).await;
    assert_eq!(far.begin(NOW + MICROSECOND).await, STOPPED);
    far.go(NOW).await;
}

/// Delays and limits are those of the call, also for failures that were counted under others.
pub async fn a_changed_backoff_takes_effect_at_once(store: Arc<dyn FailureStore>) {
    let room = Room::new(store, backoff(1, 60, 900, 100));
    for seconds in [0, 0, 60] {
        room.go(NOW + seconds * SECOND).await;
    }
    let now = NOW + 60 * SECOND;
    assert_eq!(room.wait(now).await, 120 * SECOND);
    assert_eq!(room.with(backoff(1, 600, 1_200, 100)).wait(now).await, 1_200 * SECOND, "longer");
    assert_eq!(room.with(backoff(1, 5, 900, 100)).wait(now).await, 10 * SECOND, "shorter");
    assert_eq!(room.with(backoff(1, 60, 900, 3)).begin(now).await, STOPPED);
    assert_eq!(room.with(backoff(3, 60, 900, 4)).go(now).await.counted[0].failures, 4, "free");
}
