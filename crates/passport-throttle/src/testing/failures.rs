//! Contract of [`FailureStore`]: one function per clause.
//!
//! An adapter runs every clause as [that of throttle stores](crate::testing):
//!
//! ```text
//! passport_throttle::failure_store_contract!(fresh_store());
//! ```

mod races;
mod reading;
mod room;
mod time;

use std::{sync::Arc, time::Duration};

pub use races::{
    all_series_or_none_at_once, no_failure_is_lost, no_forgiveness_is_lost,
    parallel_attempts_cannot_outrun_the_count,
};
pub use reading::tallies_are_read_and_not_changed;
use room::{NOW, Room, SECOND, STOPPED, backoff};
pub use time::{
    a_changed_backoff_takes_effect_at_once, a_clock_set_back_waits_no_longer_than_the_delay,
    remembers_thirty_days, remembers_thirty_days_what_is_stopped,
};

use crate::{Backoff, Block, FailureStore, Permission};

/// Expands to one `#[tokio::test]` for each clause of the [contract](crate::testing::failures).
#[macro_export]
macro_rules! failure_store_contract {
    (#[$attribute:meta] $store:expr) => {
        $crate::failure_store_contract! { @clauses [#[$attribute]] $store }
    };
    ($store:expr) => {
        $crate::failure_store_contract! { @clauses [] $store }
    };
    (@clauses $attributes:tt $store:expr) => {
        $crate::failure_store_contract! { @tests $attributes $store;
            delays_grow_after_the_free_failures,
            says_the_true_time_to_wait,
            refusals_are_not_counted,
            stops_at_the_limit,
            check_says_what_begin_would_and_counts_nothing,
            success_begins_anew,
            clear_ends_a_series,
            tallies_are_read_and_not_changed,
            forgiven_failures_are_subtracted_with_their_delay,
            forgiveness_keeps_the_delay_of_a_later_attempt,
            a_count_never_falls_below_zero,
            all_series_or_none,
            a_stop_outweighs_a_wait,
            series_are_apart,
            an_attempt_without_series_is_allowed,
            remembers_thirty_days,
            remembers_thirty_days_what_is_stopped,
            a_clock_set_back_waits_no_longer_than_the_delay,
            a_changed_backoff_takes_effect_at_once,
            parallel_attempts_cannot_outrun_the_count,
            no_failure_is_lost,
            no_forgiveness_is_lost,
            all_series_or_none_at_once,
        }
    };
    (@tests $attributes:tt $store:expr; $($clause:ident),+ $(,)?) => {
        $($crate::failure_store_contract! { @test $attributes $store; $clause })+
    };
    (@test [$(#[$attribute:meta])*] $store:expr; $clause:ident) => {
        $(#[$attribute])*
        #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
        async fn $clause() {
            $crate::testing::failures::$clause($store.await).await;
        }
    };
}

/// The free failures cause no delay; each further one causes twice the delay, up to the longest (RL-8).
pub async fn delays_grow_after_the_free_failures(store: Arc<dyn FailureStore>) {
    let room = Room::new(store, backoff(2, 1, 5, 100));
    let mut now = NOW;
    for (failures, seconds) in [(1, 0), (2, 0), (3, 1), (4, 2), (5, 4), (6, 5), (7, 5)] {
        let attempt = room.go(now).await;
        let counted = attempt.counted[0];
        assert_eq!(counted.failures, failures);
        assert_eq!((counted.at, counted.not_before), (now, now + seconds * SECOND));
        assert_eq!(counted.formerly.is_some(), failures > 1);
        if seconds > 0 {
            assert_eq!(room.wait(now).await, seconds * SECOND, "after {failures}");
        }
        now += seconds * SECOND;
    }
}

/// A moment before the end of the wait is too early; at its end the attempt is allowed (RL-7).
pub async fn says_the_true_time_to_wait(store: Arc<dyn FailureStore>) {
    let room = Room::new(store, backoff(0, 60, 60, 100));
    room.go(NOW).await;
    assert_eq!(room.wait(NOW + 15 * SECOND).await, 45 * SECOND);
    let end = NOW + 60 * SECOND;
    let [millisecond, microsecond] = [Duration::from_millis(1), Duration::from_micros(1)];
    assert_eq!(room.wait(end - millisecond).await, millisecond);
    assert_eq!(room.wait(end - microsecond).await, microsecond);
    assert_eq!(room.go(end).await.counted[0].failures, 2);
}

/// A refused attempt does not count and does not lengthen the wait.
pub async fn refusals_are_not_counted(store: Arc<dyn FailureStore>) {
    let room = Room::new(store, backoff(0, 60, 900, 3));
    room.go(NOW).await;
    for second in 1..60 {
        room.wait(NOW + second * SECOND).await;
    }
    assert_eq!(room.go(NOW + 60 * SECOND).await.counted[0].failures, 2);
}

/// After the last failure no attempt is allowed, however long the series waits (NIST 800-63B-4 §3.2.2).
pub async fn stops_at_the_limit(store: Arc<dyn FailureStore>) {
    let room = Room::new(store, backoff(4, 1, 900, 3));
    for _ in 0..3 {
        room.go(NOW).await;
    }
    for wait in [0, 1, 900, 86_400, 29 * 86_400] {
        let permission = room.begin(NOW + wait * SECOND).await;
        assert_eq!(permission, STOPPED, "after {wait} s");
    }
}

/// A check returns the block that an attempt would meet, any number of times, and counts nothing.
pub async fn check_says_what_begin_would_and_counts_nothing(store: Arc<dyn FailureStore>) {
    let room = Room::new(store, backoff(1, 60, 900, 3));
    assert_eq!(room.check(NOW).await, None);
    room.go(NOW).await;
    for _ in 0..3 {
        assert_eq!(room.check(NOW).await, None);
    }
    assert_eq!(room.go(NOW).await.counted[0].failures, 2);
    let later = NOW + 15 * SECOND;
    for _ in 0..3 {
        assert_eq!(room.check(later).await, Some(Block::Wait(45 * SECOND)));
    }
    let open = room.beside(backoff(100, 1, 900, 100));
    let both = [open.series, room.series];
    let checked = room.store.check(&both, later).await.expect("store answers");
    assert_eq!(checked, Some(Block::Wait(45 * SECOND)));
    assert_eq!(room.store.check(&[], later).await.expect("store answers"), None);

    let end = NOW + 60 * SECOND;
    assert_eq!(room.check(end).await, None);
    room.go(end).await;
    assert_eq!(room.check(end).await, Some(Block::Stopped));
    assert_eq!(room.check(NOW + Backoff::REMEMBERED).await, Some(Block::Stopped));
    assert_eq!(room.check(end + Backoff::REMEMBERED).await, None);
    assert_eq!(open.go(end).await.counted[0].failures, 1);
}

/// After a success the series begins anew, with all its free failures.
pub async fn success_begins_anew(store: Arc<dyn FailureStore>) {
    let room = Room::new(store, backoff(1, 60, 60, 3));
    room.go(NOW).await;
    let attempt = room.go(NOW).await;
    room.wait(NOW).await;
    room.store.succeed(&attempt).await.expect("store answers");
    let first = room.go(NOW).await.counted[0];
    assert_eq!((first.failures, first.formerly), (1, None));
    room.go(NOW).await;
    room.wait(NOW).await;
}

/// A series that has stopped begins anew after `clear`, which may be called for any key.
pub async fn clear_ends_a_series(store: Arc<dyn FailureStore>) {
    let room = Room::new(store, backoff(4, 1, 900, 1));
    room.store.clear(&room.key()).await.expect("store answers");
    room.go(NOW).await;
    assert_eq!(room.begin(NOW).await, STOPPED);
    room.store.clear(&room.key()).await.expect("store answers");
    assert_eq!(room.go(NOW).await.counted[0].failures, 1);
}

/// After a forgiven attempt a series is as it was before the attempt, also if it had stopped.
pub async fn forgiven_failures_are_subtracted_with_their_delay(store: Arc<dyn FailureStore>) {
    let room = Room::new(store, backoff(1, 60, 900, 3));
    room.go(NOW).await;
    let second = room.go(NOW + SECOND).await;
    room.wait(NOW + SECOND).await;
    room.forgive(&second).await;
    let second = room.go(NOW + 2 * SECOND).await;
    assert_eq!(second.counted[0].formerly, Some(NOW));
    assert_eq!(second.counted[0].failures, 2);

    let later = NOW + 62 * SECOND;
    let third = room.go(later).await;
    assert_eq!(room.begin(later).await, STOPPED);
    room.forgive(&third).await;
    assert_eq!(room.go(later).await.counted[0].failures, 3);
}

/// If another attempt has begun since, a forgiven failure is subtracted, and the delay runs from the
/// other attempt.
pub async fn forgiveness_keeps_the_delay_of_a_later_attempt(store: Arc<dyn FailureStore>) {
    let room = Room::new(store, backoff(1, 60, 900, 100));
    room.go(NOW).await;
    let second = room.go(NOW).await;
    let later = NOW + 60 * SECOND;
    room.go(later).await;
    assert_eq!(room.wait(later).await, 120 * SECOND, "three failures");
    room.forgive(&second).await;
    assert_eq!(room.wait(later).await, 60 * SECOND, "two failures");
    let next = room.go(later + 60 * SECOND).await.counted[0];
    assert_eq!((next.failures, next.formerly), (3, Some(later)));
}

/// Forgiving more often than there were failures, or after a success, leaves a count of zero.
pub async fn a_count_never_falls_below_zero(store: Arc<dyn FailureStore>) {
    let room = Room::new(store, backoff(4, 1, 900, 100));
    let attempt = room.go(NOW).await;
    for _ in 0..3 {
        room.forgive(&attempt).await;
    }
    let attempt = room.go(NOW).await;
    assert_eq!((attempt.counted[0].failures, attempt.counted[0].formerly), (1, None));
    room.store.succeed(&attempt).await.expect("store answers");
    room.forgive(&attempt).await;
    assert_eq!(room.go(NOW).await.counted[0].failures, 1);
}

/// An attempt that one series refuses counts in none, in whatever order they are given.
pub async fn all_series_or_none(store: Arc<dyn FailureStore>) {
    let open = Room::new(store, backoff(100, 1, 900, 100));
    for (refusing, is_stopped) in [(backoff(0, 60, 60, 100), false), (backoff(4, 1, 1, 1), true)] {
        let open = open.beside(backoff(100, 1, 900, 100));
        let refusing = open.beside(refusing);
        let both = [open.series, refusing.series];
        let attempt = open.go_with(&both, NOW).await;
        assert_eq!(attempt.counted.iter().map(|it| it.failures).collect::<Vec<_>>(), [1, 1]);
        for series in [both, [refusing.series, open.series]] {
            let permission = open.begin_with(&series, NOW).await;
            match permission {
                Permission::Blocked(Block::Stopped) => assert!(is_stopped),
                Permission::Blocked(Block::Wait(wait)) => {
                    assert_eq!((wait, is_stopped), (60 * SECOND, false));
                }
                Permission::Go(attempt) => panic!("one series refuses: {attempt:?}"),
            }
        }
        assert_eq!(open.go(NOW).await.counted[0].failures, 2, "a refused attempt was counted");

        open.forgive(&attempt).await;
        assert_eq!(open.go(NOW).await.counted[0].failures, 2);
        assert_eq!(refusing.go(NOW).await.counted[0].failures, 1);
        open.store.succeed(&attempt).await.expect("store answers");
        assert_eq!(open.go_with(&both, NOW).await.counted[1].failures, 1);
    }
}

/// The longest wait of all series is returned, and a stop rather than any wait.
pub async fn a_stop_outweighs_a_wait(store: Arc<dyn FailureStore>) {
    let minute = Room::new(store, backoff(0, 60, 60, 100));
    let hour = minute.beside(backoff(0, 3_600, 3_600, 100));
    let stopped = minute.beside(backoff(4, 1, 1, 1));
    for room in [&minute, &hour, &stopped] {
        room.go(NOW).await;
    }
    let waiting = [minute.series, hour.series];
    assert_eq!(
        minute.begin_with(&waiting, NOW).await,
        Permission::Blocked(Block::Wait(3_600 * SECOND))
    );
    for series in [[stopped.series, hour.series], [hour.series, stopped.series]] {
        assert_eq!(minute.begin_with(&series, NOW).await, STOPPED);
    }
}

/// Series of different keys are independent.
pub async fn series_are_apart(store: Arc<dyn FailureStore>) {
    let one = Room::new(store, backoff(4, 1, 1, 1));
    let other = one.beside(backoff(4, 1, 1, 1));
    one.go(NOW).await;
    assert_eq!(other.go(NOW).await.counted[0].failures, 1);
    one.store.clear(&one.key()).await.expect("store answers");
    assert_eq!(other.begin(NOW).await, STOPPED);
}

/// An attempt that no series counts is allowed.
pub async fn an_attempt_without_series_is_allowed(store: Arc<dyn FailureStore>) {
    let room = Room::new(store, backoff(4, 1, 1, 1));
    let attempt = room.go_with(&[], NOW).await;
    assert!(attempt.counted.is_empty());
    room.forgive(&attempt).await;
    room.store.succeed(&attempt).await.expect("store answers");
}
