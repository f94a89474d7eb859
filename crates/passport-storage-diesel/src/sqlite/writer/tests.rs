use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
        mpsc::{Sender, channel},
    },
    time::Instant,
};

use diesel::{
    Connection, RunQueryDsl, connection::SimpleConnection, dsl::sql, result::Error,
    sql_types::Integer,
};
use futures::{FutureExt, future::join_all};
use tempfile::TempDir;
use tokio::{sync::oneshot, task::JoinHandle};

use super::*;

mod once;

const BUSY_TIMEOUT: Duration = Duration::from_millis(500);

#[tokio::test]
async fn answers_after_the_commit_that_all_share() {
    let room = Room::new();
    let gate = room.hold().await;
    let answered = Arc::new(AtomicUsize::new(0));
    let writes = (1..=9).map(|number| {
        let answered = Arc::clone(&answered);
        room.spawn(async move |writer| {
            let count = writer.write(insert(number)).await;
            answered.fetch_add(1, SeqCst);
            count
        })
    });
    let writes: Vec<_> = writes.collect();
    let (path, told) = (room.file.path.clone(), Arc::clone(&answered));
    let last = room.spawn(async move |writer| {
        let look = move |_: &mut SqliteConnection| {
            // Leaves time for an answer that comes too early.
            thread::sleep(Duration::from_millis(50));
            assert_eq!(told.load(SeqCst), 0, "answered before the last is done");
            assert_eq!(numbers(&path), [0], "committed before the last is done");
            Ok(0)
        };
        writer.write(look).await
    });
    tokio::task::yield_now().await;
    gate.open();
    last.await.unwrap().expect("no write was answered, and nothing committed");
    for write in writes {
        assert_eq!(write.await.unwrap().unwrap(), 1);
    }
    assert_eq!(numbers(&room.file.path), (0..=9).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_failing_write_leaves_nothing_and_does_not_affect_others() {
    let room = Room::new();
    let gate = room.hold().await;
    let (before, twice, halfway, panicking, after, ()) = tokio::join!(
        room.writer.write(insert(1)),
        room.writer.write(insert(1)),
        room.writer.write(|connection| {
            insert(2)(connection)?;
            insert(1)(connection)
        }),
        room.writer.write::<usize>(|connection| {
            insert(3)(connection)?;
            panic!("a write that panics")
        }),
        room.writer.write(insert(4)),
        async { gate.open() },
    );
    before.expect("nothing is wrong with the first");
    for failed in [twice, halfway] {
        let failure = failed.expect_err("1 is there already");
        assert!(matches!(failure, Failure::Query(Error::DatabaseError(..))), "{failure:?}");
    }
    let failure = panicking.expect_err("it panicked");
    assert!(matches!(failure, Failure::Database(DatabaseError::Failed(_))), "{failure:?}");
    after.expect("nothing is wrong with the last");
    assert_eq!(numbers(&room.file.path), [0, 1, 4]);
}

/// A deferred foreign key is checked at the commit.
#[tokio::test]
async fn a_failing_commit_fails_all_its_writes() {
    let room = Room::new();
    let gate = room.hold().await;
    let (before, bad, after, ()) = tokio::join!(
        room.writer.write(insert(1)),
        room.writer.write(|connection| {
            connection.batch_execute("INSERT INTO strays VALUES (7)").map(|()| 1)
        }),
        room.writer.write(insert(2)),
        async { gate.open() },
    );
    for outcome in [before, bad, after] {
        let failure = outcome.expect_err("it was not committed");
        assert!(matches!(failure, Failure::Shared(_)), "{failure:?}");
    }
    assert_eq!(numbers(&room.file.path), [0]);
    room.writer.write(insert(1)).await.expect("the next is served");
    assert_eq!(numbers(&room.file.path), [0, 1]);
}

/// SQLite then rolls back the whole transaction, and would commit each later statement by itself.
#[tokio::test]
async fn a_full_file_fails_all_writes_of_the_transaction() {
    let room = Room::new();
    room.writer
        .write(|connection| connection.batch_execute("PRAGMA max_page_count = 8").map(|()| 0))
        .await
        .unwrap();
    let gate = room.hold().await;
    let (before, large, after, ()) = tokio::join!(
        room.writer.write(insert(1)),
        room.writer.write(insert_large),
        room.writer.write(insert(2)),
        async { gate.open() },
    );
    for outcome in [before, large, after] {
        let failure = outcome.expect_err("the file is full");
        assert!(failure.left_nothing(), "{failure:?}");
        let Failure::Shared(shared) = failure else { panic!("{failure:?}") };
        let Failure::Query(error) = &*shared else { panic!("{shared:?}") };
        assert_eq!(error.to_string(), "database or disk is full");
    }
    assert_eq!(numbers(&room.file.path), [0]);
    // The limit belongs to the former connection.
    room.writer.write(insert_large).await.expect("the connection was replaced");
    room.writer.write(insert(3)).await.unwrap();
    assert_eq!(numbers(&room.file.path), [0, 3]);
}

#[tokio::test]
async fn a_cancelled_write_is_discarded_unless_it_has_begun() {
    let room = Room::new();
    let gate = room.hold().await;
    let waiting = room.spawn(async |writer| writer.write(insert(1)).await);
    let next = room.spawn(async |writer| writer.write(insert(2)).await);
    tokio::task::yield_now().await;
    waiting.abort();
    waiting.await.expect_err("it was aborted");
    // Its write has begun.
    gate.caller.abort();
    gate.open();
    next.await.unwrap().expect("the next is served");
    assert_eq!(
        numbers(&room.file.path),
        [0, 2],
        "the write that had begun is finished, the queued one is not"
    );
}

/// The thread is blocked, for example because the disk hangs.
#[tokio::test]
async fn a_write_that_does_not_begin_times_out() {
    let room = Room::new();
    let gate = room.hold().await;
    let begun = Instant::now();
    let waiting = (1..=9).map(|number| room.writer.write(insert(number)));
    // The gate is still closed, so the thread cannot have answered these.
    for outcome in join_all(waiting).await {
        let failure = outcome.expect_err("its turn did not come");
        assert!(matches!(failure, Failure::Busy), "{failure:?}");
    }
    let waited = begun.elapsed();
    assert!((BUSY_TIMEOUT..4 * BUSY_TIMEOUT).contains(&waited), "{waited:?}");
    gate.open();
    room.writer.write(insert(1)).await.expect("the next is served");
    assert_eq!(numbers(&room.file.path), [0, 1], "a write that timed out is not written later");
}

/// The caller has taken the turn, because it timed out and reports that nothing was written.
#[test]
fn a_write_that_timed_out_does_not_begin() {
    let turn = Turn::default();
    let (job, _answer) = Task::with_answer(insert(1), Changes::Often, turn.clone());
    assert!(turn.take());
    assert!(!job.begin());
}

#[tokio::test]
async fn the_caller_waits_for_a_write_that_has_begun() {
    let room = Room::new();
    let gate = room.hold().await;
    tokio::time::sleep(BUSY_TIMEOUT * 2).await;
    assert!(!gate.caller.is_finished(), "its result is not known yet");
    gate.go.send(()).unwrap();
    assert_eq!(gate.caller.await.unwrap().unwrap(), 1);
    assert_eq!(numbers(&room.file.path), [0]);
}

#[tokio::test]
async fn a_write_beyond_the_capacity_of_the_queue_fails_at_once() {
    let room = Room::new();
    let gate = room.hold().await;
    let number = i32::try_from(QUEUE + 100).unwrap();
    let writes = (1..=number).map(|number| room.writer.write(insert(number)));
    let mut writes: Vec<_> = writes.map(Box::pin).collect();
    for (at, write) in writes.iter_mut().enumerate() {
        match write.as_mut().now_or_never() {
            None => assert!(at < QUEUE, "write {at} waits as well"),
            Some(Err(Failure::Busy)) => assert!(at >= QUEUE, "write {at} is refused already"),
            Some(outcome) => panic!("write {at}: {outcome:?}"),
        }
    }
    gate.open();
    for write in writes.into_iter().take(QUEUE) {
        write.await.expect("its turn came");
    }
    assert_eq!(numbers(&room.file.path).len(), QUEUE + 1);
    room.writer.write(insert(number)).await.expect("the next is served");
}

#[tokio::test]
async fn writes_fail_after_the_thread_has_ended() {
    let (queue, waiting) = mpsc::channel(QUEUE);
    let writer = Writer { queue: Some(queue), thread: None, busy_timeout: BUSY_TIMEOUT };
    let write = tokio::spawn(async move {
        let first = writer.write(insert(1)).await;
        [first, writer.write(insert(2)).await]
    });
    tokio::task::yield_now().await;
    drop(waiting);
    let [begun, refused] = write.await.unwrap().map(|it| it.expect_err("there is no thread"));
    assert!(matches!(begun, Failure::Lost(_)), "it may have been written: {begun:?}");
    assert!(matches!(refused, Failure::Database(DatabaseError::Failed(_))), "{refused:?}");
}

/// Independent of the compile-time defaults of SQLite. With less than FULL, which is 2, answered writes
/// may be lost with the power; without foreign keys, attempts stay when their message is deleted.
#[tokio::test]
async fn syncs_each_commit_and_keeps_references() {
    let room = Room::new();
    let settings = |connection: &mut SqliteConnection| {
        let mut found = |setting| sql::<Integer>(setting).get_result::<i32>(connection);
        assert_eq!(found("PRAGMA synchronous")?, 2);
        assert_eq!(found("PRAGMA foreign_keys")?, 1);
        Ok(0)
    };
    room.writer.write(settings).await.expect("the settings are as expected");
    room.break_transaction().await;
    room.writer.write(settings).await.expect("the next connection has the same settings");
}

/// What a savepoint can undo holds numbers and hashes, and is more than SQLite keeps in memory by itself.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_savepoint_over_many_pages_writes_no_temporary_file() {
    let room = Room::new();
    let look = |connection: &mut SqliteConnection| {
        connection.batch_execute(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200) \
             INSERT INTO large SELECT zeroblob(4000) FROM n; \
             SAVEPOINT change; UPDATE large SET content = randomblob(4000)",
        )?;
        let open = std::fs::read_dir("/proc/self/fd").unwrap().flatten();
        let open = open.filter_map(|entry| std::fs::read_link(entry.path()).ok());
        let temporary = open.filter(|path| path.to_string_lossy().contains("etilqs_")).count();
        connection.batch_execute("RELEASE change")?;
        assert_eq!(temporary, 0);
        Ok(0)
    };
    room.writer.write(look).await.expect("no temporary file is open");
}

