use std::{
    thread::{self, JoinHandle},
    time::Duration,
};

use diesel::{QueryResult, SqliteConnection};
use tokio::{
    sync::{
        mpsc::{self, error::TrySendError},
        oneshot,
    },
    time::timeout,
};

use super::file::File;
use crate::{DatabaseError, failure::Failure};

use self::{batch::Job, turn::Turn};

mod batch;
mod turn;

/// How many writes wait at most, and how many share a commit at most.
const QUEUE: usize = 1_024;

/// Writes to an SQLite file, on a thread that owns the only connection that does.
///
/// SQLite lets one write at a time, and each commit waits for the disk. So whatever waits when the
/// thread is free is written in one transaction, each piece of work in a savepoint, and answered
/// once that is committed. The thread never waits for company: a write that comes alone is
/// committed alone.
///
/// - What was answered is durable. One that failed, or panicked, left nothing and harms no other;
///   when the transaction fails, all in it do, and the connection is replaced.
/// - A write whose caller gave up is dropped if it has not begun, and finished otherwise.
/// - Nothing waits without end. Beyond [`QUEUE`] a write is answered [`Failure::Busy`] at once; one
///   whose turn has not come after `busy_timeout` is answered the same, whatever the thread does
///   meanwhile. Neither was written.
/// - In its turn SQLite waits as long again for other processes. What has begun is waited for to
///   its end, since nobody could say whether it was written.
///
/// Dropping it waits until what was begun is finished, and closes the file.
#[derive(Debug)]
pub(super) struct Writer {
    /// There until it is dropped.
    queue: Option<mpsc::Sender<Job>>,
    thread: Option<JoinHandle<()>>,
    patience: Duration,
}

impl Writer {
    /// Opens the file, and makes it if it is not there. Blocks.
    pub(super) fn open(file: File) -> Result<Self, DatabaseError> {
        let connection = file.open_writer()?;
        let patience = file.busy_timeout;
        let (queue, waiting) = mpsc::channel(QUEUE);
        let thread = thread::Builder::new()
            .name("passport-sqlite".to_owned())
            .spawn(move || serve(&file, connection, waiting))
            .map_err(|error| DatabaseError::Failed(error.into()))?;
        Ok(Self { queue: Some(queue), thread: Some(thread), patience })
    }

    /// Does `work` when its turn comes; answers what it answers, once that is durable.
    pub(super) async fn write(
        &self,
        work: impl FnOnce(&mut SqliteConnection) -> QueryResult<usize> + Send + 'static,
    ) -> Result<usize, Failure> {
        let (answer, mut answered) = oneshot::channel();
        let turn = Turn::default();
        let job = Job { work: Box::new(work), answer, turn: turn.clone() };
        let queue = self.queue.as_ref().ok_or_else(gone)?;
        queue.try_send(job).map_err(|error| match error {
            TrySendError::Full(_) => Failure::Busy,
            TrySendError::Closed(_) => gone(),
        })?;
        let answer = match timeout(self.patience, &mut answered).await {
            Ok(answer) => answer,
            Err(_) if turn.take() => return Err(Failure::Busy),
            Err(_) => answered.await,
        };
        // A thread that ends over its work may have committed it.
        answer.map_err(|gone| Failure::Lost(gone.into()))?
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.queue = None;
        if let Some(thread) = self.thread.take() {
            // A panic was shown by its hook.
            _ = thread.join();
        }
    }
}

fn gone() -> Failure {
    DatabaseError::Failed("the thread that writes is gone".into()).into()
}

/// Takes everything that waits, until nobody can ask any more.
fn serve(file: &File, connection: SqliteConnection, mut waiting: mpsc::Receiver<Job>) {
    let mut connection = Some(connection);
    let mut jobs = Vec::new();
    while waiting.blocking_recv_many(&mut jobs, QUEUE) > 0 {
        let begun: Vec<Job> = jobs.drain(..).filter(Job::begin).collect();
        if !begun.is_empty() {
            batch::write(file, &mut connection, begun);
        }
    }
}

#[cfg(test)]
mod tests;
