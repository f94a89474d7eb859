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
    connection: AsyncPgConnection,
    answers: Answers,
}

impl Connection {
    pub(super) fn new(connection: AsyncPgConnection) -> Self {
        Self { connection, answers: Answers::default() }
    }

    /// Waits for the answer for twice `limit`, at which the server cancels a statement: a query may be
    /// two statements, one to prepare it and one to execute it.
    pub(super) async fn ask<T>(
        &mut self,
        question: impl Question<T>,
        limit: Duration,
    ) -> Result<T, Failure> {
        let Self { connection, answers } = self;
        let asking = async {
            let answer = question(connection).await;
            unless_lost(connection, answer).await
        };
        answers.wait(asking, limit).await
    }

    /// As [`ask`](Self::ask), while the server answers other queries, which it does in turn. So the time
    /// begins anew whenever it has answered one.
    pub(super) async fn ask_shared<T>(
        &self,
        question: impl SharedQuestion<T>,
        limit: Duration,
    ) -> Result<T, Failure> {
        let Self { connection, answers } = self;
        let asking = async {
            let answer = question(connection).await;
            unless_lost(connection, answer).await
        };
        answers.wait(asking, limit).await
    }

    /// Whether a query did not get its answer.
    pub(super) fn has_failed(&self) -> bool {
        self.answers.failed.load(Relaxed)
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
    given: AtomicUsize,
    failed: AtomicBool,
}

impl Answers {
    async fn wait<T>(
        &self,
        asking: impl Future<Output = Result<QueryResult<T>, Failure>>,
        limit: Duration,
    ) -> Result<T, Failure> {
        self.asked.fetch_add(1, Relaxed);
        let answer = self.within(limit, asking).await;
        match &answer {
            Ok(_) => drop(self.given.fetch_add(1, Relaxed)),
            Err(_) => self.failed.store(true, Relaxed),
        }
        answer?.map_err(Failure::Query)
    }

    /// Waits for twice `limit` from the latest answer to any query.
    async fn within<T>(
        &self,
        limit: Duration,
        asking: impl Future<Output = Result<T, Failure>>,
    ) -> Result<T, Failure> {
        let mut asking = pin!(asking);
        loop {
            let given = self.given.load(Relaxed);
            match timeout(limit.saturating_mul(2), &mut asking).await {
                Ok(answer) => return answer,
                Err(_) if self.given.load(Relaxed) == given => return Err(Failure::Timeout),
                Err(_) => {}
            }
        }
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
