//! What an act costs: the statements, their preparation and the commits, as SQLite sees them.

use std::{
    collections::BTreeSet,
    num::NonZeroU32,
    sync::{Arc, Mutex},
    time::Duration,
};

use diesel::{
    Connection, QueryResult, SqliteConnection,
    connection::{Instrumentation, InstrumentationEvent},
};
use passport_codes::{CodeDigest, CodeKey, CodeStore, Guess, Purpose, Redemption, StoredCode};
use passport_sms_client::{AttemptStatus, End, Entry, Lease, Outbox, SealedMessage};
use passport_throttle::{
    Backoff, Charge, Decision, FailureStore, Passage, Policy, Quota, Series, SeriesKey, Subject,
    ThrottleStore, Toll,
};
use tempfile::TempDir;
use time::{OffsetDateTime, macros::datetime};
use uuid::Uuid;

use super::{ChargedCodes, Pool, SqliteCodeStore, SqliteThrottleStore};
use crate::{DatabaseOptions, failures::SqliteFailureStore, outbox::SqliteOutbox};

mod accounts;
mod reads;

const NOW: OffsetDateTime = datetime!(2026-11-22 09:43:30 UTC);

#[tokio::test]
async fn a_statement_is_prepared_once_per_connection() {
    let room = Room::new().await;
    room.send(1).await;
    let first = room.take();
    let prepared: BTreeSet<_> = first.prepared.iter().cloned().collect();
    assert_eq!(prepared.len(), first.prepared.len(), "a statement was prepared twice");
    for number in 2..5 {
        room.send(number).await;
    }
    let warm = room.take();
    assert_eq!(warm.prepared, [""; 0], "prepared again");
    for statement in first.statements.iter().chain(&warm.statements) {
        assert!(prepared.contains(statement), "not cached: {statement}");
    }
}

/// A code is charged and stored by one act, whose hit costs two statements however many charges it has;
/// the record of its message is two acts. Each act is one commit.
#[tokio::test]
async fn a_send_costs_seven_statements_and_three_commits() {
    let room = Room::new().await;
    room.put(1).await;
    let put = room.take();
    assert_eq!((put.statements.len(), put.commits), (3, 1), "{put:#?}");
    room.record().await;
    let recorded = room.take();
    assert_eq!((recorded.statements.len(), recorded.commits), (4, 2), "{recorded:#?}");
}

/// The counts, the series and the code are read; then a right guess deletes the code, and the series if
/// there is one. A wrong guess writes the count, the series and the tries.
#[tokio::test]
async fn a_guess_costs_one_commit() {
    let room = Room::new().await;
    room.put(1).await;
    room.take();
    for (guess, statements) in [(2, 6), (1, 5)] {
        room.guess(1, guess).await;
        let guessed = room.take();
        assert_eq!((guessed.statements.len(), guessed.commits), (statements, 1), "{guessed:#?}");
    }
    room.put(1).await;
    room.take();
    room.guess(1, 1).await;
    let guessed = room.take();
    assert_eq!((guessed.statements.len(), guessed.commits), (4, 1), "{guessed:#?}");
}

/// What is only read does not ask the writer: checks, and the end of a series that there is none of.
#[tokio::test]
async fn reads_cost_the_writer_nothing() {
    let room = Room::new().await;
    room.throttle.check(&charges(1), NOW).await.unwrap();
    room.failures.check(&[series(1)], NOW).await.unwrap();
    room.failures.clear(&series(1).key).await.unwrap();
    let read = room.take();
    assert_eq!((read.statements.len(), read.commits), (0, 0), "{read:#?}");
}

struct Room {
    pool: Pool,
    codes: SqliteCodeStore,
    throttle: SqliteThrottleStore,
    failures: SqliteFailureStore,
    charged: ChargedCodes,
    outbox: SqliteOutbox,
    seen: Arc<Mutex<Seen>>,
    _directory: TempDir,
}

/// What the watched connection was seen to do.
#[derive(Debug, Default)]
struct Seen {
    statements: Vec<String>,
    prepared: Vec<String>,
    commits: usize,
}

struct Watch(Arc<Mutex<Seen>>);

impl Instrumentation for Watch {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        let mut seen = self.0.lock().unwrap();
        match event {
            InstrumentationEvent::StartQuery { query, .. } => {
                let text = query.to_string();
                let text = text.split(" -- binds").next().unwrap_or_default();
                let control = ["BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK", "COMMIT"];
                if text.starts_with("COMMIT") {
                    seen.commits += 1;
                } else if !control.iter().any(|it| text.starts_with(it)) {
                    seen.statements.push(text.to_owned());
                }
            }
            InstrumentationEvent::CacheQuery { sql, .. } => seen.prepared.push(sql.to_owned()),
            _ => {}
        }
    }
}

fn watch(
    seen: &Arc<Mutex<Seen>>,
) -> impl FnOnce(&mut SqliteConnection) -> QueryResult<()> + Send + 'static {
    let watch = Watch(Arc::clone(seen));
    move |connection| {
        connection.set_instrumentation(watch);
        Ok(())
    }
}

