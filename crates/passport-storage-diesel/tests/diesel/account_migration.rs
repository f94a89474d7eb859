//! The migration to accounts, forth and back, with data that the version before it wrote.

use std::time::Instant;

use passport_storage_diesel::{Database, DatabaseError};
use passport_user::{Epoch, PasswordHash, PhoneNumber, Standing, UserFilter};

use crate::{
    room,
    sql::{execute, lines, schema},
};

const NAME: &str = "2026-11-29-000006_create_accounts";

/// Dumps of what `users`, `sessions` and `outbox` of commit 77c56e1 wrote.
const POSTGRES: &str = include_str!("fixtures/before_accounts_postgres.sql");
const SQLITE: &str = include_str!("fixtures/before_accounts_sqlite.sql");

/// The tables of the former schema, with columns in its order.
const TABLES: [(&str, &str); 4] = [
    ("users", "id, phone, nick_name, password_hash, created_at, last_login_at"),
    ("sessions", "digest, id, subject, created_at, last_seen_at, idle, expires_at, ends_at"),
    (
        "outbox_messages",
        "id, sealed, country, carrier, lease, leased_until, expires_at, settled_at",
    ),
    (
        "outbox_attempts",
        "message, gateway, lease, began_at, standing, provider_id, delivery, code, redeemed",
    ),
];

async fn data_of_the_former_version_survives_forth_and_back(url: String) {
    execute(&url, if url.starts_with("sqlite:") { SQLITE } else { POSTGRES }).await;
    let (schema_before, rows_before) = (schema(&url).await, rows(&url).await);
    assert_eq!(rows_before.len(), 4 + 6 + 4 + 4, "{rows_before:#?}");

    let database = room::connect(&url).await;
    assert!(database.migrate().await.unwrap().contains(&NAME.to_owned()));
    let users = database.users();
    for (number, phone) in
        ["+8613800138000", "+8613900139001", "+447911123456", "+12025550123"].iter().enumerate()
    {
        let phone = PhoneNumber::from_e164(*phone).unwrap();
        let user = users.find_by_phone(&phone).await.unwrap().expect("user is there");
        assert_eq!(users.find(user.id).await.unwrap().as_ref(), Some(&user));
        assert_eq!(user.phone.as_ref(), Some(&phone));
        let hash = match number {
            2 => "$renewed".to_owned(),
            _ => format!("$bcrypt-sha256$v=2,t=2b,r=12$hash{number}"),
        };
        assert_eq!(user.password_hash.as_ref().map(PasswordHash::as_str), Some(hash.as_str()));
        assert_eq!((user.standing, user.epoch), (Standing::Active, Epoch::default()));
        assert_eq!(user.last_login_at.is_some(), number > 0);
    }
    assert_eq!(users.list(&UserFilter::default(), None, 10).await.unwrap().len(), 4);

    revert(&database).await.unwrap();
    assert_eq!(rows(&url).await, rows_before, "{url}");
    assert_eq!(schema(&url).await, schema_before, "{url}");
    assert!(database.migrate().await.unwrap().contains(&NAME.to_owned()));
    assert_eq!(users.list(&UserFilter::default(), None, 10).await.unwrap().len(), 4);
}

room::on_each_database!("multi_thread", data_of_the_former_version_survives_forth_and_back);

