//! The race clauses fail on SQL that reads and then writes.

use std::{
    path::PathBuf,
    sync::{Arc, Barrier, Mutex},
};

use async_trait::async_trait;
use diesel::{
    Connection, QueryableByName, RunQueryDsl, SqliteConnection, connection::SimpleConnection,
    sql_query, sql_types::Text,
};
use passport_user::{
    InsertUserError, PasswordHash, PhoneNumber, User, UserId, UserRepository, UserRepositoryError,
};
use time::OffsetDateTime;

use crate::room;

/// Number of concurrent inserts of one number in the clause.
const RIVALS: usize = 8;

/// Broken repository that checks whether the number is free and then inserts it, without an index. In
/// between it waits until all rivals have checked, so it fails on every machine, however busy.
#[derive(Debug)]
struct SelectThenInsert {
    path: PathBuf,
    looked: Arc<Barrier>,
}

#[derive(QueryableByName)]
struct Phone {
    #[diesel(sql_type = Text)]
    _phone: String,
}

impl SelectThenInsert {
    fn new() -> Self {
        let path = room::directory().join("broken.db");
        let broken = Self { path, looked: Arc::new(Barrier::new(RIVALS)) };
        broken
            .connect()
            .batch_execute("PRAGMA journal_mode = WAL; CREATE TABLE users (phone TEXT NOT NULL)")
            .unwrap();
        broken
    }

    fn connect(&self) -> SqliteConnection {
        let mut connection = SqliteConnection::establish(self.path.to_str().unwrap()).unwrap();
        connection.batch_execute("PRAGMA busy_timeout = 5000; PRAGMA synchronous = OFF").unwrap();
        connection
    }

    fn insert(
        connection: &mut SqliteConnection,
        phone: &str,
        looked: &Barrier,
    ) -> Result<(), InsertUserError> {
        let found: Vec<Phone> = sql_query("SELECT phone AS _phone FROM users WHERE phone = ?")
            .bind::<Text, _>(phone)
            .load(connection)
            .map_err(UserRepositoryError::new)?;
        if !found.is_empty() {
            return Err(InsertUserError::PhoneTaken);
        }
        looked.wait();
        sql_query("INSERT INTO users (phone) VALUES (?)")
            .bind::<Text, _>(phone)
            .execute(connection)
            .map_err(UserRepositoryError::new)?;
        Ok(())
    }
}

#[async_trait]
impl UserRepository for SelectThenInsert {
    async fn insert(&self, user: &User) -> Result<(), InsertUserError> {
        let connection = Mutex::new(self.connect());
        let (phone, looked) = (user.phone.as_e164().to_owned(), Arc::clone(&self.looked));
        let insert = move || Self::insert(&mut connection.lock().unwrap(), &phone, &looked);
        tokio::task::spawn_blocking(insert).await.unwrap()
    }

    async fn find(&self, _: UserId) -> Result<Option<User>, UserRepositoryError> {
        unreachable!("the clause only inserts")
    }

    async fn find_by_phone(&self, _: &PhoneNumber) -> Result<Option<User>, UserRepositoryError> {
        unreachable!("the clause only inserts")
    }

    async fn record_login(&self, _: UserId, _: OffsetDateTime) -> Result<(), UserRepositoryError> {
        unreachable!("the clause only inserts")
    }

    async fn replace_password_hash(
        &self,
        _: UserId,
        _: &PasswordHash,
        _: &PasswordHash,
    ) -> Result<bool, UserRepositoryError> {
        unreachable!("the clause only inserts")
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[should_panic(
    expected = "round 0: [Ok(()), Ok(()), Ok(()), Ok(()), Ok(()), Ok(()), Ok(()), Ok(())]"
)]
async fn select_then_insert_loses() {
    let users = Arc::new(SelectThenInsert::new());
    passport_user::testing::phone_is_unique_under_concurrent_inserts(users).await;
}
