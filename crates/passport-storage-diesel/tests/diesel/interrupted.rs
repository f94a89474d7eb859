//! Changes of accounts that are interrupted at any point: each is made whole, with its event, or not at
//! all.

use std::{collections::BTreeSet, time::Duration};

use passport_session::{Lifetime, NewSession, Session};
use passport_storage_diesel::{Database, DatabaseOptions};
use passport_user::{AccountEvent, EventFilter, EventKind};
use tokio::time::timeout;
use uuid::Uuid;

use crate::{
    changes::{Account, Change},
    proxy::Proxy,
    room::{self, NOW},
    sql::execute,
};

/// The next caller waits for the only connection, and so for what the one before it began.
const ONE: DatabaseOptions = DatabaseOptions {
    max_connections: 1,
    answer_timeout: Duration::from_secs(10),
    busy_timeout: Duration::from_secs(10),
};

/// More answers than any act waits for.
const ANSWERS: usize = 40;

/// States of an account before and after the change, made without interruption.
async fn states(database: &Database, url: &str, change: Change) -> [Vec<String>; 2] {
    let users = database.users();
    let account = Account::ready(change, 0, &users).await;
    let before = account.state(url).await;
    account.make(&users).await.unwrap();
    let after = account.state(url).await;
    assert_ne!(before, after, "{change:?}");
    let is_recorded = |state: &[String]| state.contains(&"event user.exported".to_owned());
    assert!(!is_recorded(&before) && is_recorded(&after), "{change:?}: {after:#?}");
    [before, after]
}

/// Asserts that `account` is in one of the `states`, and that the change can be made again; returns
/// whether it was made.
async fn is_made(
    database: &Database,
    url: &str,
    account: &Account,
    states: &[Vec<String>; 2],
) -> bool {
    let state = account.state(url).await;
    let [before, after] = states;
    assert!(state == *before || state == *after, "{url}: {account:?} is half done: {state:#?}");
    account.make(&database.users()).await.expect("the database answers");
    assert_eq!(account.state(url).await, *after, "{url}: {account:?}");
    state == *after
}

async fn a_change_whose_caller_is_gone_is_made_whole_or_not_at_all(url: String) {
    room::migrated(&url).await;
    for (place, change) in (1..).zip(Change::ALL) {
        let url = separate(&url, place).await;
        let database = Database::connect(&url, ONE).await.unwrap();
        let states = states(&database, &url, change).await;
        for round in 1..=25 {
            let users = database.users();
            let account = Account::ready(change, 2 * round, &users).await;
            _ = timeout(Duration::from_micros(u64::from(round) * 80), account.make(&users)).await;
            database.ping().await.unwrap();
            is_made(&database, &url, &account, &states).await;
        }
    }
}

room::on_each_database!(
    "current_thread",
    a_change_whose_caller_is_gone_is_made_whole_or_not_at_all
);

/// The connection is lost before each of the answers, that of `COMMIT` too: then the change is made,
/// and its caller does not know.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL"]
async fn a_change_that_loses_its_connection_is_made_whole_or_not_at_all() {
    for (place, change) in (1..).zip(Change::ALL) {
        let url = separate(&room::postgres_url().await, place).await;
        let (proxy, through) = Proxy::before(&url).await;
        let database = Database::connect(&through, ONE).await.unwrap();
        let states = states(&database, &url, change).await;
        let mut outcomes = BTreeSet::new();
        for answers in 0..ANSWERS {
            let users = database.users();
            let number = 2 * u32::try_from(answers).unwrap() + 2;
            let account = Account::ready(change, number, &users).await;
            proxy.close_after(answers);
            let answer = account.make(&users).await;
            proxy.keep_open();
            let made = is_made(&database, &url, &account, &states).await;
            outcomes.insert((answer.is_ok(), made));
            assert!(made || answer.is_err(), "{change:?}: answered, and not made");
            if answer.is_ok() {
                break;
            }
        }
        let expected = [(false, false), (false, true), (true, true)];
        assert_eq!(outcomes, expected.into(), "{change:?}: an interruption did not occur");
    }
}

