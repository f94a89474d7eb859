//! Two thousand sends through gateways that fail at random, compared with the ways of most
//! programs. The table is the one in the README.

use std::fmt::Write as _;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use passport_sms_client::{Class, Message, Outcome, Router, RouterPolicy, SmsClient};
use tokio::time::{Instant, sleep};
use uuid::Uuid;

use crate::double::{Double, Kind};
use crate::{message, router};

const SENDS: usize = 2_000;
/// Number of sends, one message each.
const PACE: Duration = Duration::from_millis(20);
/// Time limit of the client of a gateway.
const LIMIT: Duration = Duration::from_secs(1);
/// One number in so many has reached its cap at one gateway.
const CAPPED: usize = 47;

/// Result of one send.
struct Sent {
    /// Ids under which the message was tried.
    ids: Vec<Uuid>,
    told: Told,
    took: Duration,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Told {
    Sent,
    NotSent,
    Capped,
    Unknown,
}

#[derive(Debug, PartialEq)]
struct Figures {
    delivered: f64,
    doubled: usize,
    falsehoods: usize,
    caps_bypassed: usize,
    p99: Duration,
}

#[tokio::test(start_paused = true)]
async fn two_thousand_sends_are_delivered_once_and_reported_truly() {
    let mut table = "\
| way | delivered | twice or more | wrong status reported | caps bypassed | p99 |
| --- | --- | --- | --- | --- | --- |
"
    .to_owned();
    let mut row = |name: &str, it: &Figures| {
        let (delivered, p99) = (it.delivered * 100.0, it.p99.as_secs_f64());
        let (doubled, falsehoods, caps) = (it.doubled, it.falsehoods, it.caps_bypassed);
        let cells = format!("{delivered:.1} % | {doubled} | {falsehoods} | {caps} | {p99:.2} s");
        writeln!(table, "| {name} | {cells} |").unwrap();
    };
    row("one attempt", &crowd(|gateways, message| naive(gateways, message, &[0])).await);
    let again = crowd(|gateways, message| naive(gateways, message, &[0, 0, 0])).await;
    row("retry after any failure", &again);
    let next = crowd(|gateways, message| naive(gateways, message, &[0, 1, 0, 1, 0, 1])).await;
    row("next gateway after any failure", &next);
    let routed = crowd(routed).await;
    row("**`Router`**", &routed);
    println!("{table}");

    assert!((routed.delivered - 1.0).abs() < f64::EPSILON, "{routed:?}");
    assert_eq!((routed.doubled, routed.falsehoods, routed.caps_bypassed), (0, 0, 0), "{routed:?}");
    assert!(routed.p99 < Duration::from_millis(1_200), "{routed:?}");
    let readme = include_str!("../../README.md");
    assert!(readme.contains(&table), "put this into README.md:\n{table}");
}

async fn routed(gateways: Gateways, message: Message) -> Sent {
    let start = Instant::now();
    let told = told(&gateways.router.route(&message).await.outcome);
    Sent { ids: vec![message.id], told, took: start.elapsed() }
}

/// A program that treats unknown outcomes as failures, and uses a new id for each attempt.
async fn naive(gateways: Gateways, mut message: Message, order: &[usize]) -> Sent {
    let start = Instant::now();
    let (mut ids, mut last) = (Vec::new(), Told::NotSent);
    for index in order {
        message.id = Uuid::new_v4();
        ids.push(message.id);
        last = told(&gateways.doubles[*index].send(&message).await);
        if last == Told::Sent {
            break;
        }
        last = Told::NotSent;
    }
    Sent { ids, told: last, took: start.elapsed() }
}

fn told(outcome: &Outcome) -> Told {
    match outcome {
        Outcome::Accepted { .. } | Outcome::Duplicate => Told::Sent,
        Outcome::Rejected(it) if it.class == Class::RecipientThrottled => Told::Capped,
        Outcome::NotSent(_) | Outcome::Rejected(_) => Told::NotSent,
        Outcome::Unknown(_) => Told::Unknown,
    }
}

#[derive(Clone)]
struct Gateways {
    doubles: [Double; 2],
    router: Arc<Router>,
}

async fn crowd<F>(send: impl Fn(Gateways, Message) -> F) -> Figures
where
    F: Future<Output = Sent> + Send + 'static,
{
    let capped: Vec<_> = (0..SENDS).step_by(CAPPED).map(number).collect();
    let doubles = [
        Double::new("first", Kind::Idempotent).by_chance(11, LIMIT, capped),
        Double::new("second", Kind::Idempotent).by_chance(12, LIMIT, []),
    ];
    let [first, second] = &doubles;
    let router = Arc::new(router(&[first, second], RouterPolicy::default()));
    let gateways = Gateways { doubles: doubles.clone(), router };
    let mut sends = Vec::with_capacity(SENDS);
    for index in 0..SENDS {
        let message = Message { to: number(index).parse().unwrap(), ..message() };
        sends.push(tokio::spawn(send(gateways.clone(), message)));
        sleep(PACE).await;
    }
    let mut figures =
        Figures { delivered: 0.0, doubled: 0, falsehoods: 0, caps_bypassed: 0, p99: LIMIT };
    let (mut times, mut meant, mut reached) = (Vec::new(), 0, 0);
    for send in sends {
        let Sent { ids, told, took } = send.await.unwrap();
        let left = |id: &Uuid| gateways.doubles.iter().map(|it| it.sent_id(*id)).sum::<usize>();
        let left: usize = ids.iter().map(left).sum();
        let was_told = ids.iter().any(|id| first.refused_by_a_cap(*id));
        // A message to a number that has reached its cap must not arrive.
        meant += usize::from(!was_told);
        reached += usize::from(!was_told && left > 0);
        figures.caps_bypassed += usize::from(was_told && left > 0);
        figures.doubled += usize::from(left > 1);
        figures.falsehoods += usize::from(match told {
            Told::Sent => left == 0,
            Told::NotSent | Told::Capped => left > 0,
            Told::Unknown => false,
        });
        times.push(took);
    }
    times.sort_unstable();
    figures.p99 = times[SENDS * 99 / 100];
    #[expect(clippy::cast_precision_loss, reason = "a few thousand")]
    {
        figures.delivered = reached as f64 / meant as f64;
    }
    figures
}

fn number(index: usize) -> String {
    format!("+86138{index:08}")
}
