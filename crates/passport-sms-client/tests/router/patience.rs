//! Time for which a gateway is waited for.

use std::sync::Arc;
use std::time::Duration;

use passport_sms_client::{Route, Router, RouterPolicy};
use rand::SeedableRng;
use rand::rngs::StdRng;
use tokio::time::{Instant, sleep};

use crate::double::{Double, Fault, Kind};
use crate::{clock, message, router};

const KINDS: [Kind; 3] = [Kind::Idempotent, Kind::Queryable, Kind::Neither];
const SLOW: Duration = Duration::from_secs(2);

#[tokio::test(start_paused = true)]
async fn s11_a_gateway_that_always_takes_two_seconds_is_heard_out() {
    let deadlines = [(3, 0), (3, 1), (5, 0), (5, 1), (5, 2), (5, 3)];
    for kind in KINDS {
        for (deadline, others) in deadlines {
            let mut policy = RouterPolicy::default();
            policy.deadline = Duration::from_secs(deadline);
            let slow = Double::new("slow", kind);
            slow.always(Fault::Slow(SLOW));
            let others: Vec<_> =
                ["b", "c", "d"][..others].iter().map(|name| Double::new(name, kind)).collect();
            let all: Vec<_> = [&slow].into_iter().chain(&others).collect();
            let router = router(&all, policy);
            for round in 1..=30 {
                let message = message();
                let report = router.route(&message).await;
                let place =
                    format!("{kind:?}, {deadline} s, {} others, {round}: {report:?}", others.len());
                assert_eq!(report.sent_by(), Some("slow"), "{place}");
                assert_eq!((slow.calls(), slow.queries()), (round, 0), "{place}");
                assert!(others.iter().all(|it| it.calls() == 0), "{place}");
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn s11_a_gateway_that_usually_is_fast_is_left_within_a_second() {
    for kind in KINDS {
        for usual in [20, 50, 100] {
            let first = Double::new("first", kind).unresponsive();
            let second = Double::new("second", kind);
            let router = router(&[&first, &second], RouterPolicy::default());
            first.always(Fault::Slow(Duration::from_millis(usual)));
            for _ in 0..6 {
                assert_eq!(router.route(&message()).await.sent_by(), Some("first"));
            }
            sleep(Duration::from_secs(2)).await;
            first.always(Fault::Slow(Duration::from_hours(1)));
            let start = Instant::now();
            let report = router.route(&message()).await;
            assert_eq!(report.sent_by(), Some("second"), "{kind:?}, {usual} ms: {report:?}");
            let took = start.elapsed();
            assert!(took < Duration::from_millis(1_050), "{kind:?}, {usual} ms: {took:?}");
        }
    }
}

/// A gateway that becomes slow is heard out after a few messages.
#[tokio::test(start_paused = true)]
async fn s11_a_gateway_that_becomes_slow_is_learned() {
    for kind in KINDS {
        let (first, second) = (Double::new("first", kind), Double::new("second", kind));
        let router = router(&[&first, &second], RouterPolicy::default());
        for _ in 0..50 {
            assert!(router.route(&message()).await.outcome.is_sent());
        }
        first.always(Fault::Slow(SLOW));
        let mut left = 0;
        for _ in 0..20 {
            left += usize::from(router.route(&message()).await.visits.len() > 1);
            // Beyond any pause of the breaker.
            sleep(Duration::from_mins(1)).await;
        }
        assert!(left <= 4, "{kind:?}: {left} of 20 messages were given up");
    }
}

/// Without another gateway there is no reason to stop waiting before the deadline.
#[tokio::test(start_paused = true)]
async fn s11_a_single_gateway_has_the_whole_time() {
    let only = Double::new("only", Kind::Neither);
    let router = router(&[&only], RouterPolicy::default());
    for _ in 0..20 {
        assert!(router.route(&message()).await.outcome.is_sent());
    }
    only.always(Fault::Slow(Duration::from_millis(4_500)));
    assert!(router.route(&message()).await.outcome.is_sent());
    assert_eq!(only.calls(), 21);
}

/// Gateways of different prefixes do not share the time of a message.
#[tokio::test(start_paused = true)]
async fn a_gateway_that_does_not_cover_the_message_takes_no_time() {
    let (slow, other) = (Double::new("slow", Kind::Neither), Double::new("other", Kind::Neither));
    slow.always(Fault::Slow(Duration::from_millis(4_500)));
    let ways = vec![
        Route::new("slow", Arc::new(slow.clone())),
        Route::new("other", Arc::new(other)).only_to(["+1".parse().unwrap()]),
    ];
    let rng = StdRng::seed_from_u64(1);
    let router = Router::new(ways, RouterPolicy::default(), clock(), rng).unwrap();
    assert_eq!(router.route(&message()).await.sent_by(), Some("slow"));
}
