use std::env;

use reqwest::Url;
use tokio_postgres::NoTls;
use uuid::Uuid;

/// The Redis that is there for tests, or the news that there is none. Tests share it and differ by
/// numbers, addresses and ids.
pub(crate) fn redis() -> Option<String> {
    find("PASSPORT_TEST_REDIS_URL")
}

/// A PostgreSQL database of its own, empty; or the news that there is none.
pub(crate) async fn postgres() -> Option<String> {
    let server = find("PASSPORT_TEST_POSTGRES_URL")?;
    let name = format!("test_{}", Uuid::new_v4().simple());
    let (client, connection) = tokio_postgres::connect(&server, NoTls).await.unwrap();
    tokio::spawn(connection);
    client.batch_execute(&format!("CREATE DATABASE {name}")).await.unwrap();
    let mut url: Url = server.parse().unwrap();
    url.set_path(&name);
    Some(url.into())
}

fn find(variable: &str) -> Option<String> {
    if let Some(url) = env::var(variable).ok().filter(|url| !url.is_empty()) {
        return Some(url);
    }
    assert_ne!(env::var("PASSPORT_TEST_REQUIRED").as_deref(), Ok("1"), "{variable} is not set");
    eprintln!("skipped: {variable} is not set");
    None
}
