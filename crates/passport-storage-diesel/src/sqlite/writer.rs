use std::{
    thread::{self, JoinHandle},
    time::Duration,
};

use diesel::{QueryResult, SqliteConnection};
use tokio::{
    sync::mpsc::{self, error::TrySendError},
    time::timeout,
};

use super::file::File;
use crate::{DatabaseError, failure::Failure};

use self::{
    job::{Changes, Job, Task},
    turn::Turn,
};

mod batch;
mod job;
mod turn;

/// Capacity of the queue, and the most writes that share a commit.
const QUEUE: usize = 1_024;

/// Writes to an SQLite file, on a thread that owns the only connection that writes.
///
/// SQLite allows one write at a time, and each commit waits for the disk. Therefore everything in
/// the queue when the thread is free is written in one transaction, each piece of work that changes the
/// file more than once in a savepoint, and answered once that transaction is committed. The thread does not wait for more
/// work: a write that is alone in the queue is committed alone.
///
/// - An answered write is durable. A write that failed, or panicked, left nothing. It does not affect the
///   others, unless it was a [`write_once`](Self::write_once) that panicked: then the transaction fails. When the
///   transaction fails, all its writes fail, and the connection is replaced.
/// - A write whose caller is gone is discarded if it has not begun, and finished otherwise.
/// - Every wait is bounded. A write that finds [`QUEUE`] others queued is answered
///   [`Failure::Busy`] at once; a write that has not begun after `busy_timeout` is answered the
///   same, even while the thread is blocked. Neither was written.
/// - Once it has begun, SQLite waits up to `busy_timeout` for other processes. The caller waits for
///   the end of a write that has begun, because until then its outcome is not known.
///
/// Dropping the writer finishes the writes that have begun, and closes the file.
#[derive(Debug)]
pub(super) struct Writer {
    /// `None` only while the writer is dropped.
    queue: Option<mpsc::Sender<Box<dyn Job>>>,
    thread: Option<JoinHandle<()>>,
    busy_timeout: Duration,
}

impl Writer {
    /// Opens the file, and creates it if it does not exist. Blocks.
    pub(super) fn open(file: File) -> Result<Self, DatabaseError> {
        let connection = file.open_writer()?;
        let busy_timeout = file.busy_timeout;
        let (queue, waiting) = mpsc::channel(QUEUE);
        let thread = thread::Builder::new()
            .name("passport-sqlite".to_owned())
            .spawn(move || serve(&file, connection, waiting))
            .map_err(|error| DatabaseError::Failed(error.into()))?;
        Ok(Self { queue: Some(queue), thread: Some(thread), busy_timeout })
    }

    /// Queues `work` and returns its result once that is durable.
    ///
    /// All of `work` is one atomic act: no other write, in this process or another, comes between
    /// its statements, and if it fails nothing of it remains.
    pub(super) async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut SqliteConnection) -> QueryResult<T> + Send + 'static,
    ) -> Result<T, Failure> {
        self.queue(Changes::Often, work).await
    }

    /// As [`write`](Self::write), for work that changes the file with its last statement only.
    pub(super) async fn write_once<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut SqliteConnection) -> QueryResult<T> + Send + 'static,
    ) -> Result<T, Failure> {
        self.queue(Changes::Once, work).await
    }

    async fn queue<T: Send + 'static>(
        &self,
        changes: Changes,
        work: impl FnOnce(&mut SqliteConnection) -> QueryResult<T> + Send + 'static,
    ) -> Result<T, Failure> {
        let turn = Turn::default();
        let (task, mut answer) = Task::with_answer(work, changes, turn.clone());
        let queue = self.queue.as_ref().ok_or_else(gone)?;
        queue.try_send(task).map_err(|error| match error {
            TrySendError::Full(_) => Failure::Busy,
            TrySendError::Closed(_) => gone(),
        })?;
        let answer = match timeout(self.busy_timeout, &mut answer).await {
            Ok(answer) => answer,
            Err(_) if turn.take() => return Err(Failure::Busy),
            Err(_) => answer.await,
        };
        // The thread may have committed the write before it ended.
        answer.map_err(|gone| Failure::Lost(gone.into()))?
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.queue = None;
        if let Some(thread) = self.thread.take() {
            // A panic of the thread was already reported by the panic hook.
            _ = thread.join();
        }
    }
}

fn gone() -> Failure {
    DatabaseError::Failed("the thread that writes to SQLite has ended".into()).into()
}

/// Writes everything that is queued, until the queue is closed.
fn serve(file: &File, connection: SqliteConnection, mut waiting: mpsc::Receiver<Box<dyn Job>>) {
    let mut connection = Some(connection);
    let mut jobs = Vec::new();
    while waiting.blocking_recv_many(&mut jobs, QUEUE) > 0 {
        let begun: Vec<_> = jobs.drain(..).filter(|job| job.begin()).collect();
        if !begun.is_empty() {
            batch::write(file, &mut connection, begun);
        }
    }
}

#[cfg(test)]
mod tests;
