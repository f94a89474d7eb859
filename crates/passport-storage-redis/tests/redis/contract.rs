use std::{
    future::{Ready, ready},
    sync::Arc,
};

use passport_codes::CodeStore;
use passport_session::SessionStore;
use passport_storage_redis::{RedisCodeStore, RedisSessionStore, RedisThrottleStore};
use passport_throttle::ThrottleStore;

use crate::server::client;

mod codes {
    use super::*;

    fn fresh_store() -> Ready<Option<Arc<dyn CodeStore>>> {
        ready(client().map(|client| Arc::new(RedisCodeStore::new(client)) as _))
    }

    passport_codes::code_store_contract!(fresh_store());
}

mod sessions {
    use super::*;

    fn fresh_store() -> Ready<Option<Arc<dyn SessionStore>>> {
        ready(client().map(|client| Arc::new(RedisSessionStore::new(client)) as _))
    }

    passport_session::session_store_contract!(fresh_store());
}

mod throttle {
    use super::*;

    fn fresh_store() -> Ready<Option<Arc<dyn ThrottleStore>>> {
        ready(client().map(|client| Arc::new(RedisThrottleStore::new(client)) as _))
    }

    passport_throttle::throttle_store_contract!(fresh_store());
}
