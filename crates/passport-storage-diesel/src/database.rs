use std::sync::Arc;

use passport_codes::CodeStore;
use passport_idempotency::IdempotencyStore;
use passport_session::SessionStore;
use passport_sms_client::Outbox;
use passport_throttle::{FailureStore, ThrottleStore};
use passport_user::{Journal, OperatorTokenRepository, SigningKeyRepository, UserRepository};
use passport_webhooks::WebhookStore;
use time::OffsetDateTime;
use tokio::runtime::Handle;

use crate::{
    DatabaseError, DatabaseOptions, SignedInUsers, failures, idempotency, journal,
    location::Location, operator_tokens, outbox, postgres, sessions, signed_in, signing_keys,
    sqlite, users, webhooks,
};

/// One PostgreSQL or SQLite database. Clones share its connections.
#[derive(Debug, Clone)]
pub struct Database(Backend);

#[derive(Debug, Clone)]
enum Backend {
    Postgres(postgres::Pool),
    Sqlite(sqlite::Pool),
}

impl Database {
    /// Opens the database at `url`: `sqlite:PATH`, which is created if it does not exist, or
    /// `postgres://user:password@host:port/name`. Does not run migrations.
    ///
    /// The runtime of the caller must outlive every other one on which the database is used.
    ///
    /// # Errors
    ///
    /// If the URL has another scheme, or the database cannot be reached or opened.
    pub async fn connect(url: &str, options: DatabaseOptions) -> Result<Self, DatabaseError> {
        Self::connect_on(&Handle::current(), url, options).await
    }

    /// As [`connect`](Self::connect), where `runtime` outlives all others. A query to PostgreSQL on another
    /// runtime has a connection that runtime drives, if there is one, because a query costs half as much
    /// without a change of threads. Queries on `runtime` use no such connection, because it ends with its
    /// runtime.
    ///
    /// # Errors
    ///
    /// As those of [`connect`](Self::connect).
    pub async fn connect_on(
        runtime: &Handle,
        url: &str,
        options: DatabaseOptions,
    ) -> Result<Self, DatabaseError> {
        Ok(Self(match Location::parse(url)? {
            Location::Postgres(url) => {
                Backend::Postgres(postgres::Pool::connect(runtime, &url, options).await?)
            }
            Location::Sqlite(path) => Backend::Sqlite(sqlite::Pool::open(path, options).await?),
        }))
    }

    /// Checks `url` as far as that is possible without connecting.
    ///
    /// # Errors
    ///
    /// If [`connect`](Self::connect) would refuse the URL, or the certificates that it names.
    pub fn check_url(url: &str) -> Result<(), DatabaseError> {
        match Location::parse(url)? {
            Location::Postgres(url) => postgres::Pool::check(&url),
            Location::Sqlite(_) => Ok(()),
        }
    }

    /// The first other machine that `url` names, if the connection to it would not be encrypted. `None`
    /// for SQLite, a Unix socket, this machine, and a URL that [`check_url`](Self::check_url) refuses.
    pub fn unencrypted_host(url: &str) -> Option<String> {
        match Location::parse(url) {
            Ok(Location::Postgres(url)) => postgres::Pool::unencrypted_host(&url),
            Ok(Location::Sqlite(_)) | Err(_) => None,
        }
    }

    /// Users in this database.
    pub fn users(&self) -> Arc<dyn UserRepository> {
        match &self.0 {
            Backend::Postgres(pool) => Arc::new(users::PostgresUserRepository(pool.clone())),
            Backend::Sqlite(pool) => Arc::new(users::SqliteUserRepository(pool.clone())),
        }
    }

    /// Journal of account events in this database.
    pub fn journal(&self) -> Arc<dyn Journal> {
        match &self.0 {
            Backend::Postgres(pool) => Arc::new(journal::PostgresJournal(pool.clone())),
            Backend::Sqlite(pool) => Arc::new(journal::SqliteJournal(pool.clone())),
        }
    }

    /// Tokens of operators' programs in this database.
    pub fn operator_tokens(&self) -> Arc<dyn OperatorTokenRepository> {
        match &self.0 {
            Backend::Postgres(pool) => {
                Arc::new(operator_tokens::PostgresOperatorTokens(pool.clone()))
            }
            Backend::Sqlite(pool) => Arc::new(operator_tokens::SqliteOperatorTokens(pool.clone())),
        }
    }

    /// Keys for access tokens in this database.
    pub fn signing_keys(&self) -> Arc<dyn SigningKeyRepository> {
        match &self.0 {
            Backend::Postgres(pool) => Arc::new(signing_keys::PostgresSigningKeys(pool.clone())),
            Backend::Sqlite(pool) => Arc::new(signing_keys::SqliteSigningKeys(pool.clone())),
        }
    }

    /// Deliveries of webhooks in this database.
    pub fn webhooks(&self) -> Arc<dyn WebhookStore> {
        match &self.0 {
            Backend::Postgres(pool) => Arc::new(webhooks::PostgresWebhookStore(pool.clone())),
            Backend::Sqlite(pool) => Arc::new(webhooks::SqliteWebhookStore(pool.clone())),
        }
    }

    /// Reader of sessions with their users, for a database that has both.
    pub fn signed_in_users(&self) -> SignedInUsers {
        match &self.0 {
            Backend::Postgres(pool) => signed_in::PostgresSignedIn(pool.clone()).into(),
            Backend::Sqlite(pool) => signed_in::SqliteSignedIn(pool.clone()).into(),
        }
    }

