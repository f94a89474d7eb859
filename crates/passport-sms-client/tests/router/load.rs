//! Number of calls to a gateway that is down.

use std::sync::Arc;
use std::time::Duration;

use futures::future::join_all;
use passport_sms_client::{Class, Router, RouterPolicy};
use tokio::time::sleep;

use crate::double::{Double, Fault, Kind};
use crate::{message, router};

const KINDS: [Kind; 3] = [Kind::Idempotent, Kind::Queryable, Kind::Neither];

const FAULTS: [Fault; 6] = [
    Fault::NotSent,
    Fault::LostBefore,
    Fault::LostAfter,
    Fault::StalledBefore,
    Fault::Slow(Duration::from_hours(1)),
    Fault::Refused(Class::Transient),
];

/// Gateways that are down, with their router.
fn dead(kind: Kind, fault: Fault, names: &[&'static str]) -> (Vec<Double>, Arc<Router>) {
    let doubles: Vec<_> = names.iter().map(|name| Double::new(name, kind).unresponsive()).collect();
    for double in &doubles {
        double.always(fault);
    }
    let all: Vec<_> = doubles.iter().collect();
    let router = Arc::new(router(&all, RouterPolicy::default()));
    (doubles, router)
}

fn requests(double: &Double) -> usize {
    double.calls() + double.queries()
}

#[tokio::test(start_paused = true)]
async fn s2_a_dead_gateway_gets_fewer_than_four_requests_of_a_message() {
    for kind in KINDS {
        for fault in FAULTS {
            for names in [&["a"][..], &["a", "b"], &["a", "b", "c"]] {
                let (doubles, router) = dead(kind, fault, names);
                _ = router.route(&message()).await;
                for double in &doubles {
                    let requests = requests(double);
                    assert!((1..4).contains(&requests), "{kind:?}, {fault:?}: {requests}");
                }
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn s2_three_hundred_messages_make_fewer_than_four_hundred_requests() {
    for kind in KINDS {
        for fault in FAULTS {
            let (one_by_one, router) = dead(kind, fault, &["a"]);
            for _ in 0..300 {
                _ = router.route(&message()).await;
            }
            let (at_once, router) = dead(kind, fault, &["a"]);
            let messages: Vec<_> = (0..300).map(|_| message()).collect();
            join_all(messages.iter().map(|it| router.route(it))).await;
            let (in_turn, router) = dead(kind, fault, &["a"]);
            let mut sends = Vec::new();
            for _ in 0..300 {
                let router = Arc::clone(&router);
                sends.push(tokio::spawn(async move { router.route(&message()).await }));
                sleep(Duration::from_millis(50)).await;
            }
            join_all(sends).await;
            let all = [one_by_one, at_once, in_turn].map(|doubles| requests(&doubles[0]));
            println!("{kind:?}, {fault:?}: one by one, at once, 20 a second: {all:?} requests");
            assert!(all.iter().all(|requests| *requests < 400), "{kind:?}, {fault:?}: {all:?}");
        }
    }
}

/// A gateway that recovers is used by all messages that wait, not by one a second.
#[tokio::test(start_paused = true)]
async fn s2_messages_that_wait_for_a_trial_are_sent_when_it_succeeds() {
    let (doubles, router) = dead(Kind::Neither, Fault::NotSent, &["a"]);
    for _ in 0..10 {
        assert!(!router.route(&message()).await.outcome.is_sent());
    }
    doubles[0].always(Fault::None);
    let messages: Vec<_> = (0..50).map(|_| message()).collect();
    let reports = join_all(messages.iter().map(|it| router.route(it))).await;
    assert!(reports.iter().all(|report| report.outcome.is_sent()));
}
