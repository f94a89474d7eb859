use diesel::{
    QueryableByName, RunQueryDsl, connection::SimpleConnection, migration::MigrationVersion,
    sql_query, sql_types,
};
use diesel_async::{AsyncPgConnection, async_connection_wrapper::AsyncConnectionWrapper};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::{Pool, privileges::Privileges};
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
                .and_then(|()| sql_query(LOCK).execute(&mut connection))
                .map_err(|error| DatabaseError::MigrationLocked(error.into()))?;
            act_within_privileges(act, &mut connection)
        });
        performing.await.map_err(|error| DatabaseError::Failed(error.into()))?
    }
}

/// The record of migrations is created only to run some, so that a user without the privilege to create
/// tables can use a database that another one has migrated.
fn act_within_privileges(
    act: Act,
    connection: &mut AsyncConnectionWrapper<AsyncPgConnection>,
) -> Result<Vec<String>, DatabaseError> {
    let privileges = Privileges::ask(connection)?;
    privileges.require_record()?;
    let applied = if privileges.has_record { read_record(connection)? } else { Vec::new() };
    let pending = Act::List.perform(connection, &MIGRATIONS, &applied)?;
    if pending.is_empty() {
        privileges.require_tables()?;
    } else if act == Act::Run {
        privileges.require_create()?;
        connection.applied_migrations().map_err(DatabaseError::Failed)?;
    }
    act.perform(connection, &MIGRATIONS, &applied)
}

#[derive(QueryableByName)]
struct Applied {
    #[diesel(sql_type = sql_types::Text)]
    version: String,
}

fn read_record(
    connection: &mut AsyncConnectionWrapper<AsyncPgConnection>,
) -> Result<Vec<MigrationVersion<'static>>, DatabaseError> {
    let query = sql_query("SELECT version FROM __diesel_schema_migrations");
    let applied: Vec<Applied> =
        query.load(connection).map_err(|error| DatabaseError::Failed(error.into()))?;
    Ok(applied.into_iter().map(|row| row.version.into()).collect())
}
