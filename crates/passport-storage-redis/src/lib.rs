#![doc = include_str!("../README.md")]

mod charged_codes;
mod client;
mod codes;
mod connection;
mod connections;
mod error;
mod failures;
mod generation;
mod idempotency;
mod key;
mod moment;
mod sessions;
mod throttle;
mod url;

pub use charged_codes::RedisChargedCodes;
pub use client::{RedisClient, RedisOptions};
pub use codes::RedisCodeStore;
pub use error::{OpenRedisError, RedisError};
pub use failures::RedisFailureStore;
pub use idempotency::RedisIdempotencyStore;
pub use sessions::RedisSessionStore;
pub use throttle::RedisThrottleStore;
