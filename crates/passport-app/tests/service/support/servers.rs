use std::env;

use reqwest::Url;
use tokio_postgres::NoTls;
use uuid::Uuid;

/// URL of the Redis server for tests. Tests share the server, and use different numbers, addresses
/// and ids. Tests that call this are ignored by default.
pub(crate) fn redis() -> String {
    find("PASSPORT_TEST_REDIS_URL", "redis://127.0.0.1:6379")
}

/// URL of a new, empty PostgreSQL database. Tests that call this are ignored by default.
pub(crate) async fn postgres() -> String {
    let server = find("PASSPORT_TEST_POSTGRES_URL", "postgres://postgres@127.0.0.1/postgres");
    let name = format!("test_{}", Uuid::new_v4().simple());
    let (client, connection) = tokio_postgres::connect(&server, NoTls).await.unwrap();
    tokio::spawn(connection);
    client.batch_execute(&format!("CREATE DATABASE {name}")).await.unwrap();
    let mut url: Url = server.parse().unwrap();
    url.set_path(&name);
    url.into()
}

fn find(variable: &str, example: &str) -> String {
    env::var(variable).ok().filter(|url| !url.is_empty()).unwrap_or_else(|| {
        panic!(
            "{variable} is not set: set it to the URL of a server, such as {example}, or run \
             ./check, which starts one"
        )
    })
}