/// A batch of events of several statements.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL"]
async fn events_that_lose_their_connection_are_recorded_all_or_none() {
    let url = room::postgres_url().await;
    let journal = room::migrated(&url).await.journal();
    let (proxy, through) = Proxy::before(&url).await;
    let database = Database::connect(&through, ONE).await.unwrap();
    let (mut recorded, mut outcomes) = (0, BTreeSet::new());
    for answers in 0..ANSWERS {
        let event = || AccountEvent::new(EventKind::CodeSent, NOW);
        let events: Vec<_> = (0..70).map(|_| event()).collect();
        database.ping().await.unwrap();
        proxy.close_after(answers);
        let answer = database.journal().record(&events).await;
        proxy.keep_open();
        let found = journal.read(&EventFilter::default(), None, 10_000).await.unwrap().len();
        assert!(found == recorded || found == recorded + events.len(), "{found} of {recorded}");
        outcomes.insert((answer.is_ok(), found > recorded));
        recorded = found;
        if answer.is_ok() {
            break;
        }
    }
    assert_eq!(outcomes, [(false, false), (false, true), (true, true)].into());
}

/// One of the two tokens is good, never both and never none.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL"]
async fn a_rotation_that_loses_its_connection_leaves_one_token() {
    let url = room::postgres_url().await;
    let around = room::migrated(&url).await.sessions();
    let (proxy, through) = Proxy::before(&url).await;
    let database = Database::connect(&through, ONE).await.unwrap();
    let hour = Duration::from_hours(1);
    let lifetime = Lifetime::new(hour, hour).unwrap();
    let mut outcomes = BTreeSet::new();
    for answers in 0..ANSWERS {
        let [old, new] = [(); 2].map(|()| room::digest());
        let session = Session::begin(NewSession::new(Uuid::new_v4(), lifetime), NOW);
        around.create(&old, &session).await.unwrap();
        database.ping().await.unwrap();
        proxy.close_after(answers);
        let answer = database.sessions().rotate(&old, &new, &session, NOW).await;
        proxy.keep_open();
        let mut found = [false; 2];
        for (found, digest) in found.iter_mut().zip([&old, &new]) {
            *found = around.find(digest, NOW).await.unwrap().is_some();
        }
        assert_ne!(found[0], found[1], "{answers} answers: {answer:?}");
        outcomes.insert((answer.is_ok(), found[1]));
        if answer.is_ok() {
            break;
        }
    }
    assert_eq!(outcomes, [(false, false), (false, true), (true, true)].into());
}

/// If the event of a change cannot be written, the change is not made either.
async fn a_change_without_its_event_is_not_made(url: String) {
    for (place, change) in (1..).zip(Change::ALL) {
        let url = separate(&url, place).await;
        let database = room::connect(&url).await;
        let states = states(&database, &url, change).await;
        let users = database.users();
        let account = Account::ready(change, 2, &users).await;
        let (refuse, allow) = if url.starts_with("sqlite:") {
            let refuse = "CREATE TRIGGER refuse BEFORE INSERT ON audit_events \
                          BEGIN SELECT RAISE(ABORT, 'full'); END";
            (refuse, "DROP TRIGGER refuse")
        } else {
            let refuse = "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
                              RAISE EXCEPTION 'full'; END $$; \
                          CREATE TRIGGER refuse BEFORE INSERT ON audit_events \
                              FOR EACH ROW EXECUTE FUNCTION refuse();";
            (refuse, "DROP FUNCTION refuse CASCADE")
        };
        execute(&url, refuse).await;
        let error = account.make(&users).await.expect_err("the event cannot be written");
        assert!(error.contains("full"), "{error}");
        execute(&url, allow).await;
        assert!(!is_made(&database, &url, &account, &states).await, "{url}: {change:?}");
    }
}

room::on_each_database!("multi_thread", a_change_without_its_event_is_not_made);

/// A migrated database of its own for each change, because all use the same numbers.
async fn separate(url: &str, place: u32) -> String {
    if let Some(path) = url.strip_prefix("sqlite:") {
        let url = format!("sqlite:{path}.{place}");
        room::migrated(&url).await;
        return url;
    }
    let (_, schema) = url.rsplit_once("%3D").unwrap();
    let own = format!("{schema}_{place}");
    let make = format!("DROP SCHEMA IF EXISTS {own} CASCADE; CREATE SCHEMA {own}");
    execute(url, &make).await;
    let url = url.replace(schema, &own);
    room::migrated(&url).await;
    url
}
