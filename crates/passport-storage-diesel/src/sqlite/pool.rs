use std::{fmt, path::PathBuf, sync::Arc};

use diesel::{
    Connection, OptionalExtension, QueryResult, SqliteConnection,
    dsl::sql,
    query_builder::{QueryFragment, QueryId},
    query_dsl::LoadQuery,
    sql_types::BigInt,
    sqlite::Sqlite,
};
use tokio::{task::spawn_blocking, time::timeout};

use super::{
    count::count,
    file::{self, File},
    readers::Readers,
    writer::Writer,
};
use crate::{
    DatabaseError, DatabaseOptions,
    act::{self, Act, Step, Undone},
    failure::Failure,
};

/// Connections to one SQLite file: one that writes, on a thread of its own, and some that read.
#[derive(Clone)]
pub(crate) struct Pool {
    pub(super) file: File,
    readers: Readers,
    writer: Arc<Writer>,
}

impl Pool {
    pub(crate) async fn open(
        path: PathBuf,
        options: DatabaseOptions,
    ) -> Result<Self, DatabaseError> {
        let file = File { path, busy_timeout: options.busy_timeout };
        let readers = Readers::of(file.clone(), options.max_connections);
        let opening = file.clone();
        let writer = Arc::new(blocking(move || Writer::open(opening)).await?);
        let pool = Self { file, readers, writer };
        pool.ping().await?;
        Ok(pool)
    }

    /// Reads the file and writes a page of it. Detects a file that is locked or read-only, a disk
    /// that hangs and a disk without room for a page, within twice `busy_timeout`: once for the turn of the
    /// write and once for other processes.
    pub(crate) async fn ping(&self) -> Result<(), DatabaseError> {
        self.ping_reader().await?;
        let limit = self.file.busy_timeout.saturating_mul(2);
        match timeout(limit, self.write(file::rewrite_first_page)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(failure @ (Failure::Query(_) | Failure::Shared(_)))) => {
                Err(self.file.fault(failure))
            }
            Ok(Err(failure)) => Err(failure.into()),
            Err(_) => Err(Failure::Timeout.into()),
        }
    }

    async fn ping_reader(&self) -> Result<(), DatabaseError> {
        let query = sql::<BigInt>("SELECT count(*) FROM sqlite_schema");
        match self.load::<i64, _>(query).await {
            Ok(_) => Ok(()),
            Err(Failure::Query(error)) => Err(self.file.fault(error)),
            Err(failure) => Err(failure.into()),
        }
    }

    /// Loads the rows of `query`; see [`Readers::read`].
    pub(crate) async fn load<Row, Query>(&self, query: Query) -> Result<Vec<Row>, Failure>
    where
        Query: LoadQuery<'static, SqliteConnection, Row>,
    {
        self.read(move |connection| query.load(connection)).await
    }

    /// The row of `query`, which finds it by a key.
    pub(crate) async fn find<Row, Query>(&self, query: Query) -> Result<Option<Row>, Failure>
    where
        Query: LoadQuery<'static, SqliteConnection, Row>,
    {
        self.read(move |connection| query.get_result(connection).optional()).await
    }

    /// Runs `read` on a connection that reads; see [`Readers::read`].
    pub(super) async fn read<T>(
        &self,
        read: impl FnOnce(&mut SqliteConnection) -> QueryResult<T>,
    ) -> Result<T, Failure> {
        self.readers.read(read).await
    }

    /// Runs `query`; returns the number of rows that it changed.
    pub(crate) async fn execute<Query>(&self, query: Query) -> Result<usize, Failure>
    where
        Query: QueryFragment<Sqlite> + QueryId + Send + 'static,
    {
        self.write_once(move |connection| count(connection, query)).await
    }

    /// Runs `first` and `second` as one atomic act; returns the number of rows that `second` changed.
    /// Neither may depend on the changes of the other, which PostgreSQL does not show it.
    pub(crate) async fn execute_both<First, Second>(
        &self,
        first: First,
        second: Second,
    ) -> Result<usize, Failure>
    where
        First: QueryFragment<Sqlite> + QueryId + Send + 'static,
        Second: QueryFragment<Sqlite> + QueryId + Send + 'static,
    {
        self.write(move |connection| {
            count(connection, first)?;
            count(connection, second)
        })
        .await
    }

    /// Runs `first`, and `second` if `first` changed a row, as one atomic act; returns the number of
    /// rows that `second` changed.
    pub(crate) async fn execute_then<First, Second>(
        &self,
        first: First,
        second: Second,
    ) -> Result<usize, Failure>
    where
        First: QueryFragment<Sqlite> + QueryId + Send + 'static,
        Second: QueryFragment<Sqlite> + QueryId + Send + 'static,
    {
        self.write(move |connection| match count(connection, first)? {
            0 => Ok(0),
            _ => count(connection, second),
        })
        .await
    }

    /// Does `act`, in a savepoint of its own if it has several steps.
    pub(crate) async fn transact<Refusal: Send + 'static>(
        &self,
        act: Act<Sqlite, Refusal>,
    ) -> Result<Result<(), Refusal>, Failure> {
        let act = match act.only_step() {
            Ok(Step { statement, refusal }) => {
                let changed = self.write_once(move |connection| count(connection, statement));
                return Ok(act::only_result(refusal, changed.await?));
            }
            Err(act) => act,
        };
        self.write(move |connection| {
            let done = connection.transaction(|connection| {
                for Step { statement, refusal } in act.steps {
                    let changed = count(connection, statement)?;
                    if let (0, Some(refusal)) = (changed, refusal) {
                        return Err(Undone::Refused(refusal));
                    }
                }
                Ok(())
            });
            act::result(done)
        })
        .await
    }

    /// Does `work`, which changes the file with its last statement only, as one atomic act; see
    /// [`Writer::write_once`].
    pub(super) async fn write_once<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut SqliteConnection) -> QueryResult<T> + Send + 'static,
    ) -> Result<T, Failure> {
        self.writer.write_once(work).await
    }

    /// Does `work` as one atomic act; see [`Writer::write`].
    pub(super) async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut SqliteConnection) -> QueryResult<T> + Send + 'static,
    ) -> Result<T, Failure> {
        self.writer.write(work).await
    }
}

