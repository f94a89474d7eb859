use diesel::connection::{AnsiTransactionManager, TransactionManager};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::{Pool, pool::blocking};
use crate::{DatabaseError, migrations::Act};

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations/sqlite");

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

    /// Runs in one transaction that takes the write lock of the file first: all migrations or none, and
    /// one process at a time.
    async fn perform(&self, act: Act) -> Result<Vec<String>, DatabaseError> {
        let file = self.file.clone();
        blocking(move || {
            let mut connection = file.open_writer()?;
            AnsiTransactionManager::begin_transaction_sql(&mut connection, "BEGIN IMMEDIATE")
                .map_err(|error| file.fault(error))?;
            let applied = connection.applied_migrations().map_err(DatabaseError::Failed)?;
            let names = act.perform(&mut connection, &MIGRATIONS, &applied)?;
            AnsiTransactionManager::commit_transaction(&mut connection)
                .map_err(|error| file.fault(error))?;
            Ok(names)
        })
        .await
    }
}
