//! A table of PostgreSQL is locked, and its callers time out or are cancelled.

use std::{
    sync::Mutex,
    task::{Context, Waker},
    time::Duration,
};

use diesel::{QueryableByName, sql_query, sql_types::Integer};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use futures::future::join_all;
use passport_storage_diesel::{Database, DatabaseOptions};
use tokio::{
    join,
    runtime::{Builder, Runtime},
    time::{Instant, sleep, sleep_until, timeout},
};
use uuid::Uuid;

use crate::room::{self, NOW};

const LIMIT: Duration = Duration::from_secs(1);

/// PostgreSQL continues a query after its client has disconnected. If the pool did not wait for that, it
/// would open new connections until the server has none left.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL"]
async fn no_more_queries_run_than_the_pool_has_connections() {
    let mut server = Server::start(4, "stuck_pool").await;
    server.lock_users().await;
    let users = server.database.users();
    let phone = room::phone(1);
    let begun = Instant::now();
    while begun.elapsed() < 4 * LIMIT {
        // Every other caller is cancelled early; the rest are more than the pool has connections.
        let asking = (0..16).map(|number| {
            let patience = if number % 2 == 0 { LIMIT / 20 } else { 4 * LIMIT };
            timeout(patience, users.find_by_phone(&phone))
        });
        for outcome in join_all(asking).await {
            assert!(!matches!(outcome, Ok(Ok(_))), "the table is locked");
        }
        let backends = server.backends("").await;
        assert!((1..=4).contains(&backends.len()), "the pool of 4 has {backends:?}");
    }
    // The server cancels queries whose callers are gone.
    let begun = Instant::now();
    while !server.backends("AND state = 'active'").await.is_empty() {
        assert!(begun.elapsed() < 4 * LIMIT, "queries run on");
        sleep(LIMIT / 20).await;
    }
    server.unlock_users().await;
    users.find_by_phone(&phone).await.expect("nothing is locked any more");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL"]
async fn a_cancelled_query_leaves_no_connection_with_an_outstanding_answer() {
    let mut server = Server::start(1, "stuck_caller").await;
    server.lock_users().await;
    let (users, sessions) = (server.database.users(), server.database.sessions());
    let phone = room::phone(1);
    timeout(LIMIT / 2, users.find_by_phone(&phone)).await.expect_err("the table is locked");
    let answer = sessions.list(Uuid::nil(), NOW).await;
    answer.expect("the other table is free, and the connection is in time");
}

/// The server cancels the queries of a shared connection one after the other, for which the callers do not
/// wait.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL"]
async fn a_shared_connection_is_kept_until_the_server_has_answered_each_of_its_queries() {
    let mut server = Server::start(1, "stuck_shared").await;
    let before = server.backends("").await;
    let (users, signed_in) = (server.database.users(), server.database.signed_in_users());
    let digest = room::digest();
    assert_eq!(signed_in.find(&digest, NOW).await.expect("the query is prepared"), None);
    server.lock_users().await;
    let begun = Instant::now();
    let asking = (0..4).map(|_| signed_in.find(&digest, NOW));
    for outcome in join_all(asking).await {
        outcome.expect_err("the table is locked");
    }
    assert!(begun.elapsed() < 2 * LIMIT, "callers waited {:?}", begun.elapsed());
    sleep(LIMIT / 2).await;
    assert_eq!(server.backends("AND state = 'active'").await, before, "one query at a time");
    let refused = users.find_by_phone(&room::phone(1)).await;
    assert!(room::chain(&refused.expect_err("no connection")).contains("did not take the query"));
    sleep_until(begun + 4 * LIMIT + LIMIT / 2).await;
    server.unlock_users().await;
    users.find_by_phone(&room::phone(1)).await.expect("the connection is back in the pool");
    assert_eq!(server.backends("").await, before, "the connection was replaced");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL"]
async fn each_runtime_has_one_connection_for_its_queries_that_are_outstanding() {
    let mut server = Server::start_patiently(8, "stuck_runtimes").await;
    let before = server.backends("").await.len();
    let (signed_in, digest) = (server.database.signed_in_users(), room::digest());
    server.lock_users().await;
    let runtimes = [(); 2].map(|()| Builder::new_multi_thread().enable_all().build().unwrap());
    let mut asking = Vec::new();
    for runtime in runtimes.iter().cycle().take(10) {
        let signed_in = signed_in.clone();
        asking.push(runtime.spawn(async move { signed_in.find(&digest, NOW).await }));
        sleep(LIMIT / 40).await;
    }
    sleep(LIMIT).await;
    let open = server.backends("").await.len();
    server.unlock_users().await;
    let found = join_all(asking).await;
    _ = runtimes.map(Runtime::shutdown_background);
    assert_eq!(open, before + 2, "10 queries of two runtimes");
    for found in found {
        assert_eq!(found.unwrap().expect("nothing is locked any more"), None);
    }
}

/// Conversely, a connection whose queries wait for too long gets no more of them.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL"]
async fn a_query_does_not_join_others_that_wait_for_longer_than_they_should() {
    let mut server = Server::start(2, "stuck_doubtful").await;
    let (signed_in, digest) = (server.database.signed_in_users(), room::digest());
    signed_in.find(&digest, NOW).await.expect("the query is prepared");
    let before = server.backends("").await.len();
    server.lock_users().await;
    let late = async {
        sleep(LIMIT + LIMIT / 4).await;
        signed_in.find(&digest, NOW).await
    };
    let (outcomes, late) = join!(join_all((0..3).map(|_| signed_in.find(&digest, NOW))), late);
    assert!(outcomes.iter().all(Result::is_err) && late.is_err(), "the table is locked");
    assert_eq!(
        server.backends("").await.len(),
        before + 1,
        "a connection for the one that is late"
    );
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL"]
async fn a_query_keeps_its_turn_if_the_one_that_it_waited_with_is_cancelled() {
    let mut server = Server::start_patiently(1, "stuck_turn").await;
    let (users, signed_in) = (server.database.users(), server.database.signed_in_users());
    let (digest, phone, order) = (room::digest(), room::phone(1), Mutex::new(Vec::new()));
    server.lock_users().await;
    let first = async { users.find_by_phone(&phone).await };
    let cancelled = timeout(LIMIT / 4, signed_in.find(&digest, NOW));
    let joined = async {
        signed_in.find(&digest, NOW).await.expect("the first turn");
        order.lock().unwrap().push("joined");
    };
    let next = async {
        users.find_by_phone(&phone).await.expect("the second turn");
        order.lock().unwrap().push("next");
    };
    // In the order in which they are polled.
    let (first, cancelled, (), (), ()) = join!(biased; first, cancelled, joined, next, async {
        sleep(LIMIT / 2).await;
        server.unlock_users().await;
    });
    first.expect("the lock was released in time");
    cancelled.expect_err("the only connection is in use");
    assert_eq!(order.into_inner().unwrap(), ["joined", "next"]);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL"]
async fn queries_of_a_shared_connection_that_ends_fail_and_the_next_has_another() {
    let mut server = Server::start_patiently(1, "stuck_ended").await;
    let (signed_in, digest) = (server.database.signed_in_users(), room::digest());
    signed_in.find(&digest, NOW).await.expect("the query is prepared");
    let before = server.backends("").await;
    server.lock_users().await;
    let ending = async {
        sleep(LIMIT / 4).await;
        for pid in &before {
            let end = format!("SELECT pg_terminate_backend({pid})");
            server.watching.batch_execute(&end).await.unwrap();
        }
        server.unlock_users().await;
    };
    let (outcomes, ()) = join!(join_all((0..8).map(|_| signed_in.find(&digest, NOW))), ending);
    for outcome in outcomes {
        let shown = room::chain(&outcome.expect_err("the connection has ended"));
        assert!(shown.contains("connection to the database was lost"), "{shown}");
    }
    assert_eq!(signed_in.find(&digest, NOW).await.expect("another connection"), None);
    assert_ne!(server.backends("").await, before);
}

/// Conversely, a connection that answers is kept, and its query is completed.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL"]
async fn a_cancelled_query_keeps_its_connection() {
    let mut server = Server::start(1, "stuck_not").await;
    let users = server.database.users();
    let before = server.backends("").await;
    for number in 0..20 {
        let user = room::user(number);
        let event = room::event(&user);
        let mut inserting = users.insert(&user, &event);
        // The query begins, and its caller is cancelled.
        let polled = inserting.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        assert!(polled.is_pending(), "{polled:?}");
        drop(inserting);
        let found = users.find_by_phone(&room::phone(number)).await.unwrap();
        assert!(found.is_some(), "user {number} is lost");
    }
    assert_eq!(server.backends("").await, before, "the connection was replaced");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL"]
async fn a_stricter_limit_of_the_operator_stands() {
    let mut server = Server::start(1, "stuck_strictly").await;
    server.lock_users().await;
    let stricter = "options=-c%20statement_timeout%3D100ms%20";
    let url = server.url.replace("options=", stricter);
    let options = DatabaseOptions { answer_timeout: 10 * LIMIT, ..DatabaseOptions::default() };
    let users = Database::connect(&url, options).await.unwrap().users();
    let begun = Instant::now();
    let error = users.find_by_phone(&room::phone(1)).await.expect_err("the table is locked");
    assert!(begun.elapsed() < 5 * LIMIT, "it took {:?}", begun.elapsed());
    let shown = room::chain(&error);
    assert!(shown.ends_with("canceling statement due to statement timeout"), "{shown}");
}

/// Database, and two connections that lock and observe it.
struct Server {
    url: String,
    database: Database,
    name: &'static str,
    locking: AsyncPgConnection,
    watching: AsyncPgConnection,
}

impl Server {
    /// `name` is the application name of the pool's connections.
    async fn start(connections: usize, name: &'static str) -> Self {
        Self::start_with(connections, name, LIMIT).await
    }

    /// No query times out in a test that takes a few seconds.
    async fn start_patiently(connections: usize, name: &'static str) -> Self {
        Self::start_with(connections, name, 20 * LIMIT).await
    }

    async fn start_with(connections: usize, name: &'static str, answer_timeout: Duration) -> Self {
        let url = room::postgres_url().await;
        room::migrated(&url).await;
        let options = DatabaseOptions {
            max_connections: connections,
            answer_timeout,
            ..DatabaseOptions::default()
        };
        let named = room::with_parameter(&url, &format!("application_name={name}"));
        Self {
            database: Database::connect(&named, options).await.unwrap(),
            name,
            locking: AsyncPgConnection::establish(&url).await.unwrap(),
            watching: AsyncPgConnection::establish(&url).await.unwrap(),
            url,
        }
    }

    async fn lock_users(&mut self) {
        let lock = "BEGIN; LOCK TABLE users IN ACCESS EXCLUSIVE MODE";
        self.locking.batch_execute(lock).await.unwrap();
    }

    async fn unlock_users(&mut self) {
        self.locking.batch_execute("ROLLBACK").await.unwrap();
    }

    /// Server processes of the pool's connections.
    async fn backends(&mut self, condition: &str) -> Vec<i32> {
        let query = format!(
            "SELECT pid FROM pg_stat_activity WHERE application_name = '{}' {condition} ORDER BY pid",
            self.name
        );
        let backends: Vec<Backend> = sql_query(query).load(&mut self.watching).await.unwrap();
        backends.into_iter().map(|backend| backend.pid).collect()
    }
}

#[derive(QueryableByName)]
struct Backend {
    #[diesel(sql_type = Integer)]
    pid: i32,
}
