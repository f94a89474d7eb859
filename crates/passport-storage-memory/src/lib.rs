#![doc = include_str!("../README.md")]

mod codes;
mod expiry;
mod idempotency;
mod outbox;
mod sessions;
mod throttle;
mod users;

pub use codes::MemoryCodeStore;
pub use idempotency::MemoryIdempotencyStore;
pub use outbox::MemoryOutbox;
pub use sessions::MemorySessionStore;
pub use throttle::MemoryThrottleStore;
pub use users::MemoryUserRepository;
