use std::{
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use deadpool_redis::{
    Manager, Pool, Runtime,
    redis::{AsyncConnectionConfig, ConnectionInfo},
};
use tokio::runtime::{self, Handle};

use crate::{OpenRedisError, connection::SharedConnection, generation::Generation};

/// Connections that may be opened at a time.
const OPENED_AT_ONCE: usize = 64;
/// Time after which a connection without an answer is taken for one of a runtime that has ended.
const UNUSED: Duration = Duration::from_mins(1);

/// Connections to one Redis, one for each runtime that asks.
///
/// The driver of a connection is a task of one runtime, and ends with it. On the same runtime an answer
/// wakes no other thread, which would cost more than the request itself.
pub(crate) struct Connections {
    pool: Pool,
    generation: Arc<Generation>,
    open: RwLock<Vec<(runtime::Id, Arc<SharedConnection>)>>,
}

impl Connections {
    pub(crate) fn new(
        info: ConnectionInfo,
        connect_timeout: Duration,
        response_timeout: Duration,
    ) -> Result<Self, OpenRedisError> {
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(connect_timeout))
            .set_response_timeout(Some(response_timeout));
        let manager = Manager::new_with_config(info, config).map_err(|_| OpenRedisError::Url)?;
        let pool = Pool::builder(manager)
            .max_size(OPENED_AT_ONCE)
            .wait_timeout(Some(connect_timeout))
            .create_timeout(Some(connect_timeout))
            .runtime(Runtime::Tokio1)
            .build()
            .map_err(|_| OpenRedisError::Timeout)?;
        Ok(Self { pool, generation: Arc::default(), open: RwLock::default() })
    }

    /// The connection of the caller's runtime.
    pub(crate) fn own(&self) -> Arc<SharedConnection> {
        let runtime = Handle::current().id();
        let of = |(owner, connection): &(runtime::Id, Arc<SharedConnection>)| {
            (*owner == runtime).then(|| Arc::clone(connection))
        };
        let found = self.open.read().unwrap_or_else(PoisonError::into_inner).iter().find_map(of);
        if let Some(own) = found {
            return own;
        }
        let mut open = self.open.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(own) = open.iter().find_map(of) {
            return own;
        }
        open.retain(|(_, it)| Arc::strong_count(it) > 1 || !it.is_unused_for(UNUSED));
        let own = SharedConnection::new(self.pool.clone(), Arc::clone(&self.generation));
        let own = Arc::new(own);
        open.push((runtime, Arc::clone(&own)));
        own
    }
}

#[cfg(test)]
mod tests {
    use tokio::runtime::{Builder, Runtime};

    use super::*;

    #[test]
    fn connections_out_of_use_are_not_kept() {
        let info = crate::url::parse("redis://127.0.0.1:1").unwrap();
        let second = Duration::from_secs(1);
        let connections = Connections::new(info, second, second).unwrap();
        let runtimes = [(); 3].map(|()| Builder::new_current_thread().build().unwrap());
        let own = |runtime: &Runtime| {
            let _inside = runtime.enter();
            connections.own()
        };
        let kept = || connections.open.read().unwrap().len();
        let in_use = own(&runtimes[0]);
        assert!(!Arc::ptr_eq(&in_use, &own(&runtimes[1])));
        assert!(Arc::ptr_eq(&in_use, &own(&runtimes[0])));
        assert_eq!(kept(), 2);
        own(&runtimes[2]);
        assert_eq!(kept(), 2, "the second is in use no more");
        drop(in_use);
        own(&runtimes[1]);
        assert_eq!(kept(), 1);
    }
}
