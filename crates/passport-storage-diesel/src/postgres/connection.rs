use std::{
    pin::pin,
    sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed},
    time::Duration,
};

use diesel::{
    QueryResult,
    result::{DatabaseErrorKind, Error},
};
use diesel_async::{
    AsyncPgConnection, SimpleAsyncConnection, pooled_connection::PoolableConnection,
};
use futures::future::BoxFuture;
use tokio::time::timeout;

use super::shelf::Fit;
use crate::failure::Failure;

/// Query on a connection.
pub(super) trait Question<T>:
    for<'c> FnOnce(&'c mut AsyncPgConnection) -> BoxFuture<'c, QueryResult<T>> + Send + 'static
{
}

impl<T, F> Question<T> for F where
    F: for<'c> FnOnce(&'c mut AsyncPgConnection) -> BoxFuture<'c, QueryResult<T>> + Send + 'static
{
}

/// Query on a connection that others use at the same time.
pub(super) trait SharedQuestion<T>:
    for<'c> FnOnce(&'c AsyncPgConnection) -> BoxFuture<'c, QueryResult<T>> + Send + 'static
{
}

impl<T, F> SharedQuestion<T> for F where
    F: for<'c> FnOnce(&'c AsyncPgConnection) -> BoxFuture<'c, QueryResult<T>> + Send + 'static
{
}

/// Connection that records whether an answer is outstanding, for which the next query would wait.
pub(super) struct Connection {
    /// Its state takes a kilobyte, and it is lent to each query.
    connection: Box<AsyncPgConnection>,
    answers: Answers,
}

impl Connection {
    pub(super) fn new(connection: AsyncPgConnection) -> Self {
        Self { connection: Box::new(connection), answers: Answers::default() }
    }

    /// Waits for the answer for twice `limit`, at which the server cancels a statement: a query may be
    /// two statements, one to prepare it and one to execute it. After an error it waits as long again for a sign
    /// that the connection lives.
    pub(super) async fn ask<T>(
        &mut self,
        question: impl Question<T>,
        limit: Duration,
    ) -> Result<T, Failure> {
        let Self { connection, answers } = self;
        let asking = async {
            let answer = question(connection).await;
            answers.hear();
            unless_lost(connection, answer).await
        };
        answers.wait(asking, limit).await
    }

    /// As [`ask`](Self::ask), while the server answers other queries, which it does in turn. So it gives up
    /// when none of them is answered for twice `limit`, which it sees at three times at the latest.
    pub(super) async fn ask_shared<T>(
        &self,
        question: impl SharedQuestion<T>,
        limit: Duration,
    ) -> Result<T, Failure> {
        let Self { connection, answers } = self;
        let asking = async {
            let answer = question(connection).await;
            answers.hear();
            unless_lost(connection, answer).await
        };
        answers.wait(asking, limit).await
    }

    /// Whether a query has waited for longer than its limit, or got no answer, and none was answered since.
    pub(super) fn is_doubtful(&self) -> bool {
        self.answers.is_doubtful.load(Relaxed)
    }
}

/// A connection that is closed or has an outstanding answer is not used again. This sends nothing: a
/// server that is gone without closing the connection is detected by the timeout of the query.
impl Fit for Connection {
    fn is_fit(&mut self) -> bool {
        !self.answers.are_outstanding() && !self.connection.is_broken()
    }
}

/// Counts of what a connection was asked and has answered.
#[derive(Default)]
struct Answers {
    /// With queries that never complete: they timed out, the connection was lost, or their task panicked
    /// or was dropped with its executor.
    asked: AtomicUsize,
    /// Those that completed.
    given: AtomicUsize,
    /// Answers, with errors that leave open whether the query was rolled back.
    heard: AtomicUsize,
    is_doubtful: AtomicBool,
}

impl Answers {
    async fn wait<T>(
        &self,
        asking: impl Future<Output = Result<QueryResult<T>, Failure>>,
        limit: Duration,
    ) -> Result<T, Failure> {
        self.asked.fetch_add(1, Relaxed);
        let answer = self.unless_silent(limit, asking).await;
        self.is_doubtful.store(answer.is_err(), Relaxed);
        if answer.is_ok() {
            self.given.fetch_add(1, Relaxed);
        }
        answer?.map_err(Failure::Query)
    }

    /// Waits until no query was answered for twice `limit`.
    async fn unless_silent<T>(
        &self,
        limit: Duration,
        asking: impl Future<Output = Result<T, Failure>>,
    ) -> Result<T, Failure> {
        let mut asking = pin!(asking);
        let mut was_silent = false;
        loop {
            let heard = self.heard.load(Relaxed);
            if let Ok(answer) = timeout(limit, &mut asking).await {
                return answer;
            }
            let is_silent = self.heard.load(Relaxed) == heard;
            if is_silent && was_silent {
                return Err(Failure::Timeout);
            }
            self.is_doubtful.store(true, Relaxed);
            was_silent = is_silent;
        }
    }

    fn hear(&self) {
        self.heard.fetch_add(1, Relaxed);
    }

    fn are_outstanding(&self) -> bool {
        self.given.load(Relaxed) != self.asked.load(Relaxed)
    }
}

/// The answer, unless an error leaves open whether the query was rolled back.
///
/// An error that ends the session (`FATAL`), as when an operator terminates it, may come after the
/// commit; every other error rolls the query back. Diesel does not distinguish them, so this checks
/// whether the connection still answers.
/// <https://www.postgresql.org/docs/current/protocol-flow.html>
async fn unless_lost<T>(
    mut connection: &AsyncPgConnection,
    answer: QueryResult<T>,
) -> Result<QueryResult<T>, Failure> {
    let is_lost = match &answer {
        Err(Error::DatabaseError(DatabaseErrorKind::UnableToSendCommand, _)) => true,
        Err(Error::DatabaseError(DatabaseErrorKind::Unknown, _)) => {
            connection.batch_execute("SELECT 1").await.is_err()
        }
        _ => false,
    };
    match answer {
        Err(error) if is_lost => Err(Failure::Lost(error.into())),
        answer => Ok(answer),
    }
}
