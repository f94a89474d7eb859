use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::{
    runtime::{self, Handle},
    sync::{OwnedSemaphorePermit, Semaphore},
};

use super::{
    connection::Connection,
    server::Server,
    shelf::{Fit, Shelf, Taken},
};
use crate::{DatabaseError, failure::Failure};

/// Connections to one server, shared by several runtimes; see [`Shelf`].
pub(super) struct Connections {
    server: Server,
    home: Handle,
    /// Queries that may have a connection.
    places: Arc<Semaphore>,
    shelf: Mutex<Shelf<Connection, runtime::Id>>,
}

impl Connections {
    /// At most `most` connections. `home` must outlive every other runtime that asks for one.
    pub(super) fn new(server: Server, home: Handle, most: usize) -> Arc<Self> {
        let shelf = Mutex::new(Shelf::new(home.id(), most));
        Arc::new(Self { server, home, places: Arc::new(Semaphore::new(most)), shelf })
    }

    /// Waits for a connection, in the order of the calls, or opens one.
    pub(super) async fn take(self: &Arc<Self>) -> Result<Lent, Failure> {
        let place = match Arc::clone(&self.places).acquire_owned().await {
            Ok(place) => place,
            Err(closed) => return Err(Failure::Database(DatabaseError::Failed(closed.into()))),
        };
        let taken = self.shelf().take(Handle::current().id());
        let (connection, runtime) = match taken {
            Some(Taken::Idle(connection, runtime)) => (Some(connection), runtime),
            Some(Taken::Place(runtime)) => (None, runtime),
            Some(Taken::Instead(closed, runtime)) => {
                drop(closed);
                (None, runtime)
            }
            None => unreachable!("no more queries have a connection than there are"),
        };
        let is_open = connection.is_some();
        let mut lent = Lent { connection, runtime, owner: Arc::clone(self), _place: place };
        if !is_open {
            // On the heap, because a query that finds a connection would move these 6 KB with it.
            let opening = Box::pin(self.open(runtime));
            lent.connection = Some(opening.await.map_err(Failure::Database)?);
        }
        Ok(lent)
    }

    /// Opens a connection on `runtime`, which is that of the caller or home.
    async fn open(&self, runtime: runtime::Id) -> Result<Connection, DatabaseError> {
        let server = self.server.clone();
        let opening = async move {
            let mut connection = server.connect().await?;
            server.limit(&mut connection).await?;
            Ok(Connection::new(connection))
        };
        if runtime == Handle::current().id() {
            return opening.await;
        }
        match self.home.spawn(opening).await {
            Ok(opened) => opened,
            Err(error) => Err(DatabaseError::Failed(error.into())),
        }
    }

    fn shelf(&self) -> MutexGuard<'_, Shelf<Connection, runtime::Id>> {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection in use, or its place. When dropped, a connection that can be used again is idle.
pub(super) struct Lent {
    connection: Option<Connection>,
    runtime: runtime::Id,
    owner: Arc<Connections>,
    /// Freed after the connection is back.
    _place: OwnedSemaphorePermit,
}

impl Lent {
    pub(super) fn connection(&self) -> &Connection {
        match &self.connection {
            Some(connection) => connection,
            None => unreachable!("a connection is lent once it is open"),
        }
    }

    pub(super) fn connection_mut(&mut self) -> &mut Connection {
        match &mut self.connection {
            Some(connection) => connection,
            None => unreachable!("a connection is lent once it is open"),
        }
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        let mut connection = self.connection.take();
        if connection.as_mut().is_some_and(|it| !it.is_fit()) {
            connection = None;
        }
        self.owner.shelf().give_back(connection, self.runtime);
    }
}
