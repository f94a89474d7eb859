use std::{error::Error, future::ready};

use diesel::SqliteConnection;
use diesel_async::sync_connection_wrapper::{SpawnBlocking, SyncConnectionWrapper};
use futures::{FutureExt, future::BoxFuture};

type Outcome<R> = Result<R, Box<dyn Error + Send + Sync>>;

/// Connection that reads on the thread of the caller: finding a session takes about ten microseconds,
/// less than a change of threads.
pub(crate) type Reader = SyncConnectionWrapper<SqliteConnection, Inline>;

pub(crate) struct Inline;

impl SpawnBlocking for Inline {
    fn spawn_blocking<'a, R>(
        &mut self,
        task: impl FnOnce() -> R + Send + 'static,
    ) -> BoxFuture<'a, Outcome<R>>
    where
        R: Send + 'static,
    {
        ready(Ok(task())).boxed()
    }

    fn get_runtime() -> Self {
        Self
    }
}
