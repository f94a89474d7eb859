use std::{
    error::Error,
    fs::OpenOptions,
    io,
    iter::successors,
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

use diesel::{
    Connection, QueryResult, RunQueryDsl, SqliteConnection, connection::SimpleConnection, dsl::sql,
    sql_types::Integer,
};

use crate::DatabaseError;

/// An SQLite file and the time to wait for its lock.
#[derive(Debug, Clone)]
pub(super) struct File {
    pub(super) path: PathBuf,
    pub(super) busy_timeout: Duration,
}

impl File {
    /// Opens the file for writing, and creates it if it does not exist. Blocks.
    ///
    /// `synchronous = FULL` syncs the log at each commit, so that an answered write survives a loss
    /// of power and not only the death of the process. `secure_delete` overwrites what is deleted, so
    /// that no number of a purged account stays in a free part of the file (DEL-1).
    pub(super) fn open_writer(&self) -> Result<SqliteConnection, DatabaseError> {
        self.create()?;
        let mut connection = self.open()?;
        self.turn_to_wal(&mut connection)?;
        connection
            .batch_execute(
                "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON; \
                 PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16384; PRAGMA wal_autocheckpoint = 4000;",
            )
            .map_err(|error| self.fault(error))?;
        Ok(connection)
    }

    /// Sets WAL mode. If another connection does the same to a fresh file at that moment, SQLite
    /// fails without waiting for the busy timeout; this retries until then.
    fn turn_to_wal(&self, connection: &mut SqliteConnection) -> Result<(), DatabaseError> {
        let begun = Instant::now();
        loop {
            let turned = connection.batch_execute("PRAGMA journal_mode = WAL;");
            match turned.map_err(|error| self.fault(error)) {
                Err(DatabaseError::Locked { .. }) if begun.elapsed() < self.busy_timeout => {
                    thread::sleep(Duration::from_millis(10));
                }
                outcome => return outcome,
            }
        }
    }

    /// Opens the file for reading. Blocks.
    ///
    /// The first gibibyte of the file is mapped into memory: with a million users most pages of a read are
    /// not in the cache of the connection, and each would be a system call and a copy. The pages are those
    /// of the system's cache, which it takes back when memory is short. A disk that fails under a mapping
    /// ends the process.
    pub(super) fn open_reader(&self) -> Result<SqliteConnection, DatabaseError> {
        let mut connection = self.open()?;
        connection
            // Readers do not wait for writers in WAL mode. Other locks are rare, and a long wait
            // for one would block the executor.
            .batch_execute(
                "PRAGMA query_only = ON; PRAGMA busy_timeout = 100; PRAGMA mmap_size = 1073741824;",
            )
            .map_err(|error| self.fault(error))?;
        Ok(connection)
    }

    fn open(&self) -> Result<SqliteConnection, DatabaseError> {
        // With `./` before it, SQLite does not read a name as a URI.
        let path = Path::new(".").join(&self.path);
        let path = path.to_str().ok_or_else(|| {
            DatabaseError::Url("the path of an SQLite file has to be UTF-8".to_owned())
        })?;
        let mut connection = SqliteConnection::establish(path).map_err(|e| self.fault(e))?;
        let timeout = self.busy_timeout.as_millis();
        connection
            .batch_execute(&format!("PRAGMA busy_timeout = {timeout};"))
            .map_err(|error| self.fault(error))?;
        Ok(connection)
    }

    /// Creates an empty file that only this user can read, because it will hold numbers and password
    /// hashes. SQLite gives its log the same permissions.
    fn create(&self) -> Result<(), DatabaseError> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        match options.open(&self.path) {
            Ok(_) => Ok(()),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            Err(error) => {
                Err(DatabaseError::Unwritable { path: self.path.clone(), source: error.into() })
            }
        }
    }

    /// Maps an error of SQLite to the error that tells the operator what to do. Diesel passes on only
    /// SQLite's messages, which are constant.
    pub(super) fn fault(&self, error: impl Error + Send + Sync + 'static) -> DatabaseError {
        let chain = successors(Some(&error as &dyn Error), |&error| error.source());
        let messages: Vec<String> = chain.map(ToString::to_string).collect();
        let says = |words: &str| messages.iter().any(|message| message.contains(words));
        let (path, source) = (self.path.clone(), Box::new(error));
        if says("database is locked") || says("database table is locked") {
            DatabaseError::Locked { path, source }
        } else if says("Unable to open the database")
            || says("unable to open database")
            || says("readonly database")
        {
            DatabaseError::Unwritable { path, source }
        } else if says("database or disk is full") {
            DatabaseError::Full { path, source }
        } else if says("file is not a database") {
            DatabaseError::NotADatabase { path, source }
        } else {
            DatabaseError::Failed(source)
        }
    }
}

/// Writes the first page of the database as it is. Fails if the file cannot be written.
pub(super) fn rewrite_first_page(connection: &mut SqliteConnection) -> QueryResult<()> {
    // SQLite writes the page even if the number that it sets does not change.
    let version: i32 = sql::<Integer>("PRAGMA user_version").get_result(connection)?;
    connection.batch_execute(&format!("PRAGMA user_version = {version}"))
}
