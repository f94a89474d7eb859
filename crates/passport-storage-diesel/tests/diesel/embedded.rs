//! Codes and counts of limits in an SQLite file: durable, swept, and shared with other processes.

use std::{
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use diesel::{
    Connection, QueryableByName, SqliteConnection, connection::SimpleConnection, sql_query,
    sql_types::BigInt,
};
use futures::future::join_all;
use passport_codes::{Code, CodeKey, CodePolicy, CodeStore, Codes, DigestKey, Purpose, Redemption};
use passport_storage_diesel::{Database, DatabaseOptions};
use passport_throttle::{Charge, Decision, Policy, Quota, Subject, ThrottleStore};
use tokio::sync::Barrier;

use crate::{
    child,
    room::{self, NOW},
};

const REGISTER: Purpose = Purpose::new("register");
const HOURLY: Policy = Policy::new("sms-per-phone-hour");
const DAILY: Policy = Policy::new("sms-per-phone-day");
const HOUR: Duration = Duration::from_hours(1);
const RIGHT: &str = "004217";
/// Number of counted hits after which the process that counts is killed.
const HITS: u32 = 200;

#[tokio::test]
async fn what_was_answered_survives_a_kill() {
    let url = room::sqlite_url();
    room::migrated(&url).await;
    let mut child = child::spawn("issue codes", &url);
    let mut answered = 0;
    for line in child::lines(&mut child) {
        answered = child::answered(&line).unwrap_or(answered);
        if answered == HITS {
            child.kill().unwrap();
        }
    }
    child.wait().unwrap();
    assert!(answered >= HITS, "the process ended by itself after {answered}");
    let database = room::connect(&url).await;
    let (codes, throttle) = (codes(&database), throttle(&database));
    for number in 1..=answered {
        let full = throttle.check(&[charge(HOURLY, number, 1, HOUR)], NOW).await.unwrap();
        assert!(full.is_some(), "hit {number} is lost");
        let redeemed = codes.redeem(&key(number), RIGHT, None, NOW).await.unwrap();
        assert!(matches!(redeemed, Redemption::Accepted(_)), "code {number}: {redeemed:?}");
    }
}

/// Counts hits and issues codes one after the other, and prints the number of each.
pub(crate) async fn issue(url: &str) {
    let database = room::connect(url).await;
    let (codes, throttle) = (codes(&database), throttle(&database));
    for number in 1.. {
        let decision = throttle.hit(&[charge(HOURLY, number, 1, HOUR)], &[], NOW).await.unwrap();
        assert!(matches!(decision, Decision::Allowed(_)), "{decision:?}");
        issue_code(&codes, number).await;
        println!("answered {number}");
    }
}

#[tokio::test]
async fn a_locked_file_refuses_in_time_and_loses_nothing() {
    let url = room::sqlite_url();
    room::migrated(&url).await;
    let options =
        DatabaseOptions { busy_timeout: Duration::from_millis(300), ..DatabaseOptions::default() };
    let database = Database::connect(&url, options).await.unwrap();
    let (codes, throttle) = (codes(&database), throttle(&database));
    issue_code(&codes, 1).await;
    let charges = [charge(HOURLY, 1, 2, HOUR)];
    let Decision::Allowed(hit) = throttle.hit(&charges, &[], NOW).await.unwrap() else {
        panic!("the count is empty");
    };

    let mut other = SqliteConnection::establish(url.strip_prefix("sqlite:").unwrap()).unwrap();
    other.batch_execute("BEGIN IMMEDIATE").unwrap();
    let begun = Instant::now();
    throttle.hit(&charges, &[], NOW).await.expect_err("another process writes");
    throttle.refund(&hit).await.expect_err("another process writes");
    codes.redeem(&key(1), RIGHT, None, NOW).await.expect_err("another process writes");
    let code = Code::from_text("654321".to_owned());
    codes.issue(&key(1), &code, None, policy(), NOW).await.expect_err("another process writes");
    assert!(begun.elapsed() < Duration::from_secs(4), "it took {:?}", begun.elapsed());
    let checked = throttle.check(&charges, NOW).await.expect("readers do not wait for writers");
    assert!(checked.is_none(), "{checked:?}");

    other.batch_execute("ROLLBACK").unwrap();
    let redeemed = codes.redeem(&key(1), RIGHT, None, NOW).await.unwrap();
    assert!(matches!(redeemed, Redemption::Accepted(_)), "{redeemed:?}");
    for is_allowed in [true, false] {
        let decision = throttle.hit(&charges, &[], NOW).await.unwrap();
        assert_eq!(matches!(decision, Decision::Allowed(_)), is_allowed, "one of two was counted");
    }
}

/// Each process has a writer of its own, so only the lock of the file keeps their acts apart.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_writers_of_one_file_count_exactly_and_redeem_once() {
    const RIVALS: usize = 6;
    let url = room::sqlite_url();
    let databases = [room::migrated(&url).await, room::connect(&url).await];
    for round in 0..20 {
        issue_code(&codes(&databases[0]), round).await;
        let start = Arc::new(Barrier::new(RIVALS));
        let rivals = (0..RIVALS).map(|rival| {
            let database = &databases[rival % 2];
            let (codes, throttle) = (codes(database), throttle(database));
            let start = Arc::clone(&start);
            tokio::spawn(async move {
                start.wait().await;
                let decision =
                    throttle.hit(&[charge(HOURLY, round, 2, HOUR)], &[], NOW).await.unwrap();
                let redeemed = codes.redeem(&key(round), RIGHT, None, NOW).await.unwrap();
                (
                    matches!(decision, Decision::Allowed(_)),
                    matches!(redeemed, Redemption::Accepted(_)),
                )
            })
        });
        let outcomes = join_all(rivals.collect::<Vec<_>>()).await;
        let outcomes: Vec<_> = outcomes.into_iter().map(Result::unwrap).collect();
        assert_eq!(outcomes.iter().filter(|it| it.0).count(), 2, "round {round}: {outcomes:?}");
        assert_eq!(outcomes.iter().filter(|it| it.1).count(), 1, "round {round}: {outcomes:?}");
    }
}