#[tokio::test]
async fn closes_the_file_when_it_is_dropped() {
    let room = Room::new();
    let log = room.file.path.with_extension("db-wal");
    let gate = room.hold().await;
    assert!(log.exists());
    gate.caller.abort();
    _ = gate.caller.await;
    gate.go.send(()).unwrap();
    let Room { writer, file, _directory } = room;
    drop(Arc::into_inner(writer).expect("no other owner is left"));
    // SQLite copies the log into the file when the last connection is closed.
    assert!(!log.exists(), "the file is still open");
    assert_eq!(numbers(&file.path), [0], "the write that had begun is finished");
}

struct Room {
    writer: Arc<Writer>,
    file: File,
    _directory: TempDir,
}

/// Keeps the thread busy, so that later writes share a commit.
struct Gate {
    go: Sender<()>,
    caller: JoinHandle<Result<usize, Failure>>,
}

impl Room {
    fn new() -> Self {
        let directory = TempDir::new().unwrap();
        let file = File { path: directory.path().join("test.db"), busy_timeout: BUSY_TIMEOUT };
        let tables = "CREATE TABLE numbers (number INTEGER PRIMARY KEY) STRICT; \
                      CREATE TABLE large (content BLOB) STRICT; \
                      CREATE TABLE strays (number INTEGER \
                          REFERENCES numbers DEFERRABLE INITIALLY DEFERRED) STRICT;";
        file.open_writer().unwrap().batch_execute(tables).unwrap();
        let writer = Arc::new(Writer::open(file.clone()).unwrap());
        Self { writer, file, _directory: directory }
    }

