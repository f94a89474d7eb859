//! After a failure of the database: an outbox that reports a message as not written must be right.

use std::{sync::Arc, time::Duration};

use diesel::{Connection, QueryableByName, SqliteConnection, connection::SimpleConnection};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use futures::future::join_all;
use passport_sms_client::{
    Entry, Lease, Opened, Outbox, OutboxError, Prefix, SealedMessage, testing,
};
use passport_storage_diesel::{Database, DatabaseOptions};
use tokio::time::{sleep, timeout};
use uuid::Uuid;

use crate::{
    child,
    proxy::Proxy,
    room::{self, NOW},
};

/// Options with shorter timeouts, so that the tests are faster.
fn options() -> DatabaseOptions {
    DatabaseOptions {
        answer_timeout: Duration::from_secs(1),
        busy_timeout: Duration::from_millis(300),
        ..DatabaseOptions::default()
    }
}

/// Outbox in PostgreSQL behind a proxy, and the URL without the proxy.
struct Behind {
    proxy: Proxy,
    outbox: Arc<dyn Outbox>,
    url: String,
}

impl Behind {
    /// Starts with a used connection in the pool.
    async fn start(options: DatabaseOptions) -> Self {
        let url = room::postgres_url().await;
        room::migrated(&url).await;
        let (proxy, url_of_proxy) = Proxy::before(&url).await;
        let database = Database::connect(&url_of_proxy, options).await.unwrap();
        let outbox = database.outbox();
        assert_eq!(outbox.open(&entry(), lease(), None, NOW).await.unwrap(), Opened::New);
        Self { proxy, outbox, url }
    }

    async fn around(&self) -> AsyncPgConnection {
        AsyncPgConnection::establish(&self.url).await.unwrap()
    }

