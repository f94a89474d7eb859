//! Effects of a gateway's failures on later messages.

use std::sync::Arc;
use std::time::Duration;

use futures::future::join_all;
use passport_sms_client::{Class, Conversion, Outcome, Prefix, Route, Router, RouterPolicy};
use rand::SeedableRng;
use rand::rngs::StdRng;
use tokio::time::{Instant, advance};

use crate::double::{Double, Fault, Kind};
use crate::{START, clock, message, router};

#[tokio::test(start_paused = true)]
async fn a_gateway_with_a_wrong_configuration_is_paused() {
    let first = Double::new("first", Kind::Neither).failing([Fault::Refused(Class::Config)]);
    let second = Double::new("second", Kind::Neither);
    let router = router(&[&first, &second], RouterPolicy::default());
    for _ in 0..20 {
        assert_eq!(router.route(&message()).await.sent_by(), Some("second"));
    }
    assert_eq!(first.calls(), 1);
    advance(Duration::from_mins(1)).await;
    assert_eq!(
        router.route(&message()).await.sent_by(),
        Some("first"),
        "one message tries the gateway again"
    );
}

#[tokio::test(start_paused = true)]
async fn a_failing_gateway_is_paused_until_it_works() {
    let first = Double::new("first", Kind::Neither);
    first.always(Fault::NotSent);
    let second = Double::new("second", Kind::Neither);
    let router = router(&[&first, &second], RouterPolicy::default());
    for _ in 0..20 {
        assert_eq!(router.route(&message()).await.sent_by(), Some("second"));
    }
    assert_eq!(first.calls(), 5, "five failures in a row open the breaker");
    first.always(Fault::None);
    assert_eq!(router.route(&message()).await.sent_by(), Some("second"));
    advance(Duration::from_secs(5)).await;
    for _ in 0..3 {
        assert_eq!(router.route(&message()).await.sent_by(), Some("first"));
    }
}

/// A breaker saves time, and must not be the reason why nothing is sent.
#[tokio::test(start_paused = true)]
async fn a_paused_gateway_is_tried_before_a_message_fails() {
    let first = Double::new("first", Kind::Neither);
    first.always(Fault::NotSent);
    let router = router(&[&first], RouterPolicy::default());
    for _ in 0..5 {
        assert!(!router.route(&message()).await.outcome.is_sent());
    }
    let (start, before) = (Instant::now(), first.calls());
    first.always(Fault::None);
    for _ in 0..3 {
        assert!(router.route(&message()).await.outcome.is_sent());
    }
    assert_eq!(first.calls(), before + 3);
    assert!(start.elapsed() < Duration::from_secs(2), "within the pause: {:?}", start.elapsed());
}

/// A throttled account is tried again within the deadline, at the moment that it named or after a
/// second.
#[tokio::test(start_paused = true)]
async fn a_throttled_account_is_waited_for_when_it_is_the_only_one() {
    let fault = Fault::Refused(Class::AccountThrottled);
    let first = Double::new("first", Kind::Neither).failing([fault]);
    let start = Instant::now();
    let router = router(&[&first], RouterPolicy::default());
    assert!(router.route(&message()).await.outcome.is_sent());
    assert!(start.elapsed() >= Duration::from_secs(1), "{:?}", start.elapsed());
}

/// Waiting for one gateway does not delay the use of another, and no message waits for a gateway
/// that cannot work in time.
#[tokio::test(start_paused = true)]
async fn a_throttled_account_delays_no_message() {
    let throttled = Double::new("throttled", Kind::Neither);
    throttled.always(Fault::Refused(Class::AccountThrottled));
    let flaky = Double::new("flaky", Kind::Neither).failing([Fault::NotSent]);
    let start = Instant::now();
    let report = router(&[&throttled, &flaky], RouterPolicy::default()).route(&message()).await;
    assert_eq!(report.sent_by(), Some("flaky"));
    assert!(start.elapsed() < Duration::from_millis(300), "{:?}", start.elapsed());

    // A message waits a second at most for a trial at a gateway that refuses it.
    let broken = Double::new("broken", Kind::Neither);
    broken.always(Fault::Refused(Class::Config));
    let router = router(&[&broken], RouterPolicy::default());
    for calls in 1..=5 {
        let start = Instant::now();
        assert!(!router.route(&message()).await.outcome.is_sent());
        assert!(start.elapsed() <= Duration::from_millis(1_100), "{:?}", start.elapsed());
        assert_eq!(broken.calls(), calls);
    }
}

