use std::{error::Error, path::PathBuf};

use thiserror::Error;

type BoxError = Box<dyn Error + Send + Sync>;

/// Why a database cannot be used. Each message says what to do; none shows a password.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum DatabaseError {
    /// The URL names no database that this crate can use.
    #[error("database URL is not usable: {0}")]
    Url(String),
    /// Nothing answers at that address, or not in time.
    #[error(
        "PostgreSQL does not answer at {address}: check that it runs, and the host and port in \
         the database URL"
    )]
    Unreachable {
        /// The host and port.
        address: String,
        /// What was seen.
        source: BoxError,
    },
    /// The server did not let the user in.
    #[error(
        "PostgreSQL at {address} refuses user `{user}`: check the user name and the password in \
         the database URL, and whether the server wants `?sslmode=require`"
    )]
    Denied {
        /// The host and port.
        address: String,
        /// The user name in the URL.
        user: String,
        /// What the server said.
        source: BoxError,
    },
    /// The server has no database of that name.
    #[error("PostgreSQL at {address} has no database `{name}`: create it with `createdb {name}`")]
    NoDatabase {
        /// The host and port.
        address: String,
        /// The name of the database in the URL.
        name: String,
        /// What the server said.
        source: BoxError,
    },
    /// The user may not do what the service does.
    #[error("PostgreSQL user lacks a privilege: as the owner of the database, run `{grant}`")]
    Privilege {
        /// The statement that grants the privilege.
        grant: String,
    },
    /// TLS was asked for and could not be had.
    #[error(
        "no TLS with PostgreSQL at {address}: check that the server offers it, that its \
         certificate names that host, and that `sslrootcert` names the file of its authority"
    )]
    Tls {
        /// The host and port.
        address: String,
        /// What was seen.
        source: BoxError,
    },
    /// The file with the root certificates cannot be used.
    #[error("cannot read certificates from {}: name a readable PEM file in `sslrootcert`", .path.display())]
    RootCertificate {
        /// The file in the URL.
        path: PathBuf,
        /// What was seen.
        source: BoxError,
    },
    /// Another process holds the file.
    #[error("{} is locked by another program: stop it, or wait until it is done", .path.display())]
    Locked {
        /// The database file.
        path: PathBuf,
        /// What SQLite said.
        source: BoxError,
    },
    /// The file cannot be made, opened or written.
    #[error(
        "cannot write {}: its directory must exist, and both must be writable by this user",
        .path.display()
    )]
    Unwritable {
        /// The database file.
        path: PathBuf,
        /// What was seen.
        source: BoxError,
    },
    /// There is no room for the file to grow.
    #[error("no room to write {}: free space on its disk", .path.display())]
    Full {
        /// The database file.
        path: PathBuf,
        /// What SQLite said.
        source: BoxError,
    },
    /// The file is something else.
    #[error("{} is not an SQLite database: name another file in the database URL", .path.display())]
    NotADatabase {
        /// The file.
        path: PathBuf,
        /// What SQLite said.
        source: BoxError,
    },
    /// A newer version of this program migrated the database.
    #[error(
        "database is newer than this program, which does not know its {}: run the newer version",
        .unknown.join(", ")
    )]
    Newer {
        /// The versions of the migrations that are not known here.
        unknown: Vec<String>,
    },
    /// Another process held the migration lock all the time.
    #[error("another process has been migrating the database for a minute: see why, then retry")]
    MigrationLocked(#[source] BoxError),
    /// A migration failed; what it did was taken back.
    #[error("migration {name} failed and was undone: see the cause, repair, and retry")]
    Migration {
        /// The migration, such as `2026-11-22-000001_create_users`.
        name: String,
        /// What the database said.
        source: BoxError,
    },
    /// The database answered with something else than it should.
    #[error("database failed")]
    Failed(#[source] BoxError),
}
