//! Cost of a message: made and signed, and sent over TLS on a kept connection, compared with
//! `hyper` and `rustls` for the same bytes and the same answer.
//!
//! ```text
//! taskset -c 1 cargo bench -p passport-sms-gateways --bench sending
//! ```
//!
//! One core runs client and double in turns: on two, the figures varied by a factor of three with
//! the core that the scheduler chose for the double.
//!
//! First comes the comparison, in turns, with the vendors' own clients for Python if
//! `SMS_BENCH_PYTHON` names an interpreter that has them; see `tools/python_clients.py`. Then comes
//! `divan`, which counts the allocations of the thread that sends; the double has its own thread.

#![expect(clippy::unwrap_used, reason = "a benchmark that cannot go on stops")]

#[path = "../../tests/support/mod.rs"]
#[expect(dead_code, unused_imports, reason = "the tests use the rest")]
mod support;

mod bare;
mod comparison;
mod double;
mod gateways;
mod identity;
mod python;

use std::hint::black_box;

use divan::counter::ItemsCount;
use divan::{AllocProfiler, Bencher};
use futures::future::join_all;
use passport_sms_client::{Cause, Outcome};
use tokio::runtime::Runtime;

use crate::bare::Bare;
use crate::double::Double;
use crate::gateways::names;
use crate::support::message;

#[global_allocator]
static ALLOCATOR: AllocProfiler = AllocProfiler::system();

/// Number of simultaneous messages in the benchmarks with several.
const IN_FLIGHT: usize = 8;

fn main() {
    // Only requests that the strict double of the tests accepts are measured.
    gateways::verify();
    // Not if benches are only listed or tried.
    if std::env::args().any(|argument| argument == "--bench") {
        comparison::print();
    }
    divan::main();
}

/// From a message to a signed request, and [`refusal`].
#[divan::bench(args = names())]
fn signing(bencher: Bencher<'_, '_>, name: &str) {
    let runtime = runtime();
    let gateway = gateways::nowhere(name);
    bencher.counter(ItemsCount::new(1_u32)).with_inputs(message).bench_local_refs(|message| {
        let outcome = runtime.block_on(gateway.send(message));
        assert!(matches!(outcome, Outcome::NotSent(Cause::Unreachable(_))), "{outcome:?}");
    });
}

/// The part of [`signing`] that is not signing: TLS refuses the host before a socket is opened.
#[divan::bench]
fn refusal(bencher: Bencher<'_, '_>) {
    let runtime = runtime();
    let refusal = bare::Refusal::new();
    bencher.bench_local(|| runtime.block_on(refusal.meet()));
}

#[divan::bench(args = names())]
fn sending(bencher: Bencher<'_, '_>, name: &str) {
    let runtime = runtime();
    let double = Double::start(name);
    let gateway = double.gateway();
    assert!(runtime.block_on(gateway.send(&message())).is_sent());
    bencher.counter(ItemsCount::new(1_u32)).with_inputs(message).bench_local_refs(|message| {
        assert!(runtime.block_on(gateway.send(message)).is_sent());
    });
    assert_eq!(double.connections(), 1);
}

/// The same bytes in both directions as in [`sending`], by `hyper` and `rustls` alone.
#[divan::bench(args = names())]
fn sending_bare(bencher: Bencher<'_, '_>, name: &str) {
    let runtime = runtime();
    let double = Double::start(name);
    assert!(runtime.block_on(double.gateway().send(&message())).is_sent());
    let mut bare = runtime.block_on(Bare::open(&double));
    bencher
        .counter(ItemsCount::new(1_u32))
        .bench_local(|| black_box(runtime.block_on(bare.exchange())));
}

/// Eight messages at once; allocations are those of all eight.
#[divan::bench(args = names())]
fn sending_8(bencher: Bencher<'_, '_>, name: &str) {
    let runtime = runtime();
    let double = Double::start(name);
    let gateway = double.gateway();
    let send_all = |messages: &[_]| {
        let outcomes = runtime.block_on(join_all(messages.iter().map(|it| gateway.send(it))));
        assert!(outcomes.iter().all(Outcome::is_sent));
    };
    let messages = || std::array::from_fn::<_, IN_FLIGHT, _>(|_| message());
    send_all(&messages());
    bencher
        .counter(ItemsCount::new(IN_FLIGHT))
        .with_inputs(messages)
        .bench_local_refs(|messages| send_all(messages));
    assert_eq!(double.connections(), IN_FLIGHT);
}

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}
