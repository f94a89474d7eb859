//! The stores in memory keep every clause of every contract.

use std::{
    future::{Ready, ready},
    sync::Arc,
};

use passport_codes::CodeStore;
use passport_session::SessionStore;
use passport_sms_client::Outbox;
use passport_storage_memory::{
    MemoryCodeStore, MemoryOutbox, MemorySessionStore, MemoryThrottleStore, MemoryUserRepository,
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

mod outbox {
    use super::*;

    fn fresh_outbox() -> Ready<Option<Arc<dyn Outbox>>> {
        ready(Some(Arc::new(MemoryOutbox::default())))
    }

    passport_sms_client::outbox_contract!(fresh_outbox());
}

mod users {
    use super::*;

    fn fresh_repository() -> Ready<Option<Arc<dyn UserRepository>>> {
        ready(Some(Arc::new(MemoryUserRepository::default())))
    }

    passport_user::user_repository_contract!(fresh_repository());
}