    /// Sessions in this database.
    pub fn sessions(&self) -> Arc<dyn SessionStore> {
        match &self.0 {
            Backend::Postgres(pool) => Arc::new(sessions::PostgresSessionStore(pool.clone())),
            Backend::Sqlite(pool) => Arc::new(sessions::SqliteSessionStore(pool.clone())),
        }
    }

    /// Outgoing messages in this database.
    pub fn outbox(&self) -> Arc<dyn Outbox> {
        match &self.0 {
            Backend::Postgres(pool) => Arc::new(outbox::PostgresOutbox(pool.clone())),
            Backend::Sqlite(pool) => Arc::new(outbox::SqliteOutbox(pool.clone())),
        }
    }

    /// Failures in a row in this database.
    pub fn failures(&self) -> Arc<dyn FailureStore> {
        match &self.0 {
            Backend::Postgres(pool) => Arc::new(failures::PostgresFailureStore(pool.clone())),
            Backend::Sqlite(pool) => Arc::new(failures::SqliteFailureStore(pool.clone())),
        }
    }

    /// Codes in this database, if it is SQLite. `None` for PostgreSQL, because nodes that share a
    /// PostgreSQL database are better served by Redis.
    pub fn codes(&self) -> Option<Arc<dyn CodeStore>> {
        match &self.0 {
            Backend::Postgres(_) => None,
            Backend::Sqlite(pool) => Some(Arc::new(sqlite::SqliteCodeStore(pool.clone()))),
        }
    }

    /// Counts of limits in this database, if it is SQLite; see [`codes`](Self::codes).
    pub fn throttle(&self) -> Option<Arc<dyn ThrottleStore>> {
        match &self.0 {
            Backend::Postgres(_) => None,
            Backend::Sqlite(pool) => Some(Arc::new(sqlite::SqliteThrottleStore(pool.clone()))),
        }
    }

    /// Records of repeated requests in this database.
    pub fn idempotency(&self) -> Arc<dyn IdempotencyStore> {
        match &self.0 {
            Backend::Postgres(pool) => {
                Arc::new(idempotency::PostgresIdempotencyStore(pool.clone()))
            }
            Backend::Sqlite(pool) => Arc::new(idempotency::SqliteIdempotencyStore(pool.clone())),
        }
    }

    /// Deletes codes, counted hits, former phone numbers, failures in a row and records of requests
    /// that have expired; returns their number. Call it from time to time, because until then expired
    /// rows take up room.
    ///
    /// # Errors
    ///
    /// If the database does not answer. Some rows may have been deleted.
    pub async fn sweep(&self, now: OffsetDateTime) -> Result<u64, DatabaseError> {
        match &self.0 {
            Backend::Postgres(pool) => {
                let numbers =
                    users::PostgresUserRepository(pool.clone()).purge_numbers(now).await?;
                let requests =
                    idempotency::PostgresIdempotencyStore(pool.clone()).sweep(now).await?;
                Ok(numbers + requests + pool.sweep_failures(now).await?)
            }
            Backend::Sqlite(pool) => {
                let numbers = users::SqliteUserRepository(pool.clone()).purge_numbers(now).await?;
                let requests = idempotency::SqliteIdempotencyStore(pool.clone()).sweep(now).await?;
                let expired = pool.sweep(now).await? + pool.sweep_failures(now).await?;
                Ok(numbers + requests + expired)
            }
        }
    }

    /// Runs the pending migrations and returns their names. Of several processes that call this at
    /// once, one migrates and the others wait for it.
    ///
    /// # Errors
    ///
    /// If the database is newer than this program, a migration fails, or another process does not
    /// release the lock.
    pub async fn migrate(&self) -> Result<Vec<String>, DatabaseError> {
        match &self.0 {
            Backend::Postgres(pool) => pool.migrate().await,
            Backend::Sqlite(pool) => pool.migrate().await,
        }
    }

    /// Names of the pending migrations, in the order in which they run.
    ///
    /// # Errors
    ///
    /// If the database is newer than this program, or does not answer.
    pub async fn pending_migrations(&self) -> Result<Vec<String>, DatabaseError> {
        match &self.0 {
            Backend::Postgres(pool) => pool.pending_migrations().await,
            Backend::Sqlite(pool) => pool.pending_migrations().await,
        }
    }

    /// Reverts the last migration, **together with the data in the tables it created**, and returns
    /// its name.
    ///
    /// # Errors
    ///
    /// As [`migrate`](Self::migrate).
    pub async fn revert_last_migration(&self) -> Result<Option<String>, DatabaseError> {
        match &self.0 {
            Backend::Postgres(pool) => pool.revert_last_migration().await,
            Backend::Sqlite(pool) => pool.revert_last_migration().await,
        }
    }

    /// Checks that the database can be used now. PostgreSQL is asked for an answer; to SQLite a page
    /// is written, for which this waits up to twice `busy_timeout`.
    ///
    /// # Errors
    ///
    /// If the database does not answer, or an SQLite file cannot be written, as on a disk without
    /// room for a page.
    pub async fn ping(&self) -> Result<(), DatabaseError> {
        match &self.0 {
            Backend::Postgres(pool) => pool.ping().await,
            Backend::Sqlite(pool) => pool.ping().await,
        }
    }
}
