//! A record that answers slowly.

use passport_sms_client::{Cause, InDoubt, Outcome};
use tokio::time::{Instant, advance};

use crate::dispatch::{LAPSE, killed, outbox, process};
use crate::double::{Double, Fault, Kind};
use crate::faulty::{FaultyOutbox, SLOWLY, Step};
use crate::{clock, message};

/// After such a step the gateway's answer would come too late.
#[tokio::test(start_paused = true)]
async fn nothing_is_sent_after_the_deadline() {
    for kind in [Kind::Idempotent, Kind::Queryable, Kind::Neither] {
        let (first, second) = (Double::new("first", kind), Double::new("second", kind));
        let (within, clock, message) = (outbox(), clock(), message());
        let slow = FaultyOutbox::around(&within, vec![(Step::SlowBegin, true)]);
        let sender = process(&[&first, &second], InDoubt::PreferDelivery, &slow, &clock);
        let start = Instant::now();
        let reported = sender.deliver(&message).await.outcome;
        assert!(matches!(reported, Outcome::NotSent(Cause::TimedOut)), "{kind:?}: {reported:?}");
        assert_eq!(start.elapsed(), SLOWLY, "{kind:?}");
        assert_eq!(first.calls() + second.calls(), 0, "{kind:?}");

        let figures = within.figures(clock.now() - LAPSE, clock.now()).await.unwrap();
        assert_eq!((figures.len(), figures[0].not_sent), (1, 1), "{kind:?}: {figures:?}");
        advance(LAPSE).await;
        let successor = process(&[&first], InDoubt::PreferDelivery, &within, &clock);
        assert!(
            successor.resume_abandoned(10).await.unwrap().is_empty(),
            "{kind:?}: the message is closed"
        );
    }
}

/// A doubt stays a doubt: the gateway is neither queried nor used after the deadline.
#[tokio::test(start_paused = true)]
async fn a_doubt_survives_a_slow_record() {
    for kind in [Kind::Idempotent, Kind::Queryable] {
        let first = Double::new("first", kind).failing([Fault::StalledAfter]);
        let (within, clock, message) = (outbox(), clock(), message());
        let doubles = [&first];
        killed(process(&doubles, InDoubt::PreferDelivery, &within, &clock), &message).await;
        advance(LAPSE).await;
        let slow = FaultyOutbox::around(&within, vec![(Step::SlowBegin, true)]);
        let successor = process(&doubles, InDoubt::PreferDelivery, &slow, &clock);
        let (_, report) = successor.resume_abandoned(10).await.unwrap().pop().unwrap();
        assert!(matches!(report.outcome, Outcome::Unknown(Cause::TimedOut)), "{report:?}");
        assert_eq!((first.calls(), first.queries()), (1, 0), "{kind:?}");
    }
}