/// Runs `work` on a thread that may block.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, DatabaseError> + Send + 'static,
) -> Result<T, DatabaseError> {
    spawn_blocking(work).await.map_err(|error| DatabaseError::Failed(error.into()))?
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool").field("file", &self.file).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::{sync::mpsc::channel, time::Duration};

    use diesel::connection::SimpleConnection;
    use tempfile::TempDir;

    use super::*;

    async fn pool(directory: &TempDir) -> Pool {
        let busy_timeout = Duration::from_millis(200);
        let options = DatabaseOptions { busy_timeout, ..DatabaseOptions::default() };
        Pool::open(directory.path().join("test.db"), options).await.expect("the file is made")
    }

    #[tokio::test]
    async fn a_ping_detects_that_the_file_cannot_be_written() {
        let directory = TempDir::new().unwrap();
        let pool = pool(&directory).await;
        // Root can write read-only files, so here the connection is read-only.
        let forbid = |writer: &mut SqliteConnection| writer.batch_execute("PRAGMA query_only = ON");
        pool.write(move |writer| forbid(writer).map(|()| 0)).await.unwrap();
        let error = pool.ping().await.expect_err("the file cannot be written");
        assert!(matches!(error, DatabaseError::Unwritable { .. }), "{error:?}");
    }

    #[tokio::test]
    async fn a_ping_times_out_on_a_disk_that_hangs() {
        let directory = TempDir::new().unwrap();
        let pool = pool(&directory).await;
        let (gate, opens) = channel::<()>();
        let hanging = tokio::spawn({
            let pool = pool.clone();
            async move { pool.write(move |_| Ok(opens.iter().count())).await }
        });
        tokio::task::yield_now().await;
        let error = pool.ping().await.expect_err("the thread is blocked");
        assert!(matches!(error, DatabaseError::Failed(_)), "{error:?}");
        drop(gate);
        hanging.await.unwrap().unwrap();
        pool.ping().await.expect("the thread is free again");
    }
}
