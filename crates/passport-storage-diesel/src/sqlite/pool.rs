use std::{fmt, path::PathBuf, sync::Arc};

use deadpool::managed::{self, Manager, Metrics, PoolError, QueueMode, RecycleResult};
use diesel::{
    Connection, SqliteConnection,
    query_builder::{QueryFragment, QueryId},
    sqlite::Sqlite,
};
use diesel_async::{RunQueryDsl, methods::LoadQuery};
use tokio::task::spawn_blocking;

use super::{
    connection::{Inline, Reader},
    file::File,
    writer::Writer,
};
use crate::{DatabaseError, DatabaseOptions, failure::Failure, prepared::Prepared};

/// Connections to one SQLite file: one that writes, on a thread of its own, and several that
/// read meanwhile.
#[derive(Clone)]
pub(crate) struct Pool {
    pub(super) file: File,
    readers: managed::Pool<Readers>,
    writer: Arc<Writer>,
}

impl Pool {
    pub(crate) async fn open(
        path: PathBuf,
        options: DatabaseOptions,
    ) -> Result<Self, DatabaseError> {
        let file = File { path, busy_timeout: options.busy_timeout };
        let readers = managed::Pool::builder(Readers(file.clone()))
            .max_size(options.max_connections)
            .queue_mode(QueueMode::Lifo)
            .build()
            .map_err(|error| DatabaseError::Failed(error.into()))?;
        let opening = file.clone();
        let writer = Arc::new(blocking(move || Writer::open(opening)).await?);
        let pool = Self { file, readers, writer };
        pool.ping().await?;
        Ok(pool)
    }

    /// Reads the file.
    pub(crate) async fn ping(&self) -> Result<(), DatabaseError> {
        let query =
            diesel::dsl::sql::<diesel::sql_types::BigInt>("SELECT count(*) FROM sqlite_schema");
        match self.load::<i64, _>(query).await {
            Ok(_) => Ok(()),
            Err(Failure::Query(error)) => Err(self.file.fault(error)),
            Err(failure) => Err(failure.into()),
        }
    }

    /// The rows that answer `query`.
    pub(crate) async fn load<Row, Query>(&self, query: Query) -> Result<Vec<Row>, Failure>
    where
        Row: Send,
        Query: LoadQuery<'static, Reader, Row> + Send + 'static,
    {
        let mut reader = self.readers.get().await.map_err(|error| match error {
            PoolError::Backend(error) => error,
            error => DatabaseError::Failed(error.into()),
        })?;
        Ok(query.load(&mut *reader).await?)
    }

    /// Runs `query` and answers how many rows it changed.
    pub(crate) async fn execute<Query>(&self, query: Query) -> Result<usize, Failure>
    where
        Query: QueryFragment<Sqlite> + QueryId + Send + 'static,
    {
        let query = Prepared(query);
        self.writer.write(move |connection| connection.execute_returning_count(&query)).await
    }

    /// Runs `first` and `second` as one, both or neither; answers how many rows `second` changed.
    /// Neither may depend on what the other does: PostgreSQL would not show it.
    pub(crate) async fn execute_both<First, Second>(
        &self,
        first: First,
        second: Second,
    ) -> Result<usize, Failure>
    where
        First: QueryFragment<Sqlite> + QueryId + Send + 'static,
        Second: QueryFragment<Sqlite> + QueryId + Send + 'static,
    {
        let (first, second) = (Prepared(first), Prepared(second));
        let both = move |connection: &mut SqliteConnection| {
            connection.execute_returning_count(&first)?;
            connection.execute_returning_count(&second)
        };
        self.writer.write(both).await
    }
}

/// Runs `work` where it may block.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, DatabaseError> + Send + 'static,
) -> Result<T, DatabaseError> {
    spawn_blocking(work).await.map_err(|error| DatabaseError::Failed(error.into()))?
}

struct Readers(File);

impl Manager for Readers {
    type Type = Reader;
    type Error = DatabaseError;

    async fn create(&self) -> Result<Reader, DatabaseError> {
        let file = self.0.clone();
        let reader = blocking(move || file.open_reader()).await?;
        Ok(Reader::with_runtime(reader, Inline))
    }

    /// A reader has no transaction and no connection that could break.
    async fn recycle(&self, _: &mut Reader, _: &Metrics) -> RecycleResult<DatabaseError> {
        Ok(())
    }
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool").field("file", &self.file).finish_non_exhaustive()
    }
}
