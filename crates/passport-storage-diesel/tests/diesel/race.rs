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
    AccountEvent, Epoch, InsertUserError, NickName, NumberChange, NumberChanged, NumberUndone,
    PasswordHash, PhoneNumber, Standing, User, UserFilter, UserId, UserRepository,
    UserRepositoryError,
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
    fn new(path: PathBuf) -> Self {
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

/// Only `insert` is called by the clause.
macro_rules! other_methods {
    ($($method:ident($($argument:ty),*) -> $value:ty;)*) => {
        #[async_trait]
        impl UserRepository for SelectThenInsert {
            async fn insert(&self, user: &User, _: &AccountEvent) -> Result<(), InsertUserError> {
                let connection = Mutex::new(self.connect());
                let phone = user.phone.as_ref().unwrap().as_e164().to_owned();
                let looked = Arc::clone(&self.looked);
                let insert = move || Self::insert(&mut connection.lock().unwrap(), &phone, &looked);
                tokio::task::spawn_blocking(insert).await.unwrap()
            }

            $(async fn $method(&self, $(_: $argument),*) -> Result<$value, UserRepositoryError> {
                unreachable!("the clause only inserts")
            })*
        }
    };
}

other_methods! {
    find(UserId) -> Option<User>;
    find_by_phone(&PhoneNumber) -> Option<User>;
    find_by_former_phone(&PhoneNumber, OffsetDateTime) -> Option<User>;
    record_login(UserId, OffsetDateTime) -> ();
    replace_password_hash(UserId, &PasswordHash, &PasswordHash) -> bool;
    set_password(UserId, Epoch, Option<&PasswordHash>, &AccountEvent) -> Option<Epoch>;
    rename(UserId, &NickName, &AccountEvent) -> bool;
    change_number(UserId, Epoch, &NumberChange, &AccountEvent) -> NumberChanged;
    undo_number(UserId, &PhoneNumber, OffsetDateTime, &AccountEvent) -> Option<NumberUndone>;
    set_standing(UserId, Epoch, Standing, &AccountEvent) -> Option<Epoch>;
    due_for_purge(OffsetDateTime, u32) -> Vec<UserId>;
    purge(UserId, OffsetDateTime, &AccountEvent) -> bool;
    list(&UserFilter, Option<UserId>, u32) -> Vec<User>;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[should_panic(expected = "left: (8, 0)")]
async fn select_then_insert_loses() {
    let url = room::sqlite_url();
    let journal = room::migrated(&url).await.journal();
    let path = PathBuf::from(url.strip_prefix("sqlite:").unwrap()).with_file_name("broken.db");
    let users = Arc::new(SelectThenInsert::new(path));
    passport_user::testing::phone_is_unique_under_concurrent_inserts((users, journal)).await;
}
