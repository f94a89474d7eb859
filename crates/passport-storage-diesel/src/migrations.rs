//! Running migrations on either database. The caller holds the lock.

use std::collections::HashSet;

use diesel::{
    backend::Backend,
    migration::{MigrationSource, MigrationVersion},
};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness};

use crate::DatabaseError;

/// Operation on the migrations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Act {
    List,
    Run,
    Revert,
}

impl Act {
    /// Returns the names of the migrations that were listed, run or reverted. `applied` are those that
    /// the database has.
    pub(crate) fn perform<DB: Backend>(
        self,
        database: &mut impl MigrationHarness<DB>,
        source: &EmbeddedMigrations,
        applied: &[MigrationVersion<'static>],
    ) -> Result<Vec<String>, DatabaseError> {
        let known = MigrationSource::<DB>::migrations(source).map_err(DatabaseError::Failed)?;
        let versions: HashSet<String> =
            known.iter().map(|migration| migration.name().version().to_string()).collect();
        let mut unknown: Vec<String> = applied.iter().map(ToString::to_string).collect();
        unknown.retain(|version| !versions.contains(version));
        if !unknown.is_empty() {
            unknown.sort();
            return Err(DatabaseError::Newer { unknown });
        }

        let mut chosen: Vec<_> = known
            .into_iter()
            .filter(|migration| {
                applied.contains(&migration.name().version()) == (self == Self::Revert)
            })
            .collect();
        chosen.sort_by_key(|migration| migration.name().version().as_owned());
        if self == Self::Revert {
            chosen.drain(..chosen.len().saturating_sub(1));
        }
        let mut names = Vec::with_capacity(chosen.len());
        for migration in chosen {
            let name = migration.name().to_string();
            match self {
                Self::List => Ok(()),
                Self::Run => database.run_migration(&migration).map(drop),
                Self::Revert => database.revert_migration(&migration).map(drop),
            }
            .map_err(|source| DatabaseError::Migration { name: name.clone(), source })?;
            names.push(name);
        }
        Ok(names)
    }
}
