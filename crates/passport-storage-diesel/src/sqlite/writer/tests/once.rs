//! Writes that change the file with one statement, in a transaction without savepoints.

use super::*;

/// Such a write has no savepoint whose rollback would show it.
#[tokio::test]
async fn a_full_file_fails_all_writes_of_one_change() {
    let room = Room::new();
    let small = |connection: &mut SqliteConnection| {
        connection.batch_execute("PRAGMA max_page_count = 8").map(|()| 0)
    };
    room.writer.write(small).await.unwrap();
    let gate = room.hold().await;
    let (before, large, after, ()) = tokio::join!(
        room.writer.write_once(insert(1)),
        room.writer.write_once(insert_large),
        room.writer.write_once(insert(2)),
        async { gate.open() },
    );
    for outcome in [before, large, after] {
        let failure = outcome.expect_err("the file is full");
        assert!(matches!(failure, Failure::Shared(_)), "{failure:?}");
    }
    assert_eq!(numbers(&room.file.path), [0]);
}

#[tokio::test]
async fn a_failing_write_of_one_change_does_not_affect_others() {
    let room = Room::new();
    let gate = room.hold().await;
    let (before, failing, after, ()) = tokio::join!(
        room.writer.write_once(insert(1)),
        room.writer.write_once(insert(1)),
        room.writer.write_once(insert(2)),
        async { gate.open() },
    );
    before.expect("nothing is wrong with the first");
    let failure = failing.expect_err("1 is there already");
    assert!(matches!(failure, Failure::Query(Error::DatabaseError(..))), "{failure:?}");
    after.expect("nothing is wrong with the last");
    assert_eq!(numbers(&room.file.path), [0, 1, 2]);
}

/// It may have made its change before it panicked.
#[tokio::test]
async fn a_write_of_one_change_that_panics_fails_all_writes_of_the_transaction() {
    let room = Room::new();
    let gate = room.hold().await;
    let (before, panicking, after, ()) = tokio::join!(
        room.writer.write_once(insert(1)),
        room.writer.write_once::<usize>(|connection| {
            insert(2)(connection)?;
            panic!("a write that panics")
        }),
        room.writer.write(insert(3)),
        async { gate.open() },
    );
    for outcome in [before, panicking, after] {
        let failure = outcome.expect_err("it was not committed");
        assert!(matches!(failure, Failure::Shared(_)), "{failure:?}");
    }
    assert_eq!(numbers(&room.file.path), [0]);
    room.writer.write_once(insert(1)).await.expect("the next is served");
}
