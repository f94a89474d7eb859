use std::sync::Arc;

use passport_session::SessionStore;
use passport_sms_client::Outbox;
use passport_user::UserRepository;

use crate::{
    DatabaseError, DatabaseOptions, location::Location, outbox, postgres, sessions, sqlite, users,
};

/// Users, sessions and messages on their way in one PostgreSQL or SQLite database. A clone shares its connections.
#[derive(Debug, Clone)]
pub struct Database(Backend);

#[derive(Debug, Clone)]
enum Backend {
    Postgres(postgres::Pool),
    Sqlite(sqlite::Pool),
}

impl Database {
    /// Opens the database at `url`: `sqlite:PATH`, which is made when it is not there, or
    /// `postgres://user:password@host:port/name`. Does not migrate it.
    ///
    /// # Errors
    ///
    /// When the URL is of neither kind, or the database cannot be reached or opened.
    pub async fn connect(url: &str, options: DatabaseOptions) -> Result<Self, DatabaseError> {
        Ok(Self(match Location::parse(url)? {
            Location::Postgres(url) => {
                Backend::Postgres(postgres::Pool::connect(&url, options).await?)
            }
            Location::Sqlite(path) => Backend::Sqlite(sqlite::Pool::open(path, options).await?),
        }))
    }

    /// Says what is wrong with `url`, as far as that can be seen without connecting.
    ///
    /// # Errors
    ///
    /// When [`connect`](Self::connect) would refuse the URL, or the certificates that it names.
    pub fn check_url(url: &str) -> Result<(), DatabaseError> {
        match Location::parse(url)? {
            Location::Postgres(url) => postgres::Pool::check(&url),
            Location::Sqlite(_) => Ok(()),
        }
    }

    /// The users in this database.
    pub fn users(&self) -> Arc<dyn UserRepository> {
        match &self.0 {
            Backend::Postgres(pool) => Arc::new(users::PostgresUserRepository(pool.clone())),
            Backend::Sqlite(pool) => Arc::new(users::SqliteUserRepository(pool.clone())),
        }
    }

    /// The sessions in this database.
    pub fn sessions(&self) -> Arc<dyn SessionStore> {
        match &self.0 {
            Backend::Postgres(pool) => Arc::new(sessions::PostgresSessionStore(pool.clone())),
            Backend::Sqlite(pool) => Arc::new(sessions::SqliteSessionStore(pool.clone())),
        }
    }

    /// The messages on their way, in this database.
    pub fn outbox(&self) -> Arc<dyn Outbox> {
        match &self.0 {
            Backend::Postgres(pool) => Arc::new(outbox::PostgresOutbox(pool.clone())),
            Backend::Sqlite(pool) => Arc::new(outbox::SqliteOutbox(pool.clone())),
        }
    }

    /// Runs the migrations that this database lacks; answers their names. Of processes that call
    /// this at once, one migrates and the others wait for it.
    ///
    /// # Errors
    ///
    /// When the database is newer than this program, a migration fails, or another process does
    /// not let go of the lock.
    pub async fn migrate(&self) -> Result<Vec<String>, DatabaseError> {
        match &self.0 {
            Backend::Postgres(pool) => pool.migrate().await,
            Backend::Sqlite(pool) => pool.migrate().await,
        }
    }

    /// The names of the migrations that this database lacks, in their order.
    ///
    /// # Errors
    ///
    /// When the database is newer than this program, or cannot answer.
    pub async fn pending_migrations(&self) -> Result<Vec<String>, DatabaseError> {
        match &self.0 {
            Backend::Postgres(pool) => pool.pending_migrations().await,
            Backend::Sqlite(pool) => pool.pending_migrations().await,
        }
    }

    /// Takes the last migration back, **with the data in what it made**; answers its name.
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

    /// Asks the database for an answer: whether it can be used now. SQLite is asked for its write
    /// lock too, for which it waits up to `busy_timeout`; that a disk is full is not found out.
    ///
    /// # Errors
    ///
    /// When it does not answer, or an SQLite file cannot be written.
    pub async fn ping(&self) -> Result<(), DatabaseError> {
        match &self.0 {
            Backend::Postgres(pool) => pool.ping().await,
            Backend::Sqlite(pool) => pool.ping().await,
        }
    }
}
