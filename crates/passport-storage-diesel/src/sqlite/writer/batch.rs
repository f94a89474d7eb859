//! Writes that share a commit.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use diesel::{
    QueryResult, SqliteConnection,
    connection::{AnsiTransactionManager as Transactions, TransactionManager},
};
use tokio::sync::oneshot;

use super::turn::Turn;
use crate::{DatabaseError, failure::Failure, sqlite::file::File};

pub(super) type Work = Box<dyn FnOnce(&mut SqliteConnection) -> QueryResult<usize> + Send>;
type Outcome = Result<usize, Failure>;

/// A piece of work, and who waits for it.
pub(super) struct Job {
    pub(super) work: Work,
    pub(super) answer: oneshot::Sender<Outcome>,
    /// Taken by whoever waits when the wait was too long.
    pub(super) turn: Turn,
}

impl Job {
    /// Whether somebody waits for it; then it has begun.
    pub(super) fn begin(&self) -> bool {
        !self.answer.is_closed() && self.turn.take()
    }
}

/// Does the jobs in one transaction and answers each of them.
///
/// Without a connection it opens one. It leaves none behind whose transaction went wrong: SQLite
/// may have rolled it back by itself, as on a full disk, or may hold on to it.
pub(super) fn write(file: &File, connection: &mut Option<SqliteConnection>, jobs: Vec<Job>) {
    let (works, answers): (Vec<_>, Vec<_>) =
        jobs.into_iter().map(|job| (job.work, job.answer)).unzip();
    match attempt(file, connection, works) {
        Ok(outcomes) => {
            for (answer, outcome) in answers.into_iter().zip(outcomes) {
                // Whoever gave up meanwhile is not told.
                _ = answer.send(outcome);
            }
        }
        Err(failure) => {
            let failure = Arc::new(failure);
            for answer in answers {
                _ = answer.send(Err(Failure::Shared(Arc::clone(&failure))));
            }
        }
    }
}

fn attempt(
    file: &File,
    connection: &mut Option<SqliteConnection>,
    works: Vec<Work>,
) -> Result<Vec<Outcome>, Failure> {
    let mut writer = match connection.take() {
        Some(writer) => writer,
        None => file.open_writer()?,
    };
    // Takes the lock at once: SQLite refuses a transaction that asks for it later without a wait.
    if let Err(error) = Transactions::begin_transaction_sql(&mut writer, "BEGIN IMMEDIATE") {
        *connection = Some(writer);
        return Err(error.into());
    }
    let outcomes = commit(&mut writer, works)?;
    *connection = Some(writer);
    Ok(outcomes)
}

/// An error is one of the whole transaction, and SQLite takes all of it back.
fn commit(connection: &mut SqliteConnection, works: Vec<Work>) -> Result<Vec<Outcome>, Failure> {
    let outcomes = works.into_iter().map(|work| apart(connection, work));
    let outcomes = outcomes.collect::<QueryResult<_>>()?;
    Transactions::commit_transaction(connection).map_err(failed_commit)?;
    Ok(outcomes)
}

/// Where the disk fails after the end of the transaction reached the log, the next write covers it;
/// but a process that dies before that leaves it to be found by whoever opens the file again.
fn failed_commit(error: diesel::result::Error) -> Failure {
    if error.to_string().contains("disk I/O error") {
        Failure::Lost(error.into())
    } else {
        Failure::Query(error)
    }
}

/// Does the work in a savepoint, so that nothing of it remains if it fails.
fn apart(connection: &mut SqliteConnection, work: Work) -> QueryResult<Outcome> {
    Transactions::begin_transaction(connection)?;
    match catch_unwind(AssertUnwindSafe(|| work(connection))) {
        Ok(Ok(count)) => {
            Transactions::commit_transaction(connection)?;
            Ok(Ok(count))
        }
        Ok(Err(error)) => match Transactions::rollback_transaction(connection) {
            Ok(()) => Ok(Err(Failure::Query(error))),
            // There is nothing left to go back to: the error took all with it.
            Err(_) => Err(error),
        },
        Err(_) => {
            Transactions::rollback_transaction(connection)?;
            Ok(Err(DatabaseError::Failed("a write panicked".into()).into()))
        }
    }
}

#[cfg(test)]
mod tests {
    use diesel::result::{DatabaseErrorKind::Unknown, Error};

    use super::*;

    #[test]
    fn a_commit_that_a_disk_broke_may_have_been_made() {
        let failure = |message: &str| {
            failed_commit(Error::DatabaseError(Unknown, Box::new(message.to_owned())))
        };
        assert!(!failure("disk I/O error").left_nothing());
        assert!(failure("database or disk is full").left_nothing());
    }
}
