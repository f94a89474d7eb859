use std::{error::Error, sync::Arc};

use passport_sms_client::OutboxError;
use thiserror::Error;

use crate::DatabaseError;

/// Why a query was not answered. Goes boxed into the errors of the ports.
#[derive(Debug, Error)]
pub(crate) enum Failure {
    /// There was no connection to ask.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// The query was not handed over in time: every connection was in use, or others were before it.
    #[error("database did not take the query in time")]
    Busy,
    /// The query was handed over, and nothing came back in time.
    #[error("database did not answer in time")]
    Timeout,
    /// The connection was lost after the query was handed over.
    #[error("connection to the database was lost")]
    Lost(#[source] Box<dyn Error + Send + Sync>),
    /// The database refused the query, and nothing of it remains.
    #[error("database refused the query")]
    Query(#[from] diesel::result::Error),
    /// A stored row does not make sense.
    #[error("stored row is damaged")]
    Row(#[source] Box<dyn Error + Send + Sync>),
    /// The transaction failed that several writes shared.
    #[error(transparent)]
    Shared(Arc<Failure>),
}

impl Failure {
    /// Whether nothing of a query that writes is in the database, nor will be.
    pub(crate) fn left_nothing(&self) -> bool {
        match self {
            Self::Database(_) | Self::Busy | Self::Query(_) => true,
            Self::Timeout | Self::Lost(_) | Self::Row(_) => false,
            Self::Shared(failure) => failure.left_nothing(),
        }
    }
}

/// For a port's method that is one query.
impl From<Failure> for OutboxError {
    fn from(failure: Failure) -> Self {
        if failure.left_nothing() { Self::not_written(failure) } else { Self::unknown(failure) }
    }
}

impl From<Failure> for DatabaseError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Database(error) => error,
            Failure::Busy
            | Failure::Timeout
            | Failure::Lost(_)
            | Failure::Query(_)
            | Failure::Row(_)
            | Failure::Shared(_) => Self::Failed(Box::new(failure)),
        }
    }
}