impl Room {
    async fn new() -> Self {
        let directory = TempDir::new().unwrap();
        let path = directory.path().join("test.db");
        let pool = Pool::open(path, DatabaseOptions::default()).await.unwrap();
        pool.migrate().await.unwrap();
        let seen = Arc::new(Mutex::new(Seen::default()));
        pool.write(watch(&seen)).await.unwrap();
        seen.lock().unwrap().commits = 0;
        Self {
            codes: SqliteCodeStore(pool.clone()),
            throttle: SqliteThrottleStore(pool.clone()),
            failures: SqliteFailureStore(pool.clone()),
            charged: ChargedCodes(pool.clone()),
            outbox: SqliteOutbox(pool.clone()),
            pool,
            seen,
            _directory: directory,
        }
    }

    /// Watches the connection that reads in place of the one that writes.
    async fn watch_reader(&self) {
        self.pool.write(watch(&Arc::default())).await.unwrap();
        self.pool.read(watch(&self.seen)).await.unwrap();
        self.take();
    }

    fn take(&self) -> Seen {
        std::mem::take(&mut self.seen.lock().unwrap())
    }

    /// All writes of one send, of a refused one, and of a sign-up.
    async fn send(&self, number: u8) {
        self.put(number).await;
        let charges = charges(number);
        let Decision::Allowed(hit) = self.throttle.hit(&charges[1..], &[], NOW).await.unwrap()
        else {
            panic!("there is room for a second message in the hour");
        };
        self.throttle.refund(&hit).await.unwrap();
        self.record().await;
        self.guess(number, number + 100).await;
        self.guess(number, number).await;
        self.codes.restore(&key(number), code(number), NOW).await.unwrap();
        self.codes.withdraw(&key(number), code(number).digest).await.unwrap();
        self.codes.discard(&key(number)).await.unwrap();
        self.codes.put(&key(number), code(number), NOW).await.unwrap();
        self.codes.redeem(&key(number), code(number).digest, None, NOW).await.unwrap();
    }

    async fn put(&self, number: u8) {
        let key = key(number);
        let of_message = charges(number).map(|charge| {
            let now_and_then = Quota::new(100, charge.quota.window()).unwrap();
            Charge { quota: now_and_then, ..charge }
        });
        let toll = Toll { charges: of_message.to_vec(), ..Toll::default() };
        let put = self.charged.put(&toll, (&key, code(number)), NOW).await.unwrap();
        assert!(matches!(put, Passage::Passed(_)), "{put:?}");
    }

    async fn guess(&self, number: u8, digest: u8) {
        let [charge, ..] = charges(number + 50);
        let wrong = Charge { policy: Policy::new("wrong-codes-per-client"), ..charge };
        let charges =
            vec![Charge { quota: Quota::new(10, wrong.quota.window()).unwrap(), ..wrong }];
        let toll = Toll { charges, checked: Vec::new(), series: vec![series(number)] };
        let guess = Guess { key: key(number), digest: code(digest).digest, binding: None };
        let redeemed = self.charged.redeem(&toll, &guess, NOW).await.unwrap();
        let is_right = matches!(redeemed, Passage::Passed(Redemption::Accepted(_)));
        assert_eq!(is_right, number == digest, "{redeemed:?}");
    }

    async fn record(&self) {
        let (id, lease) = (Uuid::new_v4(), Lease { token: Uuid::new_v4(), until: NOW });
        let entry = Entry {
            id,
            sealed: SealedMessage::from_bytes(id.as_bytes().repeat(20)),
            country: "+86".parse().unwrap(),
            carrier: "+86138".parse().unwrap(),
            expires_at: NOW + Duration::from_mins(5),
        };
        self.outbox.open(&entry, lease, Some("a"), NOW).await.unwrap();
        let (status, provider_id) = (AttemptStatus::Accepted, Some("1"));
        let last = Some(End { gateway: "a", status, provider_id });
        self.outbox.settle(id, lease.token, last, NOW).await.unwrap();
    }
}

/// What a send is charged to: the pause, hour and day of a number, hour and day of a client.
fn charges(number: u8) -> [Charge; 5] {
    let charge = |policy, subject: u8, limit, window| {
        let subject = Subject::new([subject; 16]);
        Charge::new(Policy::new(policy), subject, Quota::new(limit, window).unwrap())
    };
    let (hour, day) = (Duration::from_hours(1), Duration::from_hours(24));
    [
        charge("sms-per-phone-cooldown", number, 1, Duration::from_mins(1)),
        charge("sms-per-phone-hour", number, 5, hour),
        charge("sms-per-phone-day", number, 10, day),
        charge("sms-per-client-hour", number + 100, 10, hour),
        charge("sms-per-client-day", number + 100, 30, day),
    ]
}

fn series(number: u8) -> Series {
    let backoff = Backoff::new(19, Duration::from_mins(1), Duration::from_mins(1), 100).unwrap();
    Series { key: SeriesKey::new([number; 32]), backoff }
}

fn key(number: u8) -> CodeKey {
    CodeKey::new(Purpose::new("register"), format!("{number:032x}"))
}

fn code(number: u8) -> StoredCode {
    StoredCode {
        digest: CodeDigest::from_bytes([number; 32]),
        binding: None,
        tries_left: NonZeroU32::new(5).unwrap(),
        expires_at: NOW + Duration::from_mins(5),
    }
}
