//! The stores in memory keep every clause of every contract.

use std::{
    future::{Ready, ready},
    sync::Arc,
};

use passport_codes::CodeStore;
use passport_session::SessionStore;
use passport_storage_memory::{
    MemoryCodeStore, MemorySessionStore, MemoryThrottleStore, MemoryUserRepository,
};
use passport_throttle::ThrottleStore;
use passport_user::UserRepository;

mod codes {
    use super::*;

    fn fresh_store() -> Ready<Option<Arc<dyn CodeStore>>> {
        ready(Some(Arc::new(MemoryCodeStore::default())))
    }

    passport_codes::code_store_contract!(fresh_store());
}

mod sessions {
    use super::*;

    fn fresh_store() -> Ready<Option<Arc<dyn SessionStore>>> {
        ready(Some(Arc::new(MemorySessionStore::default())))
    }

    passport_session::session_store_contract!(fresh_store());
}

mod throttle {
    use super::*;

    fn fresh_store() -> Ready<Option<Arc<dyn ThrottleStore>>> {
        ready(Some(Arc::new(MemoryThrottleStore::default())))
    }

    passport_throttle::throttle_store_contract!(fresh_store());
}

mod users {
    use super::*;

    fn fresh_repository() -> Ready<Option<Arc<dyn UserRepository>>> {
        ready(Some(Arc::new(MemoryUserRepository::default())))
    }

    passport_user::user_repository_contract!(fresh_repository());
}
