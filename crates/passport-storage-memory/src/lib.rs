#![doc = include_str!("../README.md")]

mod accounts;
mod codes;
mod expiry;
mod failures;
mod idempotency;
mod journal;
mod operator_tokens;
mod outbox;
mod queue;
mod sessions;
mod signing_keys;
mod throttle;
mod users;
mod webhooks;

pub use codes::MemoryCodeStore;
pub use failures::MemoryFailureStore;
pub use idempotency::MemoryIdempotencyStore;
pub use journal::MemoryJournal;
pub use operator_tokens::MemoryOperatorTokens;
pub use outbox::MemoryOutbox;
pub use sessions::MemorySessionStore;
pub use signing_keys::MemorySigningKeys;
pub use throttle::MemoryThrottleStore;
pub use users::MemoryUserRepository;
pub use webhooks::MemoryWebhookStore;
