//! A room of its own for each test, named after the test: what an earlier run left is swept out.

use std::{
    error::Error,
    fs,
    hash::{DefaultHasher, Hash, Hasher},
    iter::successors,
    path::{Path, PathBuf},
    sync::Arc,
    thread,
};

use diesel_async::{AsyncConnection, AsyncPgConnection, SimpleAsyncConnection};
use passport_session::{SessionDigest, SessionToken};
use passport_storage_diesel::{Database, DatabaseOptions};
use passport_user::{
    AccountEvent, EventKind, InsertUserError, PasswordHash, PhoneNumber, User, UserRepository,
};
use time::{OffsetDateTime, macros::datetime};

pub(crate) const NOW: OffsetDateTime = datetime!(2026-11-22 09:43:30.123456 UTC);

/// An empty directory.
pub(crate) fn directory() -> PathBuf {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("diesel").join(test_name());
    _ = fs::remove_dir_all(&directory);
    fs::create_dir_all(&directory).unwrap();
    directory
}

/// The URL of an SQLite file that is not there yet.
pub(crate) fn sqlite_url() -> String {
    format!("sqlite:{}", directory().join("passport.db").display())
}

/// URL of an empty schema in PostgreSQL. Tests that call this are ignored by default.
pub(crate) async fn postgres_url() -> String {
    let url = postgres_server();
    let mut hasher = DefaultHasher::new();
    test_name().hash(&mut hasher);
    let schema = format!("passport_test_{:016x}", hasher.finish());
    let mut connection = AsyncPgConnection::establish(&url).await.expect("PostgreSQL answers");
    let sweep = format!("DROP SCHEMA IF EXISTS {schema} CASCADE; CREATE SCHEMA {schema};");
    connection.batch_execute(&sweep).await.unwrap();
    with_parameter(&url, &format!("options=-c%20search_path%3D{schema}"))
}

/// URL of the PostgreSQL server for tests. Tests that call this are ignored by default.
pub(crate) fn postgres_server() -> String {
    let url = std::env::var("PASSPORT_TEST_POSTGRES_URL").ok().filter(|url| !url.is_empty());
    url.expect(
        "PASSPORT_TEST_POSTGRES_URL is not set: set it to the URL of a PostgreSQL server, such as \
         postgres://postgres@127.0.0.1/postgres, or run ./check, which starts one",
    )
}

/// Declares two tests of an `async fn(url: String)`: on SQLite, and on PostgreSQL, which needs a
/// server and is therefore ignored by default.
macro_rules! on_each_database {
    ($flavor:literal, $test:ident) => {
        mod $test {
            use crate::room;

            #[tokio::test(flavor = $flavor)]
            async fn sqlite() {
                super::$test(room::sqlite_url()).await;
            }

            #[tokio::test(flavor = $flavor)]
            #[ignore = "needs PostgreSQL"]
            async fn postgres() {
                super::$test(room::postgres_url().await).await;
            }
        }
    };
}

pub(crate) use on_each_database;

pub(crate) fn with_parameter(url: &str, parameter: &str) -> String {
    format!("{url}{}{parameter}", if url.contains('?') { '&' } else { '?' })
}

pub(crate) async fn connect(url: &str) -> Database {
    Database::connect(url, DatabaseOptions::default()).await.expect("database opens")
}

pub(crate) async fn migrated(url: &str) -> Database {
    let database = connect(url).await;
    database.migrate().await.expect("database is migrated");
    database
}

pub(crate) fn phone(number: u32) -> PhoneNumber {
    PhoneNumber::from_e164(format!("+86138{number:08}")).unwrap()
}

/// The digest of a new token.
pub(crate) fn digest() -> SessionDigest {
    SessionToken::generate(&mut rand::rng()).digest()
}

/// The user with [`phone(number)`](phone).
pub(crate) fn user(number: u32) -> User {
    User::new(phone(number), Some(PasswordHash::new("$old")), NOW)
}

/// Event for a change of `user`.
pub(crate) fn event(user: &User) -> AccountEvent {
    AccountEvent { subject: Some(user.id), ..AccountEvent::new(EventKind::UserCreated, NOW) }
}

pub(crate) async fn add(
    users: &Arc<dyn UserRepository>,
    user: &User,
) -> Result<(), InsertUserError> {
    users.insert(user, &event(user)).await
}

/// An error with everything behind it.
pub(crate) fn chain(error: &dyn Error) -> String {
    let causes = successors(error.source(), |&error| error.source());
    causes.fold(error.to_string(), |shown, cause| format!("{shown}: {cause}"))
}

fn test_name() -> String {
    thread::current().name().expect("tests run on threads named after them").replace("::", ".")
}
