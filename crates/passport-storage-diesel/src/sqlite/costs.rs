//! What an act costs: the statements, their preparation and the commits, as SQLite sees them.

use std::{
    collections::BTreeSet,
    num::NonZeroU32,
    sync::{Arc, Mutex},
    time::Duration,
};

use diesel::{
    Connection, SqliteConnection,
    connection::{Instrumentation, InstrumentationEvent},
};
use passport_codes::{CodeDigest, CodeKey, CodeStore, Purpose, Redemption, StoredCode};
use passport_sms_client::{AttemptStatus, End, Entry, Lease, Outbox, SealedMessage};
use passport_throttle::{Charge, Decision, Policy, Quota, Subject, ThrottleStore};
use tempfile::TempDir;
use time::{OffsetDateTime, macros::datetime};
use uuid::Uuid;

use super::{Pool, SqliteCodeStore, SqliteThrottleStore};
use crate::{DatabaseOptions, outbox::SqliteOutbox};

mod accounts;

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

/// Two statements for a hit however many charges it has, two acts for the record of a message, and
/// one commit for each act.
#[tokio::test]
async fn a_send_costs_seven_statements_and_four_commits() {
    let room = Room::new().await;
    room.charge(1).await;
    let charged = room.take();
    assert_eq!((charged.statements.len(), charged.commits), (2, 1), "{charged:#?}");
    room.put(1).await;
    let put = room.take();
    assert_eq!((put.statements.len(), put.commits), (1, 1), "{put:#?}");
    room.record().await;
    let recorded = room.take();
    assert_eq!((recorded.statements.len(), recorded.commits), (4, 2), "{recorded:#?}");
    room.redeem(1).await;
    let redeemed = room.take();
    assert_eq!((redeemed.statements.len(), redeemed.commits), (2, 1), "{redeemed:#?}");
}

struct Room {
    pool: Pool,
    codes: SqliteCodeStore,
    throttle: SqliteThrottleStore,
    outbox: SqliteOutbox,
    seen: Arc<Mutex<Seen>>,
    _directory: TempDir,
}

/// What the connection that writes was seen to do.
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

impl Room {
    async fn new() -> Self {
        let directory = TempDir::new().unwrap();
        let path = directory.path().join("test.db");
        let pool = Pool::open(path, DatabaseOptions::default()).await.unwrap();
        pool.migrate().await.unwrap();
        let seen = Arc::new(Mutex::new(Seen::default()));
        let watch = Watch(Arc::clone(&seen));
        let install = move |connection: &mut SqliteConnection| {
            connection.set_instrumentation(watch);
            Ok(())
        };
        pool.write(install).await.unwrap();
        seen.lock().unwrap().commits = 0;
        Self {
            codes: SqliteCodeStore(pool.clone()),
            throttle: SqliteThrottleStore(pool.clone()),
            outbox: SqliteOutbox(pool.clone()),
            pool,
            seen,
            _directory: directory,
        }
    }

    fn take(&self) -> Seen {
        std::mem::take(&mut self.seen.lock().unwrap())
    }

    /// All writes of one send, of a refused one, and of a sign-up.
    async fn send(&self, number: u8) {
        self.charge(number).await;
        let charges = charges(number);
        let Decision::Allowed(hit) = self.throttle.hit(&charges[1..], &[], NOW).await.unwrap()
        else {
            panic!("there is room for a second message in the hour");
        };
        self.throttle.refund(&hit).await.unwrap();
        self.put(number).await;
        self.record().await;
        self.redeem(number).await;
        self.codes.restore(&key(number), code(number), NOW).await.unwrap();
        self.codes.withdraw(&key(number), code(number).digest).await.unwrap();
        self.codes.discard(&key(number)).await.unwrap();
    }

    async fn charge(&self, number: u8) {
        let decision = self.throttle.hit(&charges(number), &[], NOW).await.unwrap();
        assert!(matches!(decision, Decision::Allowed(_)), "{decision:?}");
    }

    async fn put(&self, number: u8) {
        self.codes.put(&key(number), code(number), NOW).await.unwrap();
    }

    async fn redeem(&self, number: u8) {
        let guess = code(number).digest;
        let redeemed = self.codes.redeem(&key(number), guess, None, NOW).await.unwrap();
        assert!(matches!(redeemed, Redemption::Accepted(_)), "{redeemed:?}");
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
