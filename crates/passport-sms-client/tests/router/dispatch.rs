//! Messages of processes that are killed.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use passport_sms_client::{
    Cause, Clock, Dispatch, InDoubt, Intent, Message, Notice, Outbox, Outcome, SealingKey, testing,
};
use passport_storage_memory::MemoryOutbox;
use rand::SeedableRng;
use rand::rngs::StdRng;
use tokio::time::{advance, sleep, timeout};
use uuid::Uuid;

use crate::double::{Double, Fault, Kind};
use crate::faulty::{FaultyOutbox, Step};
use crate::{clock, message, policy, router_at};

/// Longer than any lease.
pub(crate) const LAPSE: Duration = Duration::from_secs(10);

/// Key under which messages are sealed in the outbox.
pub(crate) const KEY: [u8; 32] = *b"the sealing key of these tests..";

/// A process: its memory is new, but not its outbox and its gateways.
pub(crate) fn process(
    doubles: &[&Double],
    in_doubt: InDoubt,
    outbox: &Arc<dyn Outbox>,
    clock: &Clock,
) -> Dispatch {
    let router = router_at(doubles, policy(in_doubt), clock.clone());
    let rng = StdRng::seed_from_u64(Uuid::new_v4().as_u64_pair().0);
    Dispatch::new(router, Arc::clone(outbox), SealingKey::new(KEY), rng)
}

/// Delivers, and kills the process during its first call.
pub(crate) async fn killed(process: Dispatch, message: &Message) {
    let delivering = timeout(Duration::from_millis(5), process.deliver(message));
    assert!(delivering.await.is_err(), "the process is killed before the call ends");
}

pub(crate) fn outbox() -> Arc<dyn Outbox> {
    Arc::new(MemoryOutbox::default())
}

#[tokio::test(start_paused = true)]
async fn a_message_is_delivered_and_closed() {
    let (first, outbox, clock) = (Double::new("first", Kind::Neither), outbox(), clock());
    let process = process(&[&first], InDoubt::PreferDelivery, &outbox, &clock);
    let message = message();
    assert!(process.deliver(&message).await.outcome.is_sent());
    advance(LAPSE).await;
    assert!(process.resume_abandoned(10).await.unwrap().is_empty());
    assert_eq!(first.sent(&message), 1);
}

#[tokio::test(start_paused = true)]
async fn the_same_message_is_not_sent_again() {
    let (first, outbox, clock) = (Double::new("first", Kind::Neither), outbox(), clock());
    let process = process(&[&first], InDoubt::PreferDelivery, &outbox, &clock);
    let message = message();
    assert!(process.deliver(&message).await.outcome.is_sent());
    let again = process.deliver(&message).await.outcome;
    assert!(matches!(again, Outcome::Unknown(Cause::InProgress)), "{again:?}");
    assert_eq!(first.calls(), 1);
}