/// More than two batches, so that the sweep has to go on where it paused.
#[tokio::test]
async fn a_sweep_deletes_exactly_what_has_expired() {
    let url = room::sqlite_url();
    let database = room::migrated(&url).await;
    let (codes, throttle) = (codes(&database), throttle(&database));
    let numbers: Vec<u32> = (0..2_105).collect();
    for some in numbers.chunks(100) {
        join_all(some.iter().map(async |number| {
            issue_code(&codes, *number).await;
            let charges = [charge(HOURLY, *number, 1, HOUR), charge(DAILY, *number, 5, 24 * HOUR)];
            let decision = throttle.hit(&charges, &[], NOW).await.unwrap();
            assert!(matches!(decision, Decision::Allowed(_)), "{decision:?}");
        }))
        .await;
    }
    let minutes = |minutes| NOW + Duration::from_mins(minutes);
    assert_eq!(database.sweep(minutes(4)).await.unwrap(), 0);
    assert_eq!(database.sweep(minutes(5)).await.unwrap(), 2_105, "codes");
    assert_eq!(count(&url, "codes"), 0);
    assert_eq!(database.sweep(minutes(59)).await.unwrap(), 0);
    assert_eq!(database.sweep(minutes(60)).await.unwrap(), 2_105, "hits of an hour");
    assert_eq!(count(&url, "throttle_hits"), 2_105);
    let refused = throttle.check(&[charge(DAILY, 7, 1, 24 * HOUR)], minutes(61)).await.unwrap();
    assert!(refused.is_some(), "a live hit was deleted");
    assert_eq!(database.sweep(minutes(24 * 60)).await.unwrap(), 2_105);
    assert_eq!(count(&url, "throttle_hits"), 0);
}

#[tokio::test]
async fn neither_code_nor_number_is_in_the_file() {
    let url = room::sqlite_url();
    let database = room::migrated(&url).await;
    issue_code(&codes(&database), 1).await;
    let charge = charge(HOURLY, 7, 1, HOUR);
    throttle(&database).hit(&[charge], &[], NOW).await.unwrap();
    let directory = Path::new(url.strip_prefix("sqlite:").unwrap()).parent().unwrap();
    let files = std::fs::read_dir(directory).unwrap();
    let dump: Vec<u8> =
        files.flat_map(|file| std::fs::read(file.unwrap().path()).unwrap()).collect();
    let holds = |part: &[u8]| dump.windows(part.len()).any(|window| window == part);
    assert!(holds(charge.subject.as_bytes()), "the dump is not the whole database");
    assert!(!holds(RIGHT.as_bytes()), "the code is in the file");
}

fn codes(database: &Database) -> Codes {
    let store: Arc<dyn CodeStore> = database.codes().expect("SQLite has codes");
    Codes::new(store, DigestKey::new([7; 32]))
}

fn throttle(database: &Database) -> Arc<dyn ThrottleStore> {
    database.throttle().expect("SQLite has counts")
}

async fn issue_code(codes: &Codes, number: u32) {
    let code = Code::from_text(RIGHT.to_owned());
    codes.issue(&key(number), &code, None, policy(), NOW).await.unwrap();
}

fn policy() -> CodePolicy {
    CodePolicy::new(Duration::from_mins(5), 5).unwrap()
}

fn key(number: u32) -> CodeKey {
    CodeKey::new(REGISTER, format!("{number:032x}"))
}

fn charge(policy: Policy, number: u32, limit: u32, window: Duration) -> Charge {
    let subject = Subject::new(u128::from(number).to_be_bytes());
    Charge::new(policy, subject, Quota::new(limit, window).unwrap())
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

fn count(url: &str, table: &str) -> i64 {
    let mut connection = SqliteConnection::establish(url.strip_prefix("sqlite:").unwrap()).unwrap();
    let query = sql_query(format!("SELECT count(*) AS count FROM {table}"));
    diesel::RunQueryDsl::get_result::<Count>(query, &mut connection).unwrap().count
}
