use std::time::Duration;

use diesel::{Connection, SqliteConnection, connection::SimpleConnection, prelude::*};

use super::{rate::rate, statement::run};
use crate::{
    driver::LANES,
    figures::count,
    outcome::Outcome,
    people::{self, scattered},
};

diesel::table! {
    users (id) {
        id -> Binary,
        nick_name -> Text,
        standing -> SmallInt,
        epoch -> Integer,
    }
}

/// Rows of random users found by their primary key a second, on one thread without a pool.
pub(super) fn select(url: &str, people: usize, time: Duration) -> Outcome<f64> {
    let mut connection = open(url)?;
    let mut n = 0;
    rate(time, || {
        n += 1;
        let id = people::user_id(scattered(n, people)).into_bytes().to_vec();
        let row: (String, i16, i32) = users::table
            .find(id)
            .select((users::nick_name, users::standing, users::epoch))
            .first(&mut connection)?;
        std::hint::black_box(row);
        Ok(())
    })
}

/// Rows that 32 writers insert and commit a second, with a thread that commits together what has come
/// together, as the service does. In a file of its own beside the database, so on the same disk.
pub(super) fn commit(url: &str, time: Duration) -> Outcome<f64> {
    let path = format!("{}-commits", path(url)?);
    let mut connection = SqliteConnection::establish(&path)?;
    connection.batch_execute(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000;
         CREATE TABLE IF NOT EXISTS rows (id INTEGER PRIMARY KEY, content BLOB NOT NULL)",
    )?;
    let batches = rate(time, || {
        connection.immediate_transaction(|connection| {
            for _ in 0..LANES {
                run(connection, "INSERT INTO rows (content) VALUES (zeroblob(200))", [0; 16])?;
            }
            diesel::QueryResult::Ok(())
        })?;
        Ok(())
    });
    Ok(batches? * count(LANES))
}

fn open(url: &str) -> Outcome<SqliteConnection> {
    let mut connection = SqliteConnection::establish(path(url)?)?;
    connection.batch_execute("PRAGMA query_only = ON")?;
    Ok(connection)
}

pub(super) fn path(url: &str) -> Outcome<&str> {
    Ok(url.strip_prefix("sqlite:").ok_or("not an SQLite file")?)
}
