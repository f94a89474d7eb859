//! Next step after a failure at one gateway.

use std::sync::Arc;
use std::time::Duration;

use passport_sms_client::{
    Class, InDoubt, MessageKind, Outcome, Prefix, Route, Router, RouterPolicy,
};
use rand::SeedableRng;
use rand::rngs::StdRng;
use tokio::time::Instant;

use crate::double::{Double, Fault, Kind, LATENCY};
use crate::{clock, message, policy, router};

const BOTH: [InDoubt; 2] = [InDoubt::PreferDelivery, InDoubt::PreferSingle];

#[tokio::test(start_paused = true)]
async fn an_unsent_message_goes_to_the_next_gateway_at_once() {
    for in_doubt in BOTH {
        let first = Double::new("first", Kind::Neither).failing([Fault::NotSent]);
        let second = Double::new("second", Kind::Neither);
        let (message, start) = (message(), Instant::now());
        let report = router(&[&first, &second], policy(in_doubt)).route(&message).await;
        assert!(report.outcome.is_sent());
        assert_eq!(report.sent_by(), Some("second"));
        assert_eq!((first.sent(&message), second.sent(&message)), (0, 1));
        assert_eq!(start.elapsed(), LATENCY, "no pause between gateways");
    }
}

/// A call takes the limit of the router as its own, however fast the gateway used to be and however
/// many calls joined the first one.
#[tokio::test(start_paused = true)]
async fn s3_an_unreachable_gateway_causes_no_doubt() {
    for in_doubt in BOTH {
        for latency in [None, Some(2), Some(40), Some(120), Some(180), Some(240)] {
            let first = Double::new("first", Kind::Idempotent);
            let second = Double::new("second", Kind::Neither);
            let router = router(&[&first, &second], policy(in_doubt));
            if let Some(latency) = latency {
                first.always(Fault::Slow(Duration::from_millis(latency)));
                for _ in 0..30 {
                    assert!(router.send_now().await);
                }
            }
            first.always(Fault::Unreachable(Duration::from_hours(1)));
            let message = message();
            let report = router.route(&message).await;
            let place = format!("{in_doubt:?}, {latency:?} ms: {report:?}");
            assert!(matches!(report.visits[0].outcome, Outcome::NotSent(_)), "{place}");
            assert_eq!(report.sent_by(), Some("second"), "{place}");
            assert_eq!((first.sent(&message), second.sent(&message)), (0, 1), "{place}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn the_class_of_a_refusal_decides_about_other_gateways() {
    for (class, goes_on) in [
        (Class::BadRecipient, false),
        (Class::RecipientBlocked, false),
        (Class::RecipientThrottled, false),
        (Class::Content, false),
        (Class::BadRequest, true),
        (Class::UnsupportedDestination, true),
        (Class::AccountThrottled, true),
        (Class::Config, true),
        (Class::Transient, true),
        (Class::UnknownCode, true),
    ] {
        let first = Double::new("first", Kind::Neither).failing([Fault::Refused(class)]);
        let second = Double::new("second", Kind::Neither);
        let message = message();
        let report = router(&[&first, &second], RouterPolicy::default()).route(&message).await;
        assert_eq!(second.sent(&message), usize::from(goes_on), "{class:?}");
        assert_eq!(report.outcome.is_sent(), goes_on, "{class:?}");
        if !goes_on {
            let Outcome::Rejected(rejection) = report.outcome else { panic!("{class:?}") };
            assert_eq!(rejection.class, class);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_doubt_is_settled_by_the_same_key() {
    for in_doubt in BOTH {
        for fault in
            [Fault::LostBefore, Fault::LostAfter, Fault::StalledBefore, Fault::StalledAfter]
        {
            let first = Double::new("first", Kind::Idempotent).failing([fault]);
            let second = Double::new("second", Kind::Neither);
            let message = message();
            let report = router(&[&first, &second], policy(in_doubt)).route(&message).await;
            assert!(report.outcome.is_sent(), "{fault:?}");
            assert_eq!((first.sent(&message), second.sent(&message)), (1, 0), "{fault:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_doubt_is_settled_by_a_query() {
    for in_doubt in BOTH {
        for (fault, at_first) in [(Fault::LostAfter, 1), (Fault::LostBefore, 0)] {
            let first = Double::new("first", Kind::Queryable).failing([fault]);
            let second = Double::new("second", Kind::Neither);
            let message = message();
            let report = router(&[&first, &second], policy(in_doubt)).route(&message).await;
            assert!(report.outcome.is_sent(), "{fault:?}");
            assert_eq!(first.queries(), 1, "{fault:?}");
            assert_eq!(first.sent(&message), at_first, "{fault:?}");
            assert_eq!(second.sent(&message), 1 - at_first, "{fault:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn the_policy_decides_about_a_doubt_that_stays() {
    for fault in [Fault::LostBefore, Fault::LostAfter] {
        for (in_doubt, at_second) in [(InDoubt::PreferDelivery, 1), (InDoubt::PreferSingle, 0)] {
            let first = Double::new("first", Kind::Neither).failing([fault]);
            let second = Double::new("second", Kind::Neither);
            let message = message();
            let report = router(&[&first, &second], policy(in_doubt)).route(&message).await;
            assert_eq!(first.calls(), 1, "never the same gateway again");
            assert_eq!(second.sent(&message), at_second);
            assert_eq!(report.outcome.is_sent(), at_second == 1);
            assert!(at_second == 1 || matches!(report.outcome, Outcome::Unknown(_)));
        }
    }
}

/// The refusal of the next gateway proves nothing about the first one.
#[tokio::test(start_paused = true)]
async fn no_later_failure_settles_a_doubt() {
    for later in
        [Fault::NotSent, Fault::Refused(Class::Config), Fault::Refused(Class::BadRecipient)]
    {
        let first = Double::new("first", Kind::Neither).failing([Fault::LostAfter]);
        let second = Double::new("second", Kind::Neither);
        second.always(later);
        let report = router(&[&first, &second], RouterPolicy::default()).route(&message()).await;
        assert!(matches!(report.outcome, Outcome::Unknown(_)), "{later:?}: {:?}", report.outcome);
    }
}

/// The first attempt was accepted, and the number reached its cap by it.
#[tokio::test(start_paused = true)]
async fn a_cap_of_the_second_attempt_is_not_bypassed() {
    let faults = [Fault::LostBefore, Fault::Refused(Class::RecipientThrottled)];
    let first = Double::new("first", Kind::Idempotent).failing(faults);
    let second = Double::new("second", Kind::Neither);
    let message = message();
    let report = router(&[&first, &second], RouterPolicy::default()).route(&message).await;
    assert!(matches!(report.outcome, Outcome::Unknown(_)), "{:?}", report.outcome);
    assert_eq!(second.calls(), 0);
}

/// Of two calls under the same key one is refused, and the other gets no answer.
#[tokio::test(start_paused = true)]
async fn a_cap_of_one_of_two_calls_is_not_bypassed() {
    let slow = Fault::Slow(Duration::from_secs(10));
    let first = Double::new("first", Kind::Idempotent)
        .failing([slow, Fault::Refused(Class::RecipientThrottled)]);
    first.always(slow);
    let second = Double::new("second", Kind::Neither);
    let report = router(&[&first, &second], RouterPolicy::default()).route(&message()).await;
    assert!(matches!(report.outcome, Outcome::Unknown(_)), "{:?}", report.outcome);
    assert_eq!((first.calls(), second.calls()), (2, 0));
}

#[tokio::test(start_paused = true)]
async fn a_gateway_that_did_not_send_is_tried_again_after_the_others() {
    let first = Double::new("first", Kind::Neither).failing([Fault::NotSent]);
    let second = Double::new("second", Kind::Neither);
    second.always(Fault::Refused(Class::Transient));
    let message = message();
    let report = router(&[&first, &second], RouterPolicy::default()).route(&message).await;
    assert_eq!(report.sent_by(), Some("first"));
    let visited: Vec<_> = report.visits.iter().map(|visit| visit.gateway.as_str()).collect();
    assert_eq!(visited, ["first", "second", "first"]);
}

/// While one gateway works a code is sent within the deadline, however the others hang.
#[tokio::test(start_paused = true)]
async fn gateways_that_hang_leave_time_for_the_one_that_works() {
    for kind in [Kind::Idempotent, Kind::Queryable, Kind::Neither] {
        for hanging in 1..=4 {
            let names = ["a", "b", "c", "d"];
            let stuck: Vec<_> =
                names[..hanging].iter().map(|name| Double::new(name, kind)).collect();
            for double in &stuck {
                double.always(Fault::Slow(Duration::from_hours(1)));
            }
            let working = Double::new("works", Kind::Neither);
            let all: Vec<_> = stuck.iter().chain([&working]).collect();
            let (message, start) = (message(), Instant::now());
            let report = router(&all, RouterPolicy::default()).route(&message).await;
            assert!(report.outcome.is_sent(), "{kind:?}, {hanging} hang: {report:?}");
            assert!(start.elapsed() <= Duration::from_secs(5), "{:?}", start.elapsed());
        }
    }
}

#[tokio::test(start_paused = true)]
async fn the_deadline_holds_when_nothing_works() {
    for kind in [Kind::Idempotent, Kind::Queryable, Kind::Neither] {
        let doubles = [Double::new("a", kind), Double::new("b", kind)];
        for double in &doubles {
            double.always(Fault::Slow(Duration::from_hours(1)));
        }
        let start = Instant::now();
        let [a, b] = &doubles;
        let report = router(&[a, b], RouterPolicy::default()).route(&message()).await;
        assert!(!report.outcome.is_sent());
        assert!(start.elapsed() <= Duration::from_secs(5), "{kind:?}: {:?}", start.elapsed());
    }
}

#[tokio::test(start_paused = true)]
async fn a_slow_call_is_joined_by_a_second_one_only_where_that_is_safe() {
    for (kind, calls, waited) in [
        (Kind::Idempotent, 2, Duration::from_millis(100)),
        (Kind::Neither, 1, Duration::from_millis(600)),
    ] {
        let double = Double::new("a", kind);
        let router = router(&[&double], RouterPolicy::default());
        for _ in 0..30 {
            assert!(router.send_now().await);
        }
        let before = double.calls();
        double.clone().failing([Fault::Slow(Duration::from_millis(600))]);
        let (message, start) = (message(), Instant::now());
        assert!(router.route(&message).await.outcome.is_sent());
        assert_eq!(double.calls() - before, calls, "{kind:?}");
        assert_eq!(double.sent(&message), 1, "{kind:?}");
        assert!(start.elapsed() <= waited, "{kind:?}: {:?}", start.elapsed());
    }
}

trait SendNow {
    async fn send_now(&self) -> bool;
}

impl SendNow for Router {
    async fn send_now(&self) -> bool {
        self.route(&message()).await.outcome.is_sent()
    }
}

#[tokio::test(start_paused = true)]
async fn routes_are_chosen_by_number_and_weight() {
    let names = ["china", "china-backup", "elsewhere", "everywhere"];
    let doubles = names.map(|name| Double::new(name, Kind::Neither));
    let [china, backup, elsewhere, everywhere] =
        doubles.clone().map(|it| Route::new(it.name(), Arc::new(it)));
    let prefix = |text: &str| -> Prefix { text.parse().unwrap() };
    let ways = vec![
        everywhere,
        elsewhere.only_to([prefix("+1"), prefix("+44")]),
        backup.only_to([prefix("+86")]).weight(1),
        china.only_to([prefix("+86")]).weight(9),
    ];
    let router =
        Router::new(ways, RouterPolicy::default(), clock(), StdRng::seed_from_u64(7)).unwrap();
    for _ in 0..500 {
        assert!(router.send_now().await);
    }
    let [china, backup, elsewhere, everywhere] = doubles.map(|it| it.calls());
    assert_eq!((elsewhere, everywhere), (0, 0), "the more specific route takes precedence");
    assert_eq!(china + backup, 500);
    assert!((25..=75).contains(&backup), "a tenth of 500: {backup}");
    let covering: Vec<_> = router.routes(MessageKind::by(&message())).collect();
    assert_eq!(covering, ["everywhere", "china-backup", "china"]);
}

#[tokio::test(start_paused = true)]
async fn a_message_without_a_route_is_not_sent() {
    let double = Double::new("a", Kind::Neither);
    let ways =
        vec![Route::new(double.name(), Arc::new(double.clone())).only_to(["+1".parse().unwrap()])];
    let router =
        Router::new(ways, RouterPolicy::default(), clock(), StdRng::seed_from_u64(7)).unwrap();
    assert!(matches!(router.route(&message()).await.outcome, Outcome::NotSent(_)));
    assert_eq!(double.calls(), 0);
}
