use std::{error::Error, sync::Arc};

use passport_sms_client::OutboxError;
use thiserror::Error;

use crate::DatabaseError;

/// Why a query failed. Becomes the boxed cause of a port's error.
#[derive(Debug, Error)]
pub(crate) enum Failure {
    /// There was no connection to run the query on.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// The query did not begin in time, because every connection was in use or others were queued.
    #[error("database did not take the query in time")]
    Busy,
    /// The query began, and its answer did not come in time.
    #[error("database did not answer in time")]
    Timeout,
    /// The connection was lost after the query began.
    #[error("connection to the database was lost")]
    Lost(#[source] Box<dyn Error + Send + Sync>),
    /// The database refused the query and rolled it back.
    #[error("database refused the query")]
    Query(#[from] diesel::result::Error),
    /// A stored row has a value that is not valid.
    #[error("stored row is damaged")]
    Row(#[source] Box<dyn Error + Send + Sync>),
    /// What the query shared with others failed: a transaction, or opening a connection.
    #[error(transparent)]
    Shared(Arc<Failure>),
}

impl Failure {
    /// Whether it is certain that nothing of a write is in the database, now or later.
    pub(crate) fn left_nothing(&self) -> bool {
        match self {
            Self::Database(_) | Self::Busy | Self::Query(_) => true,
            Self::Timeout | Self::Lost(_) | Self::Row(_) => false,
            Self::Shared(failure) => failure.left_nothing(),
        }
    }
}

/// For methods that consist of one query.
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
