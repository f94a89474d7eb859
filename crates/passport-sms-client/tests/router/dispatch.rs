//! What a process that dies leaves behind.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use passport_sms_client::{
    Cause, Claimed, Clock, Delivery, Dispatch, Entry, Figure, Idle, InDoubt, Lease, Message, Noted,
    Opened, Outbox, OutboxError, Outcome, Receipt, SealingKey, Standing, Tenure,
};
use passport_storage_memory::MemoryOutbox;
use rand::SeedableRng;
use rand::rngs::StdRng;
use time::OffsetDateTime;
use tokio::time::{advance, sleep, timeout};
use uuid::Uuid;

use crate::double::{Double, Fault, Kind};
use crate::{clock, message, policy, router_at};

/// Longer than any lease.
pub(crate) const LAPSE: Duration = Duration::from_secs(10);

/// Longer than a message may take, and shorter than any lease.
pub(crate) const SLOWLY: Duration = Duration::from_millis(3_100);

/// Under which messages lie in the outbox.
pub(crate) const KEY: [u8; 32] = *b"the sealing key of these tests..";

/// A process: what it holds in memory is new, its outbox and its gateways are not.
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

/// Delivers, and kills the process while its first call is on the way.
pub(crate) async fn killed(process: Dispatch, message: &Message) {
    let delivering = timeout(Duration::from_millis(5), process.deliver(message));
    assert!(delivering.await.is_err(), "it is killed before it is done");
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
    assert!(matches!(again, Outcome::Unknown(Cause::InHand)), "{again:?}");
    assert_eq!(first.calls(), 1);
}

