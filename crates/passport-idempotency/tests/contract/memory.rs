//! The clauses pass on a correct store.

use std::{
    future::{Ready, ready},
    sync::Arc,
};

use passport_idempotency::IdempotencyStore;
use passport_storage_memory::MemoryIdempotencyStore;

fn fresh_store() -> Ready<Arc<dyn IdempotencyStore>> {
    ready(Arc::new(MemoryIdempotencyStore::default()))
}

passport_idempotency::idempotency_store_contract!(fresh_store());