/// A monthly limit may be raised, and the clock of a gateway may be wrong.
#[tokio::test(start_paused = true)]
async fn a_gateway_throttled_for_a_year_is_tried_every_five_minutes() {
    let throttled = Double::new("throttled", Kind::Neither);
    throttled.always(Fault::Busy(START + Duration::from_hours(365 * 24)));
    let second = Double::new("second", Kind::Neither);
    let router = router(&[&throttled, &second], RouterPolicy::default());
    for checks in 1..=3 {
        for _ in 0..20 {
            assert_eq!(router.route(&message()).await.sent_by(), Some("second"));
        }
        assert_eq!(throttled.calls(), checks, "otherwise the gateway is paused");
        advance(Duration::from_mins(5)).await;
    }
    throttled.always(Fault::None);
    for _ in 0..3 {
        assert_eq!(router.route(&message()).await.sent_by(), Some("throttled"));
    }
}

/// If nothing else works a throttled gateway is tried, by one message per second, without waiting.
#[tokio::test(start_paused = true)]
async fn a_throttled_gateway_is_tried_before_a_message_fails() {
    let only = Double::new("only", Kind::Neither);
    only.always(Fault::Busy(START + Duration::from_hours(365 * 24)));
    let router = router(&[&only], RouterPolicy::default());
    let start = Instant::now();
    for second in 1..=5 {
        let messages = [(); 10].map(|()| message());
        let reports = join_all(messages.iter().map(|it| router.route(it))).await;
        assert!(reports.iter().all(|it| matches!(it.outcome, Outcome::NotSent(_))), "{reports:?}");
        assert_eq!(only.calls(), second);
        advance(Duration::from_secs(1)).await;
    }
    assert!(start.elapsed() < Duration::from_secs(6), "{:?}", start.elapsed());
    only.always(Fault::None);
    for _ in 0..3 {
        assert!(router.route(&message()).await.outcome.is_sent());
    }
}

/// A gateway that is tried only before a message fails takes no time from working ones.
#[tokio::test(start_paused = true)]
async fn a_throttled_gateway_has_no_share_of_the_time() {
    let throttled = ["a", "b", "c"].map(|name| Double::new(name, Kind::Neither));
    for double in &throttled {
        double.always(Fault::Busy(START + Duration::from_hours(365 * 24)));
    }
    let slow = Double::new("slow", Kind::Neither);
    let [a, b, c] = &throttled;
    let router = router(&[a, b, c, &slow], RouterPolicy::default());
    assert_eq!(router.route(&message()).await.sent_by(), Some("slow"));
    slow.always(Fault::Slow(Duration::from_millis(950)));
    let report = router.route(&message()).await;
    assert_eq!(report.sent_by(), Some("slow"), "{report:?}");
}

#[tokio::test(start_paused = true)]
async fn a_gateway_that_hangs_holds_no_more_than_its_slots() {
    let first = Double::new("first", Kind::Neither);
    first.always(Fault::Slow(Duration::from_hours(1)));
    let second = Double::new("second", Kind::Neither);
    let ways = vec![
        Route::new(first.name(), Arc::new(first.clone())).weight(0).slots(4),
        Route::new(second.name(), Arc::new(second.clone())).weight(0).slots(1000),
    ];
    let policy = RouterPolicy::default();
    let router = Arc::new(Router::new(ways, policy, clock(), StdRng::seed_from_u64(1)).unwrap());
    let sends: Vec<_> = (0..200)
        .map(|_| {
            let router = Arc::clone(&router);
            tokio::spawn(async move {
                let start = Instant::now();
                (router.route(&message()).await, start.elapsed())
            })
        })
        .collect();
    let mut waited = 0;
    for send in sends {
        let (report, took) = send.await.unwrap();
        assert!(report.outcome.is_sent());
        waited += usize::from(took > Duration::from_millis(100));
    }
    assert_eq!(first.most_open(), 4);
    assert_eq!(waited, 4, "only messages whose call hangs wait");
}

#[tokio::test(start_paused = true)]
async fn higher_delivery_rates_are_preferred_and_others_still_tried() {
    let doubles = ["good", "bad"].map(|name| Double::new(name, Kind::Neither));
    let ways = doubles.iter().map(|it| Route::new(it.name(), Arc::new(it.clone())));
    let conversion = Arc::new(Conversion::default());
    let china: [Prefix; 2] = ["+86".parse().unwrap(), "+86138".parse().unwrap()];
    conversion.observe("good", china, [500, 480], START);
    conversion.observe("bad", china, [500, 100], START);
    let policy = RouterPolicy::default();
    let router = Router::new(ways.collect(), policy, clock(), StdRng::seed_from_u64(3)).unwrap();
    let router = router.with_conversion(conversion);
    for _ in 0..1000 {
        assert!(!matches!(router.route(&message()).await.outcome, Outcome::NotSent(_)));
    }
    let bad = doubles[1].calls();
    assert!((5..=45).contains(&bad), "3 % are routed at random, half of them here: {bad}");
}
