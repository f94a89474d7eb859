//! What a refusal is about is paused, and nothing else.

use std::time::Duration;

use futures::future::join_all;
use passport_sms_client::{Class, Locale, Message, Outcome, Router, RouterPolicy, Scope};
use tokio::time::{Instant, advance};

use crate::double::{Double, Fault, Kind};
use crate::{NUMBER, message, router};

const STRANGER: &str = "+8613900139000";

fn english_to(number: &str) -> Message {
    Message { to: number.parse().unwrap(), locale: Locale::En, ..message() }
}

fn chinese_to(number: &str) -> Message {
    Message { locale: Locale::ZhHans, ..english_to(number) }
}

/// A gateway that refuses every message to [`NUMBER`], and its router.
fn refusing(class: Class, scope: Scope) -> (Double, Router) {
    let faults = [(NUMBER.to_owned(), Fault::About(class, scope))];
    let double = Double::new("only", Kind::Neither).failing_for(faults);
    let router = router(&[&double], RouterPolicy::default());
    (double, router)
}

#[tokio::test(start_paused = true)]
async fn s1_a_refused_message_stops_no_stranger() {
    for class in [Class::Config, Class::UnsupportedDestination, Class::UnknownCode] {
        for scope in [Scope::Message, Scope::Number, Scope::Template, Scope::Region] {
            let (_, router) = refusing(class, scope);
            for _ in 0..10 {
                let refused = router.route(&english_to(NUMBER)).await;
                assert!(!refused.outcome.is_sent());
                let start = Instant::now();
                let report = router.route(&chinese_to(STRANGER)).await;
                assert!(report.outcome.is_sent(), "{class:?}, {scope:?}: {report:?}");
                assert!(start.elapsed() < Duration::from_millis(100), "{class:?}, {scope:?}");
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn s1_a_template_missing_in_english_stops_nobody_else() {
    let missing = Fault::About(Class::Config, Scope::Template);
    let first = Double::new("first", Kind::Neither).failing([missing; 20]);
    let second = Double::new("second", Kind::Neither);
    let router = router(&[&first, &second], RouterPolicy::default());
    for _ in 0..20 {
        assert_eq!(router.route(&english_to(NUMBER)).await.sent_by(), Some("second"));
    }
    assert_eq!(first.calls(), 1, "English to this region is paused");
    first.recover();
    assert_eq!(router.route(&chinese_to(NUMBER)).await.sent_by(), Some("first"));
    assert_eq!(router.route(&english_to("+447700900123")).await.sent_by(), Some("first"));
    assert_eq!(router.route(&english_to(NUMBER)).await.sent_by(), Some("second"), "still paused");
    advance(Duration::from_mins(1)).await;
    assert_eq!(router.route(&english_to(NUMBER)).await.sent_by(), Some("first"));
}

/// With another gateway behind it, no trial would show that the first one is paused for a stranger.
#[tokio::test(start_paused = true)]
async fn s1_a_refused_message_moves_no_stranger_to_another_gateway() {
    let about = |class, scope| Fault::About(class, scope);
    for fault in [
        about(Class::Config, Scope::Number),
        about(Class::Config, Scope::Template),
        about(Class::Config, Scope::Region),
        about(Class::UnsupportedDestination, Scope::Region),
        about(Class::AccountThrottled, Scope::Region),
        Fault::Refused(Class::UnknownCode),
        Fault::Refused(Class::BadRequest),
        Fault::Refused(Class::Transient),
        Fault::LostBefore,
        Fault::NotSent,
    ] {
        for kind in [Kind::Idempotent, Kind::Queryable, Kind::Neither] {
            let first = Double::new("first", kind).failing_for([(NUMBER.to_owned(), fault)]);
            let second = Double::new("second", kind);
            let router = router(&[&first, &second], RouterPolicy::default());
            // Fewer messages than the breaker tolerates, each with several calls.
            for _ in 0..4 {
                let report = router.route(&english_to(NUMBER)).await;
                assert!(report.outcome.is_sent(), "{fault:?}, {kind:?}: {report:?}");
            }
            let report = router.route(&chinese_to(STRANGER)).await;
            assert_eq!(report.sent_by(), Some("first"), "{fault:?}, {kind:?}: {report:?}");
        }
    }
}

/// Visitors who keep asking for refused messages take no trial from others.
#[tokio::test(start_paused = true)]
async fn s1_many_refused_messages_at_once_stop_no_stranger() {
    for scope in [Scope::Message, Scope::Number, Scope::Template, Scope::Region] {
        let (_, router) = refusing(Class::Config, scope);
        let refused = [(); 50].map(|()| english_to(NUMBER));
        let strangers = [(); 50].map(|()| chinese_to(STRANGER));
        let reports = join_all(refused.iter().chain(&strangers).map(|it| router.route(it))).await;
        let sent = reports.iter().filter(|report| report.outcome.is_sent()).count();
        assert_eq!(sent, strangers.len(), "{scope:?}");
    }
}

/// One visitor's message fails in every way. The breaker counts messages, not calls.
#[tokio::test(start_paused = true)]
async fn s1_a_message_that_fails_for_ever_stops_no_stranger() {
    for kind in [Kind::Idempotent, Kind::Queryable, Kind::Neither] {
        for fault in [Fault::LostBefore, Fault::NotSent, Fault::Refused(Class::Transient)] {
            let double = Double::new("only", kind).failing_for([(NUMBER.to_owned(), fault)]);
            let router = router(&[&double], RouterPolicy::default());
            for round in 0..20 {
                _ = router.route(&english_to(NUMBER)).await;
                let report = router.route(&english_to(STRANGER)).await;
                assert!(report.outcome.is_sent(), "{kind:?}, {fault:?}, {round}: {report:?}");
            }
            // Without others in between the gateway is paused, and a stranger tries it.
            for _ in 0..10 {
                _ = router.route(&english_to(NUMBER)).await;
            }
            let strangers = [(); 20].map(|()| english_to(STRANGER));
            let reports = join_all(strangers.iter().map(|it| router.route(it))).await;
            assert!(reports.iter().all(|it| it.outcome.is_sent()), "{kind:?}, {fault:?}");
        }
    }
}

/// The balance is used up, and topped up later.
#[tokio::test(start_paused = true)]
async fn s1_a_corrected_account_is_noticed_within_seconds() {
    let only = Double::new("only", Kind::Neither);
    only.always(Fault::About(Class::Config, Scope::Account));
    let router = router(&[&only], RouterPolicy::default());
    for _ in 0..10 {
        assert!(!router.route(&message()).await.outcome.is_sent());
    }
    only.always(Fault::None);
    let start = Instant::now();
    assert!(router.route(&message()).await.outcome.is_sent());
    assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
    let before = Instant::now();
    assert!(router.route(&message()).await.outcome.is_sent());
    assert!(before.elapsed() < Duration::from_millis(100), "the pause is over");
}

/// While another gateway works, a refused account is left alone.
#[tokio::test(start_paused = true)]
async fn a_refused_account_gets_one_call_a_minute() {
    let first = Double::new("first", Kind::Neither);
    first.always(Fault::About(Class::Config, Scope::Account));
    let second = Double::new("second", Kind::Neither);
    let router = router(&[&first, &second], RouterPolicy::default());
    for minute in 1..=3 {
        for _ in 0..20 {
            let report = router.route(&message()).await;
            assert_eq!(report.sent_by(), Some("second"));
        }
        assert_eq!(first.calls(), minute);
        advance(Duration::from_mins(1)).await;
    }
}

/// A limit for one region pauses that region.
#[tokio::test(start_paused = true)]
async fn s1_a_limit_of_a_region_stops_no_other_region() {
    let (double, router) = refusing(Class::AccountThrottled, Scope::Region);
    let Outcome::Rejected(rejection) = router.route(&english_to(NUMBER)).await.outcome else {
        panic!("it is refused")
    };
    assert_eq!(rejection.scope, Scope::Region);
    let before = double.calls();
    assert!(router.route(&english_to(STRANGER)).await.outcome.is_sent());
    assert_eq!(double.calls(), before + 1);
}
