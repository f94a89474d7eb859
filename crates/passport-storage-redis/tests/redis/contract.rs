use std::{
    future::{Ready, ready},
    sync::Arc,
};

use passport_codes::CodeStore;
use passport_idempotency::IdempotencyStore;
use passport_session::{SessionStore, testing::CachingStore};
use passport_storage_redis::{
    RedisCodeStore, RedisFailureStore, RedisIdempotencyStore, RedisSessionStore, RedisThrottleStore,
};
use passport_throttle::{FailureStore, ThrottleStore};

use crate::server::client;

mod codes {
    use super::*;

    fn fresh_store() -> Ready<Arc<dyn CodeStore>> {
        ready(Arc::new(RedisCodeStore::new(client())))
    }

    passport_codes::code_store_contract!(
        #[ignore = "needs Redis"]
        fresh_store()
    );
}

mod idempotency {
    use super::*;

    fn fresh_store() -> Ready<Arc<dyn IdempotencyStore>> {
        ready(Arc::new(RedisIdempotencyStore::new(client())))
    }

    passport_idempotency::idempotency_store_contract!(
        #[ignore = "needs Redis"]
        fresh_store()
    );
}

mod sessions {
    use super::*;

    fn fresh_store() -> Ready<Arc<dyn SessionStore>> {
        ready(Arc::new(RedisSessionStore::new(client())))
    }

    passport_session::session_store_contract!(
        #[ignore = "needs Redis"]
        fresh_store()
    );
}

mod subject_cache {
    use super::*;

    fn fresh_store() -> Ready<CachingStore> {
        let store = RedisSessionStore::new(client());
        ready((Arc::new(store.clone()), Arc::new(store)))
    }

    passport_session::subject_cache_contract!(
        #[ignore = "needs Redis"]
        fresh_store()
    );
}

mod throttle {
    use super::*;

    fn fresh_store() -> Ready<Arc<dyn ThrottleStore>> {
        ready(Arc::new(RedisThrottleStore::new(client())))
    }

    passport_throttle::throttle_store_contract!(
        #[ignore = "needs Redis"]
        fresh_store()
    );
}

mod failures {
    use super::*;

    fn fresh_store() -> Ready<Arc<dyn FailureStore>> {
        ready(Arc::new(RedisFailureStore::new(client())))
    }

    passport_throttle::failure_store_contract!(
        #[ignore = "needs Redis"]
        fresh_store()
    );
}
