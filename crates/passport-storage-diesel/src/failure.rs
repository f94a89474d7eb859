use std::{error::Error, sync::Arc};

use thiserror::Error;

use crate::DatabaseError;

/// Why a query was not answered. Goes boxed into the errors of the ports.
#[derive(Debug, Error)]
pub(crate) enum Failure {
    /// There was no connection to ask.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// Nothing came back in time.
    #[error("database did not answer in time")]
    Timeout,
    /// More waited than may, so this did not begin to.
    #[error("database has too many writes waiting")]
    Busy,
    /// The database refused the query.
    #[error("database refused the query")]
    Query(#[from] diesel::result::Error),
    /// A stored row does not make sense.
    #[error("stored row is damaged")]
    Row(#[source] Box<dyn Error + Send + Sync>),
    /// The transaction failed that several writes shared.
    #[error(transparent)]
    Shared(Arc<Failure>),
}

impl From<Failure> for DatabaseError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Database(error) => error,
            Failure::Timeout
            | Failure::Busy
            | Failure::Query(_)
            | Failure::Row(_)
            | Failure::Shared(_) => Self::Failed(Box::new(failure)),
        }
    }
}
