//! No secret of a message is logged at any level.

use std::fmt::Write as _;
use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use passport_sms_client::{
    Class, Delivery, FollowUpPolicy, Idle, InDoubt, Lease, Message, Receipt,
};
use tokio::time::advance;
use tracing::subscriber::{NoSubscriber, set_default};
use tracing::{Dispatch, Level};
use uuid::Uuid;

use crate::dispatch::{KEY, LAPSE, killed, outbox, process};
use crate::double::{Double, Fault, Kind};
use crate::faulty::{FaultyOutbox, Step};
use crate::{CODE, NUMBER, clock, message};

/// Everything that is logged in this thread.
#[derive(Clone, Default)]
struct Capture(Arc<Mutex<Vec<u8>>>);

impl Capture {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }
}

impl io::Write for Capture {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

const FAULTS: [Fault; 13] = [
    Fault::None,
    Fault::NotSent,
    Fault::LostBefore,
    Fault::LostAfter,
    Fault::StalledBefore,
    Fault::StalledAfter,
    Fault::Slow(Duration::from_millis(600)),
    Fault::Refused(Class::BadRecipient),
    Fault::Refused(Class::RecipientThrottled),
    Fault::Refused(Class::AccountThrottled),
    Fault::Refused(Class::Config),
    Fault::Refused(Class::Transient),
    Fault::Refused(Class::UnknownCode),
];

/// Log lines that prove that the failures happened.
const LOGGED: [&str; 10] = [
    "message accepted",
    "message accepted before",
    "message not sent",
    "message refused",
    "message may or may not arrive",
    "recorded message cannot be read and is discarded",
    "message was not delivered and is sent through another gateway",
    "gateway was asked",
    "gateway refuses messages of one kind",
    "cannot record",
];

#[tokio::test(start_paused = true)]
async fn no_secret_is_logged_on_the_way() {
    let capture = Capture::default();
    let writer = capture.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(Level::TRACE)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    // A single subscriber is registered by the first thread that passes a call site, and the
    // threads of other tests have none.
    let _other = Dispatch::new(NoSubscriber::new());
    let _guard = set_default(subscriber);

    let mut reported = String::new();
    let mut sealed = Vec::new();
    for kind in [Kind::Idempotent, Kind::Queryable, Kind::Neither] {
        for fault in FAULTS {
            for in_doubt in [InDoubt::PreferDelivery, InDoubt::PreferSingle] {
                reported += &gateway_fails(kind, fault, in_doubt).await;
            }
        }
        sealed.extend(sender_is_killed(kind, &mut reported).await);
    }
    reported += &record_fails().await;

    let logged = capture.text();
    for line in LOGGED {
        assert!(logged.contains(line), "{line}: the faults did not happen");
    }
    assert!(!sealed.is_empty());
    let texts = [CODE, &NUMBER[1..]].map(|text| text.as_bytes().to_vec());
    for secret in texts.into_iter().chain([KEY.to_vec()]).chain(sealed) {
        let bytes = format!("{secret:?}");
        let bytes = bytes.trim_matches(['[', ']']);
        let hex = hex::encode(&secret);
        let text = String::from_utf8_lossy(&secret);
        for shape in [&text, bytes, &hex, &hex.to_uppercase()] {
            assert!(!logged.contains(shape), "{shape} is logged");
            assert!(!reported.contains(shape), "{shape} is reported");
        }
    }
}

/// A message whose first gateway fails, and then cannot deliver it.
async fn gateway_fails(kind: Kind, fault: Fault, in_doubt: InDoubt) -> String {
    let first = Double::new("first", kind).with_receipts().failing([fault]);
    let second = Double::new("second", Kind::Queryable);
    let (outbox, clock, message) = (outbox(), clock(), message());
    let node = process(&[&first, &second], in_doubt, &outbox, &clock)
        .with_follow_up(FollowUpPolicy::default());
    let mut reported = format!("{node:?} {message:?} {:?}", node.deliver(&message).await);
    second.reports(Delivery::Sent, "");
    let provider_id = "first-1".to_owned();
    let receipt = Receipt::new(provider_id, Delivery::Undelivered, "full");
    _ = write!(reported, "{:?}", outbox.receipt("first", &receipt, clock.now()).await);
    for _ in 0..3 {
        _ = write!(reported, "{:?}", node.follow_up(10).await);
        advance(Duration::from_secs(21)).await;
    }
    reported
}

/// Messages whose sender was killed, one of them unreadable for its successor. Returns them as they
/// are stored in the outbox.
async fn sender_is_killed(kind: Kind, reported: &mut String) -> Vec<Vec<u8>> {
    let first = Double::new("first", kind).failing([Fault::StalledAfter]);
    let (outbox, clock, message) = (outbox(), clock(), message());
    let node = || process(&[&first], InDoubt::PreferDelivery, &outbox, &clock);
    killed(node(), &message).await;
    advance(LAPSE).await;
    let now = clock.now();
    let lease = Lease { token: Uuid::new_v4(), until: now };
    let claimed = outbox.claim(Idle::Abandoned, lease, now, 10).await.unwrap();
    _ = write!(reported, "{claimed:?}");
    let mut strange = passport_sms_client::Entry {
        id: Uuid::new_v4(),
        sealed: claimed[0].sealed.clone(),
        country: "+86".parse().unwrap(),
        carrier: "+86138".parse().unwrap(),
        expires_at: claimed[0].expires_at,
    };
    _ = outbox.open(&strange, lease, None, now).await.unwrap();
    strange.id = Uuid::nil();
    _ = write!(reported, "{strange:?} {:?}", node().resume_abandoned(10).await);
    claimed.into_iter().map(|it| it.sealed.as_bytes().to_vec()).collect()
}

/// Each step of the record fails.
async fn record_fails() -> String {
    let mut reported = String::new();
    for step in [Step::Open, Step::Begin, Step::End, Step::Settle] {
        for is_done in [false, true] {
            let first = Double::new("first", Kind::Idempotent);
            let (within, clock) = (outbox(), clock());
            let faulty = FaultyOutbox::around(&within, vec![(step, is_done)]);
            let node = process(&[&first], InDoubt::PreferDelivery, &faulty, &clock);
            let message: Message = message();
            _ = write!(reported, "{:?}", node.deliver(&message).await);
            advance(LAPSE).await;
            _ = write!(reported, "{:?}", node.resume_abandoned(10).await);
        }
    }
    reported
}