#[tokio::test(start_paused = true)]
async fn what_a_dead_process_left_is_sent_once() {
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

        let heir = process(&doubles, InDoubt::PreferDelivery, &outbox, &clock);
        assert!(heir.resume_abandoned(10).await.unwrap().is_empty(), "the lease still holds");
        advance(LAPSE).await;
        let resumed = heir.resume_abandoned(10).await.unwrap();
        let [(id, report)] = resumed.as_slice() else { panic!("one message: {resumed:?}") };
        assert_eq!(*id, message.id);
        assert!(report.outcome.is_sent(), "{kind:?}, {fault:?}");
        assert_eq!(first.sent(&message) + second.sent(&message), 1, "{kind:?}, {fault:?}");
        advance(LAPSE).await;
        assert!(heir.resume_abandoned(10).await.unwrap().is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn two_heirs_send_one_message() {
    let first = Double::new("first", Kind::Idempotent).failing([Fault::StalledBefore]);
    let (outbox, clock, message) = (outbox(), clock(), message());
    let process = || process(&[&first], InDoubt::PreferDelivery, &outbox, &clock);
    killed(process(), &message).await;
    advance(LAPSE).await;
    let heirs = [process(), process()];
    let [one, other] = &heirs;
    let (one, other) = tokio::join!(one.resume_abandoned(10), other.resume_abandoned(10));
    assert_eq!(one.unwrap().len() + other.unwrap().len(), 1);
    assert_eq!(first.sent(&message), 1);
}

#[tokio::test(start_paused = true)]
async fn a_dead_code_is_not_sent() {
    let first = Double::new("first", Kind::Idempotent).failing([Fault::StalledBefore]);
    let (outbox, clock, message) = (outbox(), clock(), message());
    killed(process(&[&first], InDoubt::PreferDelivery, &outbox, &clock), &message).await;
    advance(Duration::from_mins(5)).await;
    let heir = process(&[&first], InDoubt::PreferDelivery, &outbox, &clock);
    assert!(heir.resume_abandoned(10).await.unwrap().is_empty());
    assert_eq!(first.calls(), 1);
}

/// The gateway that may have the message was taken out of the settings meanwhile.
#[tokio::test(start_paused = true)]
async fn a_doubt_at_a_gateway_that_is_gone_stays_one() {
    for (in_doubt, at_second) in [(InDoubt::PreferDelivery, 1), (InDoubt::PreferSingle, 0)] {
        let first = Double::new("first", Kind::Idempotent).failing([Fault::StalledAfter]);
        let second = Double::new("second", Kind::Neither);
        let (outbox, clock, message) = (outbox(), clock(), message());
        killed(process(&[&first], in_doubt, &outbox, &clock), &message).await;
        advance(LAPSE).await;
        let heir = process(&[&second], in_doubt, &outbox, &clock);
        let (_, report) = heir.resume_abandoned(10).await.unwrap().pop().unwrap();
        assert_eq!(second.sent(&message), at_second, "{in_doubt:?}");
        assert_eq!(report.outcome.is_sent(), at_second == 1, "{in_doubt:?}");
        assert!(at_second == 1 || matches!(report.outcome, Outcome::Unknown(_)), "{report:?}");
    }
}

/// Fails at some steps, before or after doing them, and is otherwise as the one within.
#[derive(Debug)]
pub(crate) struct FaultyOutbox {
    within: Arc<dyn Outbox>,
    /// Each with whether it is done all the same.
    fails: Vec<(Step, bool)>,
    was_opened: AtomicBool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    Open,
    /// Opening, the first time only.
    FirstOpen,
    /// Opening, which if it is done is done after the answer.
    LateOpen,
    Begin,
    /// Beginning, which is done and takes longer than a message may.
    SlowBegin,
    End,
    Settle,
}

impl FaultyOutbox {
    pub(crate) fn around(within: &Arc<dyn Outbox>, fails: Vec<(Step, bool)>) -> Arc<dyn Outbox> {
        Arc::new(Self { within: Arc::clone(within), fails, was_opened: AtomicBool::new(false) })
    }

    fn fails_at(&self, step: Step) -> Option<bool> {
        self.fails.iter().find(|(failing, _)| *failing == step).map(|(_, is_done)| *is_done)
    }

    /// The record takes its time, and nobody waits for it.
    fn open_later(&self, entry: &Entry, lease: Lease, now: OffsetDateTime) {
        let (within, entry) = (Arc::clone(&self.within), entry.clone());
        tokio::spawn(async move {
            sleep(Duration::from_secs(1)).await;
            _ = within.open(&entry, lease, now).await;
        });
    }

    async fn step<T>(
        &self,
        step: Step,
        act: impl Future<Output = Result<T, OutboxError>>,
    ) -> Result<T, OutboxError> {
        match self.fails_at(step) {
            None => return act.await,
            Some(false) => {}
            Some(true) => drop(act.await?),
        }
        Err(OutboxError::new("the connection broke"))
    }
}

#[async_trait]
impl Outbox for FaultyOutbox {
    async fn open(
        &self,
        entry: &Entry,
        lease: Lease,
        now: OffsetDateTime,
    ) -> Result<Opened, OutboxError> {
        let is_again = self.was_opened.swap(true, Ordering::Relaxed);
        let step = match (self.fails_at(Step::LateOpen), self.fails_at(Step::FirstOpen)) {
            (Some(is_done), _) => {
                if is_done {
                    self.open_later(entry, lease, now);
                }
                return Err(OutboxError::new("the answer took too long"));
            }
            (None, Some(_)) if !is_again => Step::FirstOpen,
            (None, _) => Step::Open,
        };
        self.step(step, self.within.open(entry, lease, now)).await
    }

    async fn begin(
        &self,
        id: Uuid,
        lease: Lease,
        gateway: &str,
        now: OffsetDateTime,
    ) -> Result<Tenure, OutboxError> {
        if self.fails_at(Step::SlowBegin).is_some() {
            sleep(SLOWLY).await;
        }
        self.step(Step::Begin, self.within.begin(id, lease, gateway, now)).await
    }

    async fn end(
        &self,
        id: Uuid,
        token: Uuid,
        gateway: &str,
        standing: Standing,
        provider_id: Option<&str>,
    ) -> Result<Tenure, OutboxError> {
        self.step(Step::End, self.within.end(id, token, gateway, standing, provider_id)).await
    }

    async fn settle(
        &self,
        id: Uuid,
        token: Uuid,
        at: OffsetDateTime,
    ) -> Result<Tenure, OutboxError> {
        self.step(Step::Settle, self.within.settle(id, token, at)).await
    }

    async fn defer(
        &self,
        id: Uuid,
        token: Uuid,
        due: OffsetDateTime,
    ) -> Result<Tenure, OutboxError> {
        self.step(Step::Settle, self.within.defer(id, token, due)).await
    }

    async fn claim(
        &self,
        idle: Idle,
        lease: Lease,
        now: OffsetDateTime,
        limit: usize,
    ) -> Result<Vec<Claimed>, OutboxError> {
        self.within.claim(idle, lease, now, limit).await
    }

    async fn found(
        &self,
        id: Uuid,
        gateway: &str,
        delivery: Delivery,
        code: &str,
    ) -> Result<bool, OutboxError> {
        self.within.found(id, gateway, delivery, code).await
    }

    async fn receipt(&self, _: &str, _: &Receipt, _: OffsetDateTime) -> Result<Noted, OutboxError> {
        unreachable!("no receipts here")
    }

    async fn redeemed(&self, _: Uuid) -> Result<bool, OutboxError> {
        unreachable!("nothing is redeemed here")
    }

    async fn figures(
        &self,
        from: OffsetDateTime,
        to: OffsetDateTime,
    ) -> Result<Vec<Figure>, OutboxError> {
        self.within.figures(from, to).await
    }

    async fn purge(&self, _: OffsetDateTime, _: OffsetDateTime) -> Result<u64, OutboxError> {
        unreachable!("nothing is purged here")
    }
}

/// Whatever breaks in the record: nobody is told that a message was not sent which arrives, now or
/// by the hand of an heir.
#[tokio::test(start_paused = true)]
async fn a_record_that_fails_makes_nobody_a_liar() {
    for first_failure in [Step::Open, Step::FirstOpen, Step::LateOpen, Step::Begin, Step::End] {
        for is_done in [false, true] {
            for settle in [None, Some(false), Some(true)] {
                let settle = settle.map(|is_done| (Step::Settle, is_done));
                let fails: Vec<_> = [(first_failure, is_done)].into_iter().chain(settle).collect();
                for fault in [Fault::None, Fault::NotSent, Fault::LostAfter] {
                    stays_true(fails.clone(), fault).await;
                    stays_true(settle.into_iter().collect(), fault).await;
                }
            }
        }
    }
}

async fn stays_true(fails: Vec<(Step, bool)>, fault: Fault) {
    let first = Double::new("first", Kind::Idempotent).failing([fault; 20]);
    let (within, clock, message) = (outbox(), clock(), message());
    let place = format!("{fails:?}, {fault:?}");
    let sender =
        process(&[&first], InDoubt::PreferDelivery, &FaultyOutbox::around(&within, fails), &clock);
    let told = sender.deliver(&message).await.outcome;
    first.recover();
    // What is late comes in between.
    sleep(LAPSE).await;
    let heir = process(&[&first], InDoubt::PreferDelivery, &within, &clock);
    let resumed = heir.resume_abandoned(10).await.unwrap();

    let (sent, place) = (first.sent(&message), format!("{place}: {told:?}, {resumed:?}"));
    assert!(sent <= 1, "{place}");
    assert!(sent == 1 || !told.is_sent(), "told that it was sent: {place}");
    let denied = matches!(told, Outcome::NotSent(_) | Outcome::Rejected(_));
    assert!(sent == 0 || !denied, "told that it was not sent: {place}");
}

/// Nobody knows whether the first opening is on record or will be. Under one lease the second one is
/// the same message, so it may go out, and once.
#[tokio::test(start_paused = true)]
async fn a_message_is_sent_whose_opening_was_not_answered_the_first_time() {
    for is_done in [false, true] {
        let first = Double::new("first", Kind::Neither);
        let (within, clock, message) = (outbox(), clock(), message());
        let faulty = FaultyOutbox::around(&within, vec![(Step::FirstOpen, is_done)]);
        let process = |outbox| process(&[&first], InDoubt::PreferDelivery, outbox, &clock);
        assert!(process(&faulty).deliver(&message).await.outcome.is_sent(), "{is_done}");
        let again = process(&faulty).deliver(&message).await.outcome;
        assert!(matches!(again, Outcome::Unknown(Cause::InHand)), "{again:?}");
        sleep(LAPSE).await;
        assert!(process(&within).resume_abandoned(10).await.unwrap().is_empty(), "it is closed");
        assert_eq!(first.calls(), 1, "{is_done}");
    }
}

/// It is on record when the sender has given up already. Whoever finds it there sends it, so nobody
/// was told that it is not sent.
#[tokio::test(start_paused = true)]
async fn a_message_that_comes_on_record_late_is_in_doubt() {
    let first = Double::new("first", Kind::Neither);
    let (within, clock, message) = (outbox(), clock(), message());
    let faulty = FaultyOutbox::around(&within, vec![(Step::LateOpen, true)]);
    let process = |outbox| process(&[&first], InDoubt::PreferDelivery, outbox, &clock);
    let told = process(&faulty).deliver(&message).await.outcome;
    assert!(matches!(told, Outcome::Unknown(Cause::Unrecorded(_))), "{told:?}");
    assert_eq!(first.calls(), 0, "nothing leaves that is not on record");
    sleep(LAPSE).await;
    assert_eq!(process(&within).resume_abandoned(10).await.unwrap().len(), 1);
    assert_eq!(first.sent(&message), 1);
}

/// Redeemed codes and receipts become what the router goes by.
#[tokio::test(start_paused = true)]
async fn what_was_redeemed_is_learnt() {
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
    assert_eq!(until, start, "none of them is old enough");
    assert!(process.router().conversion().rates(clock.now()).is_empty());
    advance(Duration::from_mins(11)).await;
    let until = process.learn(until).await.unwrap();
    let rates = process.router().conversion().rates(clock.now());
    assert_eq!(rates.len(), 2, "country and carrier: {rates:?}");
    assert!((rates[0].rate - 0.3).abs() < 0.001, "{rates:?}");
    assert_eq!(process.learn(until).await.unwrap(), until, "each is learnt once");
}
