use diesel::{RunQueryDsl, connection::SimpleConnection};
use diesel_async::async_connection_wrapper::AsyncConnectionWrapper;
use diesel_migrations::{EmbeddedMigrations, embed_migrations};

use super::Pool;
use crate::{DatabaseError, migrations::Act};

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// Takes an advisory lock, which is released when the connection closes. Each schema has its own,
/// because two services may share a database.
const LOCK: &str = "SELECT pg_advisory_lock(hashtext('passport migrations'), \
                    hashtext(coalesce(current_schema(), '')))";

impl Pool {
    pub(crate) async fn migrate(&self) -> Result<Vec<String>, DatabaseError> {
        self.perform(Act::Run).await
    }

    pub(crate) async fn pending_migrations(&self) -> Result<Vec<String>, DatabaseError> {
        self.perform(Act::List).await
    }

    pub(crate) async fn revert_last_migration(&self) -> Result<Option<String>, DatabaseError> {
        self.perform(Act::Revert).await.map(|mut names| names.pop())
    }

    /// Uses a connection of its own, so that the lock and the changed settings end with it. Runs in
    /// `spawn_blocking`, because the harness blocks and actix's executor has one thread.
    async fn perform(&self, act: Act) -> Result<Vec<String>, DatabaseError> {
        let connection = self.server.connect().await?;
        let performing = tokio::task::spawn_blocking(move || {
            let mut connection: AsyncConnectionWrapper<_> = connection.into();
            connection
                .batch_execute("SET lock_timeout = '60s'")
                .and_then(|()| diesel::sql_query(LOCK).execute(&mut connection))
                .map_err(|error| DatabaseError::MigrationLocked(error.into()))?;
            act.perform(&mut connection, &MIGRATIONS)
        });
        performing.await.map_err(|error| DatabaseError::Failed(error.into()))?
    }
}