    /// Makes a commit fail, so that the connection is replaced.
    async fn break_transaction(&self) {
        let stray = |connection: &mut SqliteConnection| {
            connection.batch_execute("INSERT INTO strays VALUES (7)").map(|()| 1)
        };
        self.writer.write(stray).await.expect_err("the reference leads nowhere");
    }

    fn spawn<F>(&self, act: impl FnOnce(Arc<Writer>) -> F) -> JoinHandle<F::Output>
    where
        F: Future<Output: Send> + Send + 'static,
    {
        tokio::spawn(act(Arc::clone(&self.writer)))
    }

    /// Starts a write that inserts 0 and blocks; returns once it has begun.
    async fn hold(&self) -> Gate {
        let (go, gone) = channel();
        let (arrive, arrival) = oneshot::channel();
        let caller = self.spawn(async move |writer| {
            let work = move |connection: &mut SqliteConnection| {
                arrive.send(()).unwrap();
                gone.recv().unwrap();
                insert(0)(connection)
            };
            writer.write(work).await
        });
        arrival.await.unwrap();
        Gate { go, caller }
    }
}

impl Gate {
    fn open(self) {
        self.go.send(()).unwrap();
    }
}

fn insert(number: i32) -> impl FnOnce(&mut SqliteConnection) -> QueryResult<usize> {
    let query = format!("INSERT INTO numbers VALUES ({number})");
    move |connection| diesel::sql_query(query).execute(connection)
}

/// Inserts more than eight pages.
fn insert_large(connection: &mut SqliteConnection) -> QueryResult<usize> {
    diesel::sql_query("INSERT INTO large VALUES (randomblob(100000))").execute(connection)
}

/// Numbers that another connection sees.
fn numbers(path: &Path) -> Vec<i32> {
    let mut connection = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
    sql::<Integer>("SELECT number FROM numbers ORDER BY number").load(&mut connection).unwrap()
}
