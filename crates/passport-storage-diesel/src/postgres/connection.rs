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

/// Connection that records whether an answer is outstanding, for which the next query would wait.
pub(super) struct Connection {
    connection: AsyncPgConnection,
    /// Set during a query, and permanently if the query does not complete: it timed out, the
    /// connection was lost, or the task of the query panicked or was dropped with its executor.
    owes_answer: bool,
}

impl Connection {
    pub(super) fn new(connection: AsyncPgConnection) -> Self {
        Self { connection, owes_answer: false }
    }

    /// Waits for the answer for twice `limit`, at which the server cancels a statement: a query may be
    /// two statements, one to prepare it and one to execute it.
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

    /// Whether the query was rolled back.
    ///
    /// An error that ends the session (`FATAL`), as when an operator terminates it, may come after the
    /// commit; every other error rolls the query back. Diesel does not distinguish them, so this checks
    /// whether the connection still answers.
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

/// A connection that is closed or has an outstanding answer is not used again. This sends nothing: a
/// server that is gone without closing the connection is detected by the timeout of the query.
impl Fit for Connection {
    fn is_fit(&mut self) -> bool {
        !self.owes_answer && !self.connection.is_broken()
    }
}
