//! The database of the settings.

use async_trait::async_trait;
use passport_auth::{BoxError, SignedInUsers, Unavailable};
use passport_session::{Session, SessionDigest};
use passport_storage_diesel::{Database, DatabaseOptions, SignedInUsers as StoredSignedInUsers};
use passport_user::User;
use time::OffsetDateTime;
use tokio::runtime::Handle;
use tracing::info;

use super::error::WiringError;
use crate::{http::Probe, settings::DatabaseSettings, upkeep::Sweep};

/// Opens the database, and runs pending migrations if the settings allow it. Connections belong to
/// `runtime`.
pub(crate) async fn open_database(
    settings: &DatabaseSettings,
    runtime: &Handle,
) -> Result<Database, WiringError> {
    let database = connect(settings, runtime).await?;
    if settings.migrate {
        for migration in database.migrate().await? {
            info!(migration, "migration applied");
        }
    } else {
        let pending = database.pending_migrations().await?;
        if !pending.is_empty() {
            return Err(WiringError::NotMigrated(pending.join(", ")));
        }
    }
    Ok(database)
}

/// Opens the database without migrating it, for commands that only read.
pub(crate) async fn look_at_database(settings: &DatabaseSettings) -> Result<Database, WiringError> {
    let as_it_is = DatabaseSettings { migrate: false, ..settings.clone() };
    match open_database(&as_it_is, &Handle::current()).await {
        Err(WiringError::NotMigrated(lacks)) if settings.migrate => {
            Err(WiringError::NotStarted(lacks))
        }
        outcome => outcome,
    }
}

/// Names of the migrations that the database lacks.
pub(crate) async fn pending_migrations(
    settings: &DatabaseSettings,
) -> Result<Vec<String>, WiringError> {
    Ok(connect(settings, &Handle::current()).await?.pending_migrations().await?)
}

/// Runs the migrations that the database lacks; returns their names.
pub(crate) async fn migrate(settings: &DatabaseSettings) -> Result<Vec<String>, WiringError> {
    Ok(connect(settings, &Handle::current()).await?.migrate().await?)
}

async fn connect(settings: &DatabaseSettings, runtime: &Handle) -> Result<Database, WiringError> {
    Ok(Database::connect_on(runtime, &settings.url, DatabaseOptions::default()).await?)
}

#[async_trait]
impl Probe for Database {
    async fn check(&self) -> Result<(), BoxError> {
        Ok(self.ping().await?)
    }
}

/// Sessions and users in one database, which one query reads.
#[derive(Debug)]
pub(super) struct InOneDatabase(pub(super) StoredSignedInUsers);

#[async_trait]
impl SignedInUsers for InOneDatabase {
    async fn find(
        &self,
        digest: &SessionDigest,
        now: OffsetDateTime,
    ) -> Result<Option<(Session, User)>, Unavailable> {
        self.0.find(digest, now).await.map_err(Unavailable::new)
    }
}

#[async_trait]
impl Sweep for Database {
    async fn sweep(&self, now: OffsetDateTime) -> Result<u64, BoxError> {
        Ok(Database::sweep(self, now).await?)
    }
}