#[tokio::test(start_paused = true)]
async fn messages_of_a_killed_process_are_sent_once() {
    for (kind, fault) in [
        (Kind::Idempotent, Fault::StalledBefore),
        (Kind::Idempotent, Fault::StalledAfter),
        (Kind::Queryable, Fault::StalledBefore),
        (Kind::Queryable, Fault::StalledAfter),
    ] {
        let first = Double::new("first", kind).failing([fault]);
        let second = Double::new("second", Kind::Neither);
        let (outbox, clock, message) = (outbox(), clock(), message());
        let doubles = [&first, &second];
        killed(process(&doubles, InDoubt::PreferDelivery, &outbox, &clock), &message).await;

        let successor = process(&doubles, InDoubt::PreferDelivery, &outbox, &clock);
        assert!(successor.resume_abandoned(10).await.unwrap().is_empty(), "the lease still holds");
        advance(LAPSE).await;
        let resumed = successor.resume_abandoned(10).await.unwrap();
        let [(id, report)] = resumed.as_slice() else { panic!("one message: {resumed:?}") };
        assert_eq!(*id, message.id);
        assert!(report.outcome.is_sent(), "{kind:?}, {fault:?}");
        assert_eq!(first.sent(&message) + second.sent(&message), 1, "{kind:?}, {fault:?}");
        advance(LAPSE).await;
        assert!(successor.resume_abandoned(10).await.unwrap().is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn a_notice_is_resumed_like_a_code() {
    for notice in Notice::ALL {
        let first = Double::new("first", Kind::Idempotent).failing([Fault::StalledBefore]);
        let (outbox, clock) = (outbox(), clock());
        let message = Message { intent: Intent::Notice(notice), ..message() };
        killed(process(&[&first], InDoubt::PreferDelivery, &outbox, &clock), &message).await;
        advance(LAPSE).await;
        let successor = process(&[&first], InDoubt::PreferDelivery, &outbox, &clock);
        let resumed = successor.resume_abandoned(10).await.unwrap();
        let [(id, report)] = resumed.as_slice() else { panic!("one message: {resumed:?}") };
        assert!(*id == message.id && report.outcome.is_sent(), "{notice:?}: {report:?}");
        assert_eq!(first.sent(&message), 1, "{notice:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn two_successors_send_one_message() {
    let first = Double::new("first", Kind::Idempotent).failing([Fault::StalledBefore]);
    let (outbox, clock, message) = (outbox(), clock(), message());
    let process = || process(&[&first], InDoubt::PreferDelivery, &outbox, &clock);
    killed(process(), &message).await;
    advance(LAPSE).await;
    let successors = [process(), process()];
    let [one, other] = &successors;
    let (one, other) = tokio::join!(one.resume_abandoned(10), other.resume_abandoned(10));
    assert_eq!(one.unwrap().len() + other.unwrap().len(), 1);
    assert_eq!(first.sent(&message), 1);
}

#[tokio::test(start_paused = true)]
async fn an_expired_code_is_not_sent() {
    let first = Double::new("first", Kind::Idempotent).failing([Fault::StalledBefore]);
    let (outbox, clock, message) = (outbox(), clock(), message());
    killed(process(&[&first], InDoubt::PreferDelivery, &outbox, &clock), &message).await;
    advance(Duration::from_mins(5)).await;
    let successor = process(&[&first], InDoubt::PreferDelivery, &outbox, &clock);
    assert!(successor.resume_abandoned(10).await.unwrap().is_empty());
    assert_eq!(first.calls(), 1);
}

/// The gateway that may have the message was removed from the settings meanwhile.
#[tokio::test(start_paused = true)]
async fn a_doubt_at_a_removed_gateway_stays() {
    for (in_doubt, at_second) in [(InDoubt::PreferDelivery, 1), (InDoubt::PreferSingle, 0)] {
        let first = Double::new("first", Kind::Idempotent).failing([Fault::StalledAfter]);
        let second = Double::new("second", Kind::Neither);
        let (outbox, clock, message) = (outbox(), clock(), message());
        killed(process(&[&first], in_doubt, &outbox, &clock), &message).await;
        advance(LAPSE).await;
        let successor = process(&[&second], in_doubt, &outbox, &clock);
        let (_, report) = successor.resume_abandoned(10).await.unwrap().pop().unwrap();
        assert_eq!(second.sent(&message), at_second, "{in_doubt:?}");
        assert_eq!(report.outcome.is_sent(), at_second == 1, "{in_doubt:?}");
        assert!(at_second == 1 || matches!(report.outcome, Outcome::Unknown(_)), "{report:?}");
    }
}

/// Whichever step of the record fails, a message that arrives, now or through a successor, is not
/// reported as not sent.
#[tokio::test(start_paused = true)]
async fn a_failing_record_causes_no_false_report() {
    for first_failure in [
        Step::Open,
        Step::FirstOpen,
        Step::RefusedOpen,
        Step::OpenThenRefused,
        Step::LateOpen,
        Step::Begin,
        Step::End,
    ] {
        for is_done in [false, true] {
            // An outbox that reports a false success is a matter of its contract.
            if (first_failure, is_done) == (Step::RefusedOpen, true) {
                continue;
            }
            for settle in [None, Some(false), Some(true)] {
                let settle = settle.map(|is_done| (Step::Settle, is_done));
                let fails: Vec<_> = [(first_failure, is_done)].into_iter().chain(settle).collect();
                for fault in [Fault::None, Fault::NotSent, Fault::LostAfter] {
                    report_is_true(fails.clone(), fault).await;
                    report_is_true(settle.into_iter().collect(), fault).await;
                }
            }
        }
    }
}

async fn report_is_true(fails: Vec<(Step, bool)>, fault: Fault) {
    let first = Double::new("first", Kind::Idempotent).failing([fault; 20]);
    let (within, clock, message) = (outbox(), clock(), message());
    let place = format!("{fails:?}, {fault:?}");
    let sender =
        process(&[&first], InDoubt::PreferDelivery, &FaultyOutbox::around(&within, fails), &clock);
    let reported = sender.deliver(&message).await.outcome;
    first.recover();
    // Late writes happen in between.
    sleep(LAPSE).await;
    let successor = process(&[&first], InDoubt::PreferDelivery, &within, &clock);
    let resumed = successor.resume_abandoned(10).await.unwrap();

    let (sent, place) = (first.sent(&message), format!("{place}: {reported:?}, {resumed:?}"));
    assert!(sent <= 1, "{place}");
    assert!(sent == 1 || !reported.is_sent(), "reported as sent: {place}");
    let denied = matches!(reported, Outcome::NotSent(_) | Outcome::Rejected(_));
    assert!(sent == 0 || !denied, "reported as not sent: {place}");
}

/// It is unknown whether the first opening is or will be recorded. Under one lease the second one
/// is the same message, so it may be sent, and is sent once.
#[tokio::test(start_paused = true)]
async fn an_unanswered_opening_is_repeated() {
    for is_done in [false, true] {
        let first = Double::new("first", Kind::Neither);
        let (within, clock, message) = (outbox(), clock(), message());
        let faulty = FaultyOutbox::around(&within, vec![(Step::FirstOpen, is_done)]);
        let process = |outbox| process(&[&first], InDoubt::PreferDelivery, outbox, &clock);
        assert!(process(&faulty).deliver(&message).await.outcome.is_sent(), "{is_done}");
        let again = process(&faulty).deliver(&message).await.outcome;
        assert!(matches!(again, Outcome::Unknown(Cause::InProgress)), "{again:?}");
        sleep(LAPSE).await;
        assert!(
            process(&within).resume_abandoned(10).await.unwrap().is_empty(),
            "the message is closed"
        );
        assert_eq!(first.calls(), 1, "{is_done}");
    }
}

/// The message will not appear in the record later, so the failure may be reported.
#[tokio::test(start_paused = true)]
async fn a_message_that_the_outbox_refuses_is_not_sent() {
    let first = Double::new("first", Kind::Neither);
    let (within, clock, message) = (outbox(), clock(), message());
    let faulty = FaultyOutbox::around(&within, vec![(Step::RefusedOpen, false)]);
    let process = |outbox| process(&[&first], InDoubt::PreferDelivery, outbox, &clock);
    let reported = process(&faulty).deliver(&message).await.outcome;
    let Outcome::NotSent(Cause::Unrecorded(cause)) = &reported else { panic!("{reported:?}") };
    assert_eq!(cause.source().unwrap().to_string(), "the disk is full");
    sleep(LAPSE).await;
    assert!(process(&within).resume_abandoned(10).await.unwrap().is_empty());
    assert_eq!(first.calls(), 0);
}

/// The second failure is certain, but only about itself.
#[tokio::test(start_paused = true)]
async fn a_refusal_does_not_settle_an_earlier_doubt() {
    let first = Double::new("first", Kind::Idempotent);
    let (within, clock, message) = (outbox(), clock(), message());
    let faulty = FaultyOutbox::around(&within, vec![(Step::OpenThenRefused, true)]);
    let process = |outbox| process(&[&first], InDoubt::PreferDelivery, outbox, &clock);
    let reported = process(&faulty).deliver(&message).await.outcome;
    assert!(matches!(reported, Outcome::Unknown(Cause::Unrecorded(_))), "{reported:?}");
    sleep(LAPSE).await;
    assert_eq!(process(&within).resume_abandoned(10).await.unwrap().len(), 1);
    assert_eq!(first.sent(&message), 1);
}

#[tokio::test]
#[should_panic(expected = "the message was written")]
async fn an_outbox_that_writes_what_it_refuses_breaks_the_contract() {
    let within = outbox();
    let lying = FaultyOutbox::around(&within, vec![(Step::RefusedOpen, true)]);
    testing::unwritten_messages_do_not_exist(lying, async || within).await;
}

#[tokio::test]
#[should_panic(expected = "NotWritten")]
async fn an_outbox_with_false_certainty_breaks_the_contract() {
    let within = outbox();
    let lying = FaultyOutbox::around(&within, vec![(Step::RefusedOpen, true)]);
    testing::a_lost_answer_is_no_refusal(lying, async || within).await;
}

/// The message is recorded after the sender stopped waiting. A successor sends it, so it must not
/// be reported as not sent.
#[tokio::test(start_paused = true)]
async fn a_message_that_is_recorded_late_is_in_doubt() {
    let first = Double::new("first", Kind::Idempotent);
    let (within, clock, message) = (outbox(), clock(), message());
    let faulty = FaultyOutbox::around(&within, vec![(Step::LateOpen, true)]);
    let process = |outbox| process(&[&first], InDoubt::PreferDelivery, outbox, &clock);
    let reported = process(&faulty).deliver(&message).await.outcome;
    assert!(matches!(reported, Outcome::Unknown(Cause::Unrecorded(_))), "{reported:?}");
    assert_eq!(first.calls(), 0, "an unrecorded message is not sent");
    sleep(LAPSE).await;
    assert_eq!(process(&within).resume_abandoned(10).await.unwrap().len(), 1);
    assert_eq!(first.sent(&message), 1);
}

/// A message that waits for a gateway is recorded, although no attempt has begun.
#[tokio::test(start_paused = true)]
async fn a_message_is_recorded_before_it_waits() {
    let (first, outbox, clock) = (Double::new("first", Kind::Neither), outbox(), clock());
    let first = first.failing([Fault::Busy(clock.now() + Duration::from_secs(1))]);
    let process = || process(&[&first], InDoubt::PreferDelivery, &outbox, &clock);
    let node = process();
    let throttled = message();
    drop(timeout(Duration::from_millis(5), node.deliver(&throttled)).await);
    let waiting = message();
    killed(node, &waiting).await;
    assert_eq!(first.sent(&waiting), 0);
    sleep(LAPSE).await;
    _ = process().resume_abandoned(10).await.unwrap();
    assert_eq!(first.sent(&waiting), 1);
}

/// Redeemed codes and receipts feed the statistics of the router.
#[tokio::test(start_paused = true)]
async fn redeemed_codes_feed_the_statistics() {
    let (first, outbox, clock) = (Double::new("first", Kind::Neither), outbox(), clock());
    let process = process(&[&first], InDoubt::PreferDelivery, &outbox, &clock);
    let start = clock.now();
    for index in 0..100 {
        let message = message();
        assert!(process.deliver(&message).await.outcome.is_sent());
        if index < 30 {
            assert!(outbox.redeemed(message.id).await.unwrap());
        }
    }
    let until = process.learn(start).await.unwrap();
    assert_eq!(until, start, "no message is old enough");
    assert!(process.router().conversion().rates(clock.now()).is_empty());
    advance(Duration::from_mins(11)).await;
    let until = process.learn(until).await.unwrap();
    let rates = process.router().conversion().rates(clock.now());
    assert_eq!(rates.len(), 2, "country and carrier: {rates:?}");
    assert!((rates[0].rate - 0.3).abs() < 0.001, "{rates:?}");
    assert_eq!(process.learn(until).await.unwrap(), until, "each message is counted once");
}
