use std::sync::{Arc, Mutex, PoisonError};

use diesel::{QueryResult, SqliteConnection};

use super::{file::File, pool::blocking};
use crate::failure::Failure;

/// Connections that read an SQLite file.
///
/// A read takes a connection, runs to its end on the thread of its caller, and puts the connection back.
/// So there are as many connections as threads that read at once, and no caller waits for one. The last
/// one put back is taken first, because its cache is the warmest.
#[derive(Clone)]
pub(super) struct Readers(Arc<Shared>);

struct Shared {
    file: File,
    idle: Mutex<Vec<SqliteConnection>>,
    most_idle: usize,
}

impl Readers {
    /// Readers of `file`, of which at most `most_idle` are kept.
    pub(super) fn of(file: File, most_idle: usize) -> Self {
        Self(Arc::new(Shared { file, idle: Mutex::default(), most_idle }))
    }

    /// Runs `read` on the thread of the caller: finding a session takes about ten microseconds, less than a
    /// change of threads. The connection is diesel's own, because the wrapper of diesel-async writes the
    /// text of a statement anew for each execution.
    pub(super) async fn read<T>(
        &self,
        read: impl FnOnce(&mut SqliteConnection) -> QueryResult<T>,
    ) -> Result<T, Failure> {
        let mut connection = match self.0.take() {
            Some(connection) => connection,
            None => self.0.open().await?,
        };
        let answer = read(&mut connection);
        self.0.put(connection);
        Ok(answer?)
    }
}

impl Shared {
    fn take(&self) -> Option<SqliteConnection> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }

    async fn open(&self) -> Result<SqliteConnection, Failure> {
        let file = self.file.clone();
        Ok(blocking(move || file.open_reader()).await?)
    }

    fn put(&self, connection: SqliteConnection) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < self.most_idle {
            idle.push(connection);
        }
    }
}
