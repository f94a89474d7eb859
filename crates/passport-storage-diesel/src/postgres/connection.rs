use std::time::Duration;

use diesel::{
    QueryResult,
    result::{DatabaseErrorKind, Error},
};
use diesel_async::{
    AsyncPgConnection, SimpleAsyncConnection, pooled_connection::PoolableConnection,
};
use futures::future::BoxFuture;
use tokio::time::timeout;

use crate::failure::Failure;

/// What is asked of a connection.
pub(super) trait Question<T>:
    for<'c> FnOnce(&'c mut AsyncPgConnection) -> BoxFuture<'c, QueryResult<T>> + Send + 'static
{
}

impl<T, F> Question<T> for F where
    F: for<'c> FnOnce(&'c mut AsyncPgConnection) -> BoxFuture<'c, QueryResult<T>> + Send + 'static
{
}

/// A connection, and whether it owes an answer: then the next one to use it would wait as well.
pub(super) struct Connection {
    connection: AsyncPgConnection,
    /// Set while a question is asked, and for good when that came to no end: nothing came back in
    /// time, the connection was lost, or the task that asked is gone, by a panic or with its
    /// executor.
    owes_answer: bool,
}

impl Connection {
    pub(super) fn new(connection: AsyncPgConnection) -> Self {
        Self { connection, owes_answer: false }
    }

    pub(super) fn is_fit(&mut self) -> bool {
        !self.owes_answer && !self.connection.is_broken()
    }

    /// Waits for the answer, beyond `limit`, at which the server ends a statement: the query may be
    /// two, one to prepare it and one to execute it.
    pub(super) async fn ask<T>(
        &mut self,
        question: impl Question<T>,
        limit: Duration,
    ) -> Result<T, Failure> {
        self.owes_answer = true;
        let asking = async {
            match question(&mut self.connection).await {
                Err(error) if !self.is_refusal(&error).await => Err(Failure::Lost(error.into())),
                answer => Ok(answer),
            }
        };
        let answer = timeout(limit.saturating_mul(2), asking).await;
        let answer = answer.map_err(|_| Failure::Timeout)??;
        self.owes_answer = false;
        answer.map_err(Failure::Query)
    }

    /// Whether the query was taken back, whatever it did.
    ///
    /// An error that ends the session (`FATAL`), as when an operator ends it, may come after the
    /// commit; every other one takes back what the query did. Diesel does not tell the two apart,
    /// so this looks whether the connection still answers.
    /// <https://www.postgresql.org/docs/current/protocol-flow.html>
    async fn is_refusal(&mut self, error: &Error) -> bool {
        match error {
            Error::DatabaseError(DatabaseErrorKind::UnableToSendCommand, _) => false,
            Error::DatabaseError(DatabaseErrorKind::Unknown, _) => {
                self.connection.batch_execute("SELECT 1").await.is_ok()
            }
            _ => true,
        }
    }
}