/// The former schema cannot say so much. A user who is purged does not count.
async fn down_refuses_users_whom_the_former_schema_does_not_have(url: String) {
    let database = room::migrated(&url).await;
    let is_sqlite = url.starts_with("sqlite:");
    let id = |number: u8| {
        if is_sqlite { format!("x'{number:032x}'") } else { format!("'{number:032x}'") }
    };
    let time = if url.starts_with("sqlite:") { "1" } else { "now()" };
    let user = |number: u8, hash: &str, standing: &str| {
        let id = id(number);
        format!(
            "INSERT INTO users (id, nick_name, password_hash, standing, standing_since, purge_at, \
                 created_at) VALUES ({id}, '', {hash}, {standing}, {time}); \
             INSERT INTO user_phones (phone, user_id, since) VALUES ('+8613800{number:06}', {id}, \
                 {time});"
        )
    };
    let fine = user(1, "'h'", "0, NULL, NULL");
    let purged = user(2, "NULL", &format!("9, {time}, NULL"));
    execute(&url, &format!("{fine}{purged}DELETE FROM user_phones WHERE user_id = {}", id(2)))
        .await;
    let problems = [
        user(3, "NULL", "0, NULL, NULL"),
        user(4, "'h'", &format!("1, {time}, NULL")),
        user(5, "'h'", &format!("2, {time}, {time}")),
        user(6, "'h'", "0, NULL, NULL"),
        format!("DELETE FROM user_phones WHERE user_id = {}", id(6)),
    ];
    execute(&url, &problems.concat()).await;
    let error = revert(&database).await.expect_err("there are such users");
    let shown = room::chain(&error);
    let expected = "cannot revert: 1 users have no current number, 1 have no password, and 2 are \
                    disabled or leaving";
    assert!(shown.contains(expected), "{shown}");
    let there = lines(&url, "SELECT CAST(count(*) AS text) AS line FROM users").await;
    assert_eq!(there, ["6"], "{url}: nothing was changed");

    for number in 3..=6 {
        let id = id(number);
        let removal = format!(
            "DELETE FROM user_phones WHERE user_id = {id}; DELETE FROM users WHERE id = {id};"
        );
        execute(&url, &removal).await;
    }
    revert(&database).await.expect("no such user is left");
    assert_eq!(lines(&url, "SELECT phone AS line FROM users").await, ["+8613800000001"], "{url}");
}

room::on_each_database!("multi_thread", down_refuses_users_whom_the_former_schema_does_not_have);

async fn a_hundred_thousand_users_migrate_forth_and_back(url: String) {
    let database = room::migrated(&url).await;
    revert(&database).await.unwrap();
    execute(
        &url,
        if url.starts_with("sqlite:") {
            "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 100000) \
             INSERT INTO users (id, phone, nick_name, password_hash, created_at) \
                 SELECT randomblob(16), '+86' || (13800000000 + n), 'n', 'h', n FROM n"
        } else {
            "INSERT INTO users (id, phone, nick_name, password_hash, created_at) \
                 SELECT gen_random_uuid(), '+86' || (13800000000 + n), 'n', 'h', now() \
                 FROM generate_series(1, 100000) n"
        },
    )
    .await;
    let numbers =
        "SELECT CAST(count(*) AS text) AS line FROM users JOIN user_phones ON user_id = id";
    let began = Instant::now();
    database.migrate().await.unwrap();
    println!("{url}: up took {:?}", began.elapsed());
    assert_eq!(lines(&url, numbers).await, ["100000"]);
    let began = Instant::now();
    revert(&database).await.unwrap();
    println!("{url}: down took {:?}", began.elapsed());
    let numbers = "SELECT CAST(count(DISTINCT phone) AS text) AS line FROM users";
    assert_eq!(lines(&url, numbers).await, ["100000"]);
}

room::on_each_database!("multi_thread", a_hundred_thousand_users_migrate_forth_and_back);

/// Reverts all migrations as far as this one.
async fn revert(database: &Database) -> Result<(), DatabaseError> {
    while database.revert_last_migration().await?.is_some_and(|name| name != NAME) {}
    Ok(())
}

async fn rows(url: &str) -> Vec<String> {
    let mut all = Vec::new();
    for (table, columns) in TABLES {
        let columns: Vec<_> = columns
            .split(", ")
            .map(|column| {
                if url.starts_with("sqlite:") {
                    format!("quote({column})")
                } else {
                    format!("coalesce({column}::text, 'NULL')")
                }
            })
            .collect();
        let row = columns.join(" || '|' || ");
        let query = format!("SELECT '{table}: ' || {row} AS line FROM {table} ORDER BY 1");
        all.extend(lines(url, &query).await);
    }
    all
}
