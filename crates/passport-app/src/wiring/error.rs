use std::io;

use passport_auth::BoxError;
use passport_storage_diesel::DatabaseError;
use passport_storage_redis::{OpenRedisError, RedisError};
use passport_webhooks::WebhookStoreError;
use thiserror::Error;

/// A part of the service that could not be set up. The text says what to do.
#[derive(Debug, Error)]
pub enum WiringError {
    /// The database cannot be opened.
    #[error("database.url: {0}")]
    Database(#[from] DatabaseError),
    /// Migrations are pending, and the settings forbid to run them.
    #[error(
        "database.url: migrations are pending: {0}; run `passport migrate`, or set database.migrate \
         to true"
    )]
    NotMigrated(String),
    /// Migrations are pending, which the service runs when it starts.
    #[error(
        "database.url: migrations are pending: {0}; start the service once, or run `passport migrate`"
    )]
    NotStarted(String),
    /// The URL of Redis cannot be used.
    #[error("store.url: {0}")]
    Redis(#[from] OpenRedisError),
    /// Redis does not respond.
    #[error("store.url: Redis does not answer at {0}: start it, or set store.url to database")]
    RedisUnreachable(String, #[source] RedisError),
    /// Redis refuses the user or the write.
    #[error(
        "store.url: Redis at {0} refuses with {1}: check the user and the password in store.url, and \
         that this server and user can write"
    )]
    RedisRefuses(String, String, #[source] RedisError),
    /// The secret of development cannot be read or written.
    #[error("secret: {0}; make its folder writable, or set secret")]
    Secret(io::Error),
    /// A gateway cannot be set up.
    #[error("sms.{0}.{1}")]
    Gateway(String, BoxError),
    /// The gateways cannot be combined.
    #[error("sms: {0}")]
    Sms(BoxError),
    /// Messages of the service that no gateway can send.
    #[error(
        "sms.gateways: no gateway can send {0}; configure a template for it, or a gateway that \
         serves the country; `passport sms lint` lists all"
    )]
    Uncovered(String),
    /// The store of webhooks does not answer.
    #[error("webhooks: {0}")]
    Webhooks(#[from] WebhookStoreError),
    /// The operating system refused a thread.
    #[error("cannot start worker threads: {0}")]
    Io(#[from] io::Error),
}
