//! Two thousand sends through gateways that fail at random, compared with the ways of most
//! programs. The table is the one in the README.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use passport_sms_client::{
    Class, Locale, Message, Outcome, Router, RouterPolicy, Scope, SmsClient,
};
use tokio::time::{Instant, sleep};
use uuid::Uuid;

use crate::double::{Double, Fault, Kind};
use crate::{message, router};

const SENDS: usize = 2_000;
/// Interval between two sends.
const PACE: Duration = Duration::from_millis(20);
/// Time limit of the client of a gateway.
const LIMIT: Duration = Duration::from_secs(1);
/// One number in so many has reached its cap at one gateway.
const CAPPED: usize = 47;
/// One visitor in so many has a message that both gateways refuse.
const REFUSED: usize = 53;
/// The refusals of those visitors, one after another.
const REFUSALS: [Fault; 5] = [
    Fault::About(Class::Config, Scope::Number),
    Fault::About(Class::Config, Scope::Template),
    Fault::Refused(Class::UnknownCode),
    Fault::Refused(Class::BadRequest),
    Fault::Refused(Class::Transient),
];

/// Result of one send.
struct Sent {
    /// Ids under which the message was tried.
    ids: Vec<Uuid>,
    reported: Reported,
    took: Duration,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reported {
    Sent,
    NotSent,
    Capped,
    Unknown,
}

#[derive(Debug, PartialEq)]
struct Figures {
    delivered: f64,
    doubled: usize,
    wrong_statuses: usize,
    caps_bypassed: usize,
    /// Messages of other visitors that were reported as not sent.
    strangers_refused: usize,
    requests: f64,
    p99: Duration,
}

#[tokio::test(start_paused = true)]
async fn two_thousand_sends_are_delivered_once_and_reported_truly() {
    let mut table = "\
| way | delivered | twice or more | wrong status reported | caps bypassed | strangers refused | requests per message | p99 |
| --- | --- | --- | --- | --- | --- | --- | --- |
"
    .to_owned();
    let mut row = |name: &str, it: &Figures| {
        let (delivered, p99) = (it.delivered * 100.0, it.p99.as_secs_f64());
        let (doubled, wrong, caps) = (it.doubled, it.wrong_statuses, it.caps_bypassed);
        let (strangers, requests) = (it.strangers_refused, it.requests);
        let cells = format!(
            "{delivered:.1} % | {doubled} | {wrong} | {caps} | {strangers} | {requests:.2} | {p99:.2} s"
        );
        writeln!(table, "| {name} | {cells} |").unwrap();
    };
    row("one attempt", &crowd(PACE, |gateways, message| naive(gateways, message, &[0])).await);
    let again = crowd(PACE, |gateways, message| naive(gateways, message, &[0, 0, 0])).await;
    row("retry after any failure", &again);
    let next = crowd(PACE, |gateways, message| naive(gateways, message, &[0, 1, 0, 1, 0, 1])).await;
    row("next gateway after any failure", &next);
    let routed = crowd(PACE, routed).await;
    row("**`Router`**", &routed);
    println!("{table}");

    assert!((routed.delivered - 1.0).abs() < f64::EPSILON, "{routed:?}");
    assert_eq!(
        (routed.doubled, routed.wrong_statuses, routed.caps_bypassed, routed.strangers_refused),
        (0, 0, 0, 0),
        "{routed:?}"
    );
    assert!(routed.requests < 2.0, "a call in 1.6 works: {routed:?}");
    assert!(routed.p99 < Duration::from_millis(1_200), "{routed:?}");
    let readme = include_str!("../../README.md");
    assert!(readme.contains(&table), "put this into README.md:\n{table}");
}

/// The same in real time, four times as fast. Chance and the machine differ from run to run, so one
/// message in a thousand may arrive twice.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_thousand_sends_in_real_time_are_fast() {
    let routed = crowd(PACE / 4, routed).await;
    println!("{routed:?}");
    assert!((routed.delivered - 1.0).abs() < f64::EPSILON, "{routed:?}");
    let never = (routed.wrong_statuses, routed.caps_bypassed, routed.strangers_refused);
    assert!(never == (0, 0, 0) && routed.doubled <= SENDS / 1_000, "{routed:?}");
    assert!(routed.p99 < Duration::from_millis(1_200), "{routed:?}");
}

async fn routed(gateways: Gateways, message: Message) -> Sent {
    let start = Instant::now();
    let reported = reported(&gateways.router.route(&message).await.outcome);
    Sent { ids: vec![message.id], reported, took: start.elapsed() }
}

