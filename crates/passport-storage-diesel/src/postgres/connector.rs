use deadpool::managed::{Manager, Metrics, RecycleError, RecycleResult};
use tokio::runtime::Handle;

use super::{connection::Connection, server::Server};
use crate::DatabaseError;

/// Opens the connections of a pool, all on one runtime.
///
/// The driver of a connection is a task of the runtime that the connection is opened on. If that were the
/// runtime of whatever query needed the connection first, the connection would end with it.
pub(super) struct Connector {
    server: Server,
    runtime: Handle,
}

impl Connector {
    pub(super) fn new(server: Server, runtime: Handle) -> Self {
        Self { server, runtime }
    }
}

impl Manager for Connector {
    type Type = Connection;
    type Error = DatabaseError;

    async fn create(&self) -> Result<Connection, DatabaseError> {
        let server = self.server.clone();
        let opening = async move {
            let mut connection = server.connect().await?;
            server.limit(&mut connection).await?;
            Ok(Connection::new(connection))
        };
        match self.runtime.spawn(opening).await {
            Ok(opened) => opened,
            Err(error) => Err(DatabaseError::Failed(error.into())),
        }
    }

    /// A connection that is closed or has an outstanding answer is not used again. This sends nothing:
    /// a server that is gone without closing the connection is detected by the timeout of the query.
    async fn recycle(
        &self,
        connection: &mut Connection,
        _: &Metrics,
    ) -> RecycleResult<DatabaseError> {
        if connection.is_fit() {
            Ok(())
        } else {
            Err(RecycleError::message("connection is closed or has an outstanding answer"))
        }
    }
}
