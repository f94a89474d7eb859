use std::time::{Duration, Instant};

use futures::future::join_all;
use passport_sms_client::{Message, SmsClient};
use rustix::time::{ClockId, clock_gettime};

use crate::bare::Bare;
use crate::double::Double;
use crate::gateways::names;
use crate::support::message;
use crate::{IN_FLIGHT, python, runtime};

/// Number of turns; the median counts.
const TURNS: usize = 501;
/// Messages per turn: about a millisecond, so that most turns are not interrupted.
const MESSAGES: u32 = 32;

/// Prints the rates of this crate and of bare `hyper`, measured in turns, so that a busy moment
/// affects both.
pub(crate) fn print() {
    println!("messages a second (microseconds that the sending thread computed for each)");
    println!("median of {TURNS} turns of {MESSAGES} messages\n");
    for name in names() {
        let double = Double::start(name);
        compare(name, &double, 1);
        compare(name, &double, IN_FLIGHT);
        python::run(name, &double);
    }
    println!();
}

fn compare(name: &str, double: &Double, in_flight: usize) {
    let before = double.connections();
    let mut turns = Vec::new();
    runtime().block_on(async {
        let gateway = double.gateway();
        send(&*gateway, &messages(in_flight), in_flight).await;
        let mut connections = Vec::new();
        for _ in 0..in_flight {
            connections.push(Bare::open(double).await);
        }
        for _ in 0..TURNS {
            let messages = messages(MESSAGES as usize);
            let ours = Turn::time(send(&*gateway, &messages, in_flight)).await;
            let bare = Turn::time(exchange(&mut connections)).await;
            turns.push((ours, bare));
        }
    });
    assert_eq!(double.connections() - before, 2 * in_flight, "connections are kept");
    let of = |figure: &dyn Fn(&(Turn, Turn)) -> f64| median(turns.iter().map(figure).collect());
    println!(
        "{name:10}  {in_flight} in flight:  ours {:6.0} ({:4.1})  bare {:6.0} ({:4.1})  ratio {:.2} ({:.2})",
        of(&|(ours, _)| ours.rate()),
        of(&|(ours, _)| ours.cost()),
        of(&|(_, bare)| bare.rate()),
        of(&|(_, bare)| bare.cost()),
        of(&|(ours, bare)| ours.rate() / bare.rate()),
        of(&|(ours, bare)| ours.cost() / bare.cost()),
    );
}

fn messages(count: usize) -> Vec<Message> {
    (0..count).map(|_| message()).collect()
}

async fn send(gateway: &dyn SmsClient, messages: &[Message], in_flight: usize) {
    let senders = messages.chunks(messages.len() / in_flight).map(async |messages| {
        for message in messages {
            assert!(gateway.send(message).await.is_sent());
        }
    });
    join_all(senders).await;
}

async fn exchange(connections: &mut [Bare]) {
    let each = MESSAGES as usize / connections.len();
    let senders = connections.iter_mut().map(async |connection| {
        for _ in 0..each {
            connection.exchange().await;
        }
    });
    join_all(senders).await;
}

/// Duration of a turn.
struct Turn {
    passed: Duration,
    /// CPU time of the thread in it, which does not depend on other work of the machine.
    computed: Duration,
}

impl Turn {
    async fn time(work: impl Future<Output = ()>) -> Self {
        let (start, computed) = (Instant::now(), computed());
        work.await;
        Self { passed: start.elapsed(), computed: self::computed().saturating_sub(computed) }
    }

    /// Messages per second.
    fn rate(&self) -> f64 {
        f64::from(MESSAGES) / self.passed.as_secs_f64()
    }

    /// CPU time per message, in microseconds.
    fn cost(&self) -> f64 {
        self.computed.as_secs_f64() * 1e6 / f64::from(MESSAGES)
    }
}

/// CPU time of this thread so far.
fn computed() -> Duration {
    clock_gettime(ClockId::ThreadCPUTime).try_into().unwrap()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