/// A program that treats unknown outcomes as failures, and uses a new id for each attempt.
async fn naive(gateways: Gateways, mut message: Message, order: &[usize]) -> Sent {
    let start = Instant::now();
    let (mut ids, mut last) = (Vec::new(), Reported::NotSent);
    for index in order {
        message.id = Uuid::new_v4();
        ids.push(message.id);
        last = reported(&gateways.doubles[*index].send(&message).await);
        if last == Reported::Sent {
            break;
        }
        last = Reported::NotSent;
    }
    Sent { ids, reported: last, took: start.elapsed() }
}

fn reported(outcome: &Outcome) -> Reported {
    match outcome {
        Outcome::Accepted { .. } | Outcome::Duplicate => Reported::Sent,
        Outcome::Rejected(it) if it.class == Class::RecipientThrottled => Reported::Capped,
        Outcome::NotSent(_) | Outcome::Rejected(_) => Reported::NotSent,
        Outcome::Unknown(_) => Reported::Unknown,
    }
}

#[derive(Clone)]
struct Gateways {
    doubles: [Double; 2],
    router: Arc<Router>,
}

async fn crowd<F>(pace: Duration, send: impl Fn(Gateways, Message) -> F) -> Figures
where
    F: Future<Output = Sent> + Send + 'static,
{
    let capped: Vec<_> = (0..SENDS).step_by(CAPPED).map(number).collect();
    let faults = || {
        let refused = (0..SENDS).skip(1).step_by(REFUSED).map(number);
        refused.zip(REFUSALS.into_iter().cycle())
    };
    let doubles = [
        Double::new("first", Kind::Idempotent).by_chance(11, LIMIT, capped).failing_for(faults()),
        Double::new("second", Kind::Idempotent).by_chance(12, LIMIT, []).failing_for(faults()),
    ];
    let refused: HashSet<_> = faults().map(|(number, _)| number).collect();
    let [first, second] = &doubles;
    let router = Arc::new(router(&[first, second], RouterPolicy::default()));
    let gateways = Gateways { doubles: doubles.clone(), router };
    let mut sends = Vec::with_capacity(SENDS);
    for index in 0..SENDS {
        let number = number(index);
        let is_refused = refused.contains(&number);
        let mut message = Message { to: number.parse().unwrap(), ..message() };
        if is_refused {
            // The template of another language is refused, not that of all.
            message.locale = Locale::ZhHant;
        }
        sends.push((is_refused, tokio::spawn(send(gateways.clone(), message))));
        sleep(pace).await;
    }
    let mut figures = Figures {
        delivered: 0.0,
        doubled: 0,
        wrong_statuses: 0,
        caps_bypassed: 0,
        strangers_refused: 0,
        requests: 0.0,
        p99: LIMIT,
    };
    let (mut times, mut meant, mut reached) = (Vec::new(), 0, 0);
    for (is_refused, send) in sends {
        let Sent { ids, reported, took } = send.await.unwrap();
        let left = |id: &Uuid| gateways.doubles.iter().map(|it| it.sent_id(*id)).sum::<usize>();
        let left: usize = ids.iter().map(left).sum();
        let was_capped = ids.iter().any(|id| first.refused_by_a_cap(*id));
        // A message to a number that has reached its cap must not arrive, and a refused one cannot.
        let is_meant = !was_capped && !is_refused;
        meant += usize::from(is_meant);
        reached += usize::from(is_meant && left > 0);
        figures.strangers_refused += usize::from(is_meant && reported == Reported::NotSent);
        figures.caps_bypassed += usize::from(was_capped && left > 0);
        figures.doubled += usize::from(left > 1);
        figures.wrong_statuses += usize::from(match reported {
            Reported::Sent => left == 0,
            Reported::NotSent | Reported::Capped => left > 0,
            Reported::Unknown => false,
        });
        if !is_refused {
            times.push(took);
        }
    }
    times.sort_unstable();
    figures.p99 = times[times.len() * 99 / 100];
    #[expect(clippy::cast_precision_loss, reason = "a few thousand")]
    {
        figures.delivered = reached as f64 / meant as f64;
        let requests: usize = gateways.doubles.iter().map(|it| it.calls() + it.queries()).sum();
        figures.requests = requests as f64 / SENDS as f64;
    }
    figures
}

fn number(index: usize) -> String {
    format!("+86138{index:08}")
}
