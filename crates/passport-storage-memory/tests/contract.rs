//! Every clause of every contract on the stores in memory.

use std::{
    future::{Ready, ready},
    sync::Arc,
};

use passport_codes::CodeStore;
use passport_idempotency::IdempotencyStore;
use passport_session::{SessionStore, testing::CachingStore};
use passport_sms_client::Outbox;
use passport_storage_memory::{
    MemoryCodeStore, MemoryFailureStore, MemoryIdempotencyStore, MemoryJournal,
    MemoryOperatorTokens, MemoryOutbox, MemorySessionStore, MemorySigningKeys, MemoryThrottleStore,
    MemoryUserRepository,
};
use passport_throttle::{FailureStore, ThrottleStore};
use passport_user::Journal;

mod codes {
    use super::*;

    fn fresh_store() -> Ready<Arc<dyn CodeStore>> {
        ready(Arc::new(MemoryCodeStore::default()))
    }

    passport_codes::code_store_contract!(fresh_store());
}

mod idempotency {
    use super::*;

    fn fresh_store() -> Ready<Arc<dyn IdempotencyStore>> {
        ready(Arc::new(MemoryIdempotencyStore::default()))
    }

    passport_idempotency::idempotency_store_contract!(fresh_store());
}

mod sessions {
    use super::*;

    fn fresh_store() -> Ready<Arc<dyn SessionStore>> {
        ready(Arc::new(MemorySessionStore::default()))
    }

    passport_session::session_store_contract!(fresh_store());
}

mod subject_cache {
    use super::*;

    fn fresh_store() -> Ready<CachingStore> {
        let store = Arc::new(MemorySessionStore::default());
        ready((Arc::clone(&store) as _, store))
    }

    passport_session::subject_cache_contract!(fresh_store());
}

mod throttle {
    use super::*;

    fn fresh_store() -> Ready<Arc<dyn ThrottleStore>> {
        ready(Arc::new(MemoryThrottleStore::default()))
    }

    passport_throttle::throttle_store_contract!(fresh_store());
}

mod failures {
    use super::*;

    fn fresh_store() -> Ready<Arc<dyn FailureStore>> {
        ready(Arc::new(MemoryFailureStore::default()))
    }

    passport_throttle::failure_store_contract!(fresh_store());
}

mod outbox {
    use super::*;

    fn fresh_outbox() -> Ready<Arc<dyn Outbox>> {
        ready(Arc::new(MemoryOutbox::default()))
    }

    passport_sms_client::outbox_contract!(fresh_outbox());
}

mod users {
    use super::*;

    fn fresh() -> Ready<passport_user::testing::Accounts> {
        let users = MemoryUserRepository::default();
        let journal = Arc::new(users.journal());
        ready((Arc::new(users), journal))
    }

    passport_user::user_repository_contract!(fresh());
}

mod journal {
    use super::*;

    fn fresh_journal() -> Ready<Arc<dyn Journal>> {
        ready(Arc::new(MemoryJournal::default()))
    }

    passport_user::journal_contract!(fresh_journal());
}

mod operator_tokens {
    use super::*;

    fn fresh() -> Ready<passport_user::testing::Operators> {
        let tokens = MemoryOperatorTokens::default();
        let journal = Arc::new(tokens.journal());
        ready((Arc::new(tokens), journal))
    }

    passport_user::operator_token_contract!(fresh());
}

mod signing_keys {
    use super::*;

    fn fresh() -> Ready<passport_user::testing::Signers> {
        let keys = MemorySigningKeys::default();
        let journal = Arc::new(keys.journal());
        ready((Arc::new(keys), journal))
    }

    passport_user::signing_key_contract!(fresh());
}

mod webhooks {
    use super::*;

    fn fresh() -> Ready<passport_webhooks::testing::Webhooks> {
        let journal = MemoryJournal::default();
        ready((Arc::new(journal.webhooks()), Arc::new(journal)))
    }

    passport_webhooks::webhook_store_contract!(fresh());
}
