use diesel::{QueryResult, SqliteConnection};
use tokio::sync::oneshot;

use super::turn::Turn;
use crate::failure::Failure;

/// How often a piece of work changes the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Changes {
    /// With its last statement only: if that fails, SQLite undoes it, and nothing is left.
    Once,
    /// With several statements.
    Often,
}

/// A write in the queue, whatever its result is.
pub(super) trait Job: Send {
    /// How often the work changes the file.
    fn changes(&self) -> Changes;

    /// Begins the write, unless its caller is gone or has timed out; returns whether it has begun.
    fn begin(&self) -> bool;

    /// Does the work and keeps its result until [`answer`](Self::answer).
    fn work(&mut self, connection: &mut SqliteConnection) -> QueryResult<()>;

    /// Sends the caller the result of the work if `outcome` is good, else the failure.
    fn answer(self: Box<Self>, outcome: Result<(), Failure>);
}

/// Work that results in a `T`.
pub(super) struct Task<W, T> {
    work: Option<W>,
    changes: Changes,
    result: Option<T>,
    answer: oneshot::Sender<Result<T, Failure>>,
    /// Taken by the caller when it times out.
    turn: Turn,
}

impl<W, T> Task<W, T>
where
    W: FnOnce(&mut SqliteConnection) -> QueryResult<T> + Send + 'static,
    T: Send + 'static,
{
    /// A job that does `work`, and the receiver of its result.
    pub(super) fn with_answer(
        work: W,
        changes: Changes,
        turn: Turn,
    ) -> (Box<dyn Job>, oneshot::Receiver<Result<T, Failure>>) {
        let (answer, answered) = oneshot::channel();
        (Box::new(Self { work: Some(work), changes, result: None, answer, turn }), answered)
    }
}

impl<W, T> Job for Task<W, T>
where
    W: FnOnce(&mut SqliteConnection) -> QueryResult<T> + Send,
    T: Send,
{
    fn changes(&self) -> Changes {
        self.changes
    }

    fn begin(&self) -> bool {
        !self.answer.is_closed() && self.turn.take()
    }

    fn work(&mut self, connection: &mut SqliteConnection) -> QueryResult<()> {
        if let Some(work) = self.work.take() {
            self.result = Some(work(connection)?);
        }
        Ok(())
    }

    fn answer(self: Box<Self>, outcome: Result<(), Failure>) {
        let answer = match (outcome, self.result) {
            (Err(failure), _) => Err(failure),
            (Ok(()), Some(result)) => Ok(result),
            (Ok(()), None) => Err(Failure::Lost("the work was not done".into())),
        };
        // An error means that the caller is gone.
        _ = self.answer.send(answer);
    }
}