    /// Waits until `count` messages are on record.
    async fn has(&self, count: i64) {
        let mut connection = self.around().await;
        let is_there = async {
            while messages(&mut connection).await != count {
                sleep(Duration::from_millis(5)).await;
            }
        };
        timeout(Duration::from_secs(5), is_there).await.expect("they come on record");
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL"]
async fn postgresql_that_is_gone_has_nothing() {
    let mut room = Behind::start(options()).await;
    room.proxy.die().await;
    // The pool has to notice that the connection is closed.
    sleep(Duration::from_millis(100)).await;
    let outbox = Arc::clone(&room.outbox);
    testing::unwritten_messages_do_not_exist(outbox, async || {
        room.proxy.come_back().await;
        room.outbox
    })
    .await;
}

/// The error of a full disk is `53100`, for which diesel has no variant.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL"]
async fn postgresql_that_refuses_has_nothing() {
    let room = Behind::start(options()).await;
    let mut around = room.around().await;
    around
        .batch_execute(
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
               RAISE EXCEPTION 'could not extend file: No space left on device' \
               USING ERRCODE = 'disk_full'; END $$; \
             CREATE TRIGGER refuse AFTER INSERT ON outbox_messages \
               FOR EACH ROW EXECUTE FUNCTION refuse();",
        )
        .await
        .unwrap();
    testing::unwritten_messages_do_not_exist(Arc::clone(&room.outbox), async || {
        around.batch_execute("DROP FUNCTION refuse CASCADE").await.unwrap();
        room.outbox
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL"]
async fn postgresql_that_only_reads_has_nothing() {
    let url = room::postgres_url().await;
    let outbox = room::migrated(&url).await.outbox();
    let read_only = format!("{url}%20-c%20default_transaction_read_only%3Don");
    let reader = room::connect(&read_only).await.outbox();
    testing::unwritten_messages_do_not_exist(reader, async || outbox).await;
}

/// No query is sent: one caller waits for a connection, and the other for that caller.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL"]
async fn postgresql_that_accepts_no_connection_has_nothing() {
    let one = DatabaseOptions { max_connections: 1, ..options() };
    let mut room = Behind::start(one).await;
    room.proxy.die().await;
    room.proxy.come_back().await;
    room.proxy.fall_silent();
    sleep(Duration::from_millis(100)).await;
    let (first, entry) = (Arc::clone(&room.outbox), entry());
    let first = tokio::spawn(async move { first.open(&entry, lease(), None, NOW).await });
    testing::unwritten_messages_do_not_exist(Arc::clone(&room.outbox), async || {
        let refused = first.await.unwrap();
        assert!(matches!(refused, Err(OutboxError::NotWritten(_))), "{refused:?}");
        room.proxy.speak_again();
        room.outbox
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL"]
async fn an_answer_of_postgresql_that_is_late_is_a_doubt() {
    let room = Behind::start(options()).await;
    room.proxy.swallow_answers();
    testing::a_lost_answer_is_no_refusal(Arc::clone(&room.outbox), async || {
        room.has(2).await;
        room.proxy.speak_again();
        room.outbox
    })
    .await;
}

/// PostgreSQL notices the broken connection only when it answers, after it has executed the query.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL"]
async fn a_connection_to_postgresql_that_breaks_is_a_doubt() {
    let mut room = Behind::start(options()).await;
    let mut around = room.around().await;
    around
        .batch_execute("BEGIN; LOCK TABLE outbox_messages IN ACCESS EXCLUSIVE MODE")
        .await
        .unwrap();
    let outbox = Arc::clone(&room.outbox);
    let (breaks, broken) = tokio::sync::oneshot::channel();
    let breaking = tokio::spawn(async move {
        sleep(Duration::from_millis(300)).await;
        room.proxy.die().await;
        breaks.send(room).ok().expect("the test waits");
    });
    testing::a_lost_answer_is_no_refusal(outbox, async || {
        let mut room = broken.await.unwrap();
        around.batch_execute("ROLLBACK").await.unwrap();
        room.has(2).await;
        room.proxy.come_back().await;
        room.outbox
    })
    .await;
    breaking.await.unwrap();
}

/// An operator may terminate a session that has committed and has not answered yet.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL"]
async fn a_session_of_postgresql_that_is_ended_is_a_doubt() {
    let room = Behind::start(options()).await;
    let mut around = room.around().await;
    around
        .batch_execute("BEGIN; LOCK TABLE outbox_messages IN ACCESS EXCLUSIVE MODE")
        .await
        .unwrap();
    let ending = async {
        sleep(Duration::from_millis(300)).await;
        around
            .batch_execute(
                "SELECT pg_terminate_backend(pid) FROM pg_locks \
                 WHERE NOT granted AND relation = 'outbox_messages'::regclass",
            )
            .await
            .unwrap();
    };
    let entry = entry();
    let (opened, ()) = tokio::join!(room.outbox.open(&entry, lease(), None, NOW), ending);
    let Err(OutboxError::Unknown(cause)) = opened else { panic!("{opened:?}") };
    let shown = room::chain(&*cause);
    assert!(shown.contains("terminating connection"), "{shown}");
}

#[tokio::test]
async fn a_file_that_another_process_holds_has_nothing() {
    let url = room::sqlite_url();
    room::migrated(&url).await;
    let outbox = Database::connect(&url, options()).await.unwrap().outbox();
    let path = url.strip_prefix("sqlite:").unwrap();
    let mut other = SqliteConnection::establish(path).unwrap();
    other.batch_execute("BEGIN IMMEDIATE").unwrap();
    testing::unwritten_messages_do_not_exist(Arc::clone(&outbox), async || {
        other.batch_execute("ROLLBACK").unwrap();
        outbox
    })
    .await;
}

/// A process opens messages until the disk is full, and its report on each is true. SQLite cannot
/// tell for all refused ones, because here the system reports a write error.
#[cfg(unix)]
#[tokio::test]
async fn a_file_on_a_full_disk_has_what_it_took_and_nothing_that_it_refused() {
    let url = room::sqlite_url();
    room::migrated(&url).await;
    let mut child = child::spawn_on_a_full_disk("open messages", &url);
    let lines: Vec<_> = child::lines(&mut child).collect();
    assert!(child.wait().unwrap().success(), "{lines:?}");
    let outbox = room::connect(&url).await.outbox();
    let ids = |said: &str| -> Vec<Uuid> {
        let ids = lines.iter().filter_map(|line| line.rsplit_once(said)?.1.parse().ok());
        ids.collect()
    };
    let (taken, refused, doubted) = (ids("taken "), ids("refused "), ids("doubted "));
    assert!(taken.len() > 16, "it was full at once: {lines:?}");
    assert_eq!(refused.len() + doubted.len(), CALLERS, "each is turned away: {lines:?}");
    for (ids, opened) in [(taken, Opened::Known), (refused, Opened::New)] {
        for id in ids {
            let entry = Entry { id, ..entry() };
            assert_eq!(outbox.open(&entry, lease(), None, NOW).await.unwrap(), opened, "{id}");
        }
    }
}

/// Opens messages until each caller is refused; prints the result of each.
pub(crate) async fn fill(url: &str) {
    let outbox = room::connect(url).await.outbox();
    let callers = (0..CALLERS).map(|_| async {
        loop {
            let entry = entry();
            match outbox.open(&entry, lease(), None, NOW).await {
                Ok(_) => println!("taken {}", entry.id),
                Err(OutboxError::NotWritten(_)) => return println!("refused {}", entry.id),
                Err(OutboxError::Unknown(_)) => return println!("doubted {}", entry.id),
            }
        }
    });
    join_all(callers).await;
}

const CALLERS: usize = 8;

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    count: i64,
}

async fn messages(connection: &mut AsyncPgConnection) -> i64 {
    let query = diesel::sql_query("SELECT count(*) AS count FROM outbox_messages");
    let counts: Vec<Count> = query.load(connection).await.unwrap();
    counts[0].count
}

fn entry() -> Entry {
    let (id, to) = (Uuid::new_v4(), "+8613800138000".parse().unwrap());
    Entry {
        id,
        sealed: SealedMessage::from_bytes(id.as_bytes().repeat(20)),
        country: Prefix::country_of(&to),
        carrier: Prefix::carrier_of(&to),
        expires_at: NOW + Duration::from_mins(5),
    }
}

fn lease() -> Lease {
    Lease { token: Uuid::new_v4(), until: NOW + Duration::from_secs(30) }
}
