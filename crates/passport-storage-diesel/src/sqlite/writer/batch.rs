//! Writes that share a commit.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use diesel::{
    QueryResult, SqliteConnection,
    connection::{AnsiTransactionManager as Transactions, SimpleConnection, TransactionManager},
    result::Error,
};

use super::job::{Changes, Job};
use crate::{DatabaseError, failure::Failure, sqlite::file::File};

/// Does the jobs in one transaction and answers each of them.
///
/// Opens a connection if there is none. A connection whose transaction failed is not kept: SQLite
/// may have rolled that transaction back by itself, as on a full disk, or may still hold it.
pub(super) fn write(
    file: &File,
    connection: &mut Option<SqliteConnection>,
    mut jobs: Vec<Box<dyn Job>>,
) {
    match attempt(file, connection, &mut jobs) {
        Ok(outcomes) => {
            for (job, outcome) in jobs.into_iter().zip(outcomes) {
                job.answer(outcome);
            }
        }
        Err(failure) => {
            let failure = Arc::new(failure);
            for job in jobs {
                job.answer(Err(Failure::Shared(Arc::clone(&failure))));
            }
        }
    }
}

fn attempt(
    file: &File,
    connection: &mut Option<SqliteConnection>,
    jobs: &mut [Box<dyn Job>],
) -> Result<Vec<Result<(), Failure>>, Failure> {
    let mut writer = match connection.take() {
        Some(writer) => writer,
        None => file.open_writer()?,
    };
    // Takes the write lock at once: a transaction that asks for it later is refused without a wait.
    if let Err(error) = Transactions::begin_transaction_sql(&mut writer, "BEGIN IMMEDIATE") {
        *connection = Some(writer);
        return Err(error.into());
    }
    let outcomes = commit(&mut writer, jobs)?;
    *connection = Some(writer);
    Ok(outcomes)
}

/// Returns an error if the whole transaction failed; SQLite then rolls all of it back.
fn commit(
    connection: &mut SqliteConnection,
    jobs: &mut [Box<dyn Job>],
) -> Result<Vec<Result<(), Failure>>, Failure> {
    let outcomes = jobs.iter_mut().map(|job| match job.changes() {
        Changes::Once => unguarded(connection, &mut **job),
        Changes::Often => apart(connection, &mut **job),
    });
    let outcomes = outcomes.collect::<QueryResult<_>>()?;
    Transactions::commit_transaction(connection).map_err(failed_commit)?;
    Ok(outcomes)
}

/// If the disk fails after the end of the transaction reached the log, the next write overwrites
/// it; but if the process dies before that, the next one to open the file finds it committed.
fn failed_commit(error: diesel::result::Error) -> Failure {
    if error.to_string().contains("disk I/O error") {
        Failure::Lost(error.into())
    } else {
        Failure::Query(error)
    }
}

/// Does work of one change without a savepoint, which would copy each page before the change.
///
/// Whether work that panicked has made its change is not known, so the whole transaction fails.
fn unguarded(
    connection: &mut SqliteConnection,
    job: &mut dyn Job,
) -> QueryResult<Result<(), Failure>> {
    match catch_unwind(AssertUnwindSafe(|| job.work(connection))) {
        Ok(Ok(())) => Ok(Ok(())),
        Ok(Err(error)) if is_in_transaction(connection) => Ok(Err(Failure::Query(error))),
        // SQLite has rolled back the whole transaction because of the error.
        Ok(Err(error)) => Err(error),
        Err(_) => Err(Error::QueryBuilderError("a write to SQLite panicked".into())),
    }
}

/// Whether the transaction of the batch is still open. Inside one, SQLite refuses to begin another.
fn is_in_transaction(connection: &mut SqliteConnection) -> bool {
    connection.batch_execute("BEGIN").is_err()
}

/// Does the work in a savepoint, so that nothing of it remains if it fails.
fn apart(connection: &mut SqliteConnection, job: &mut dyn Job) -> QueryResult<Result<(), Failure>> {
    Transactions::begin_transaction(connection)?;
    match catch_unwind(AssertUnwindSafe(|| job.work(connection))) {
        Ok(Ok(())) => {
            Transactions::commit_transaction(connection)?;
            Ok(Ok(()))
        }
        Ok(Err(error)) => match Transactions::rollback_transaction(connection) {
            Ok(()) => Ok(Err(Failure::Query(error))),
            // SQLite has rolled back the whole transaction because of the error.
            Err(_) => Err(error),
        },
        Err(_) => {
            Transactions::rollback_transaction(connection)?;
            Ok(Err(DatabaseError::Failed("a write to SQLite panicked".into()).into()))
        }
    }
}

#[cfg(test)]
mod tests {
    use diesel::result::{DatabaseErrorKind::Unknown, Error};

    use super::*;

    #[test]
    fn a_commit_on_a_failing_disk_may_have_been_made() {
        let failure = |message: &str| {
            failed_commit(Error::DatabaseError(Unknown, Box::new(message.to_owned())))
        };
        assert!(!failure("disk I/O error").left_nothing());
        assert!(failure("database or disk is full").left_nothing());
    }
}
