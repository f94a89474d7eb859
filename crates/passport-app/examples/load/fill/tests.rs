//! The service accepts what the tables are filled with.

use std::env;

use actix_web::rt::{System, spawn};
use passport_app::{Application, settings::Settings};
use passport_storage_diesel::{Database, DatabaseOptions};
use tokio::runtime::Handle;
use tokio_postgres::NoTls;

use super::{Filling, fill_database, fill_sessions};
use crate::{
    check::knows,
    driver::Target,
    people::{MOST_PEOPLE, cookie},
    process::Process,
    request::{Request, Visitor},
    service::SECRET,
};

/// More than one batch of the slowest way to fill.
const PEOPLE: usize = 6_000;

#[test]
fn the_service_knows_the_people_of_a_filled_sqlite_file() {
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite:{}/test.db", folder.path().display());
    System::new().block_on(async {
        migrate(&database).await;
        fill_database(&Filling::new(PEOPLE).unwrap(), &database).await.unwrap();
        people_are_known(&serve(&database, "memory:", "database").await).await;
    });
}

#[test]
fn a_database_with_users_is_not_filled() {
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite:{}/test.db", folder.path().display());
    System::new().block_on(async {
        migrate(&database).await;
        let filling = Filling::new(1).unwrap();
        fill_database(&filling, &database).await.unwrap();
        let error = fill_database(&filling, &database).await.unwrap_err().to_string();
        assert!(error.contains("name an empty database"), "{error}");
    });
}

#[test]
#[ignore = "needs the servers that ./check starts"]
fn the_service_knows_the_people_of_filled_servers() {
    let variable = |name: &str| env::var(name).expect("./check sets the URLs of its servers");
    let (server, redis) =
        (variable("PASSPORT_TEST_POSTGRES_URL"), variable("PASSPORT_TEST_REDIS_URL"));
    System::new().block_on(async {
        let (client, connection) = tokio_postgres::connect(&server, NoTls).await.unwrap();
        spawn(connection);
        let name = format!("load_{}", std::process::id());
        client.batch_execute(&format!("CREATE DATABASE {name}")).await.unwrap();
        let (start, _) = server.rsplit_once('/').unwrap();
        let database = format!("{start}/{name}");
        migrate(&database).await;
        let filling = Filling::new(PEOPLE).unwrap();
        fill_database(&filling, &database).await.unwrap();
        fill_sessions(&filling, &redis).await.unwrap();
        for sessions in ["database", "store"] {
            people_are_known(&serve(&database, &redis, sessions).await).await;
        }
    });
}

/// Who they are, their devices, and their password.
async fn people_are_known(target: &Target) {
    for n in [0, 1, PEOPLE / 2, PEOPLE - 1] {
        knows(target, n).await.unwrap();
        let devices = target.once(&Request::devices(n)).await.unwrap().json();
        assert_eq!(devices.as_array().map_or(1, Vec::len), 1, "{devices}");
    }
    let stranger = knows(target, MOST_PEOPLE).await.unwrap_err().to_string();
    assert!(stranger.contains("401"), "{stranger}: {}", cookie(MOST_PEOPLE));
    let page = target.once(&Request::image_code(0)).await.unwrap();
    let csrf = page.cookie("csrf_token").unwrap();
    target.once(&Request::sign_in(Visitor { n: 1, csrf: &csrf }, 7)).await.unwrap();
}

async fn migrate(database: &str) {
    let database = Database::connect(database, DatabaseOptions::default()).await.unwrap();
    database.migrate().await.unwrap();
}

/// Starts the service in this process.
async fn serve(database: &str, store: &str, sessions: &str) -> Target {
    let settings = Settings::from_pairs([
        ("secret", SECRET),
        ("http.listen", "127.0.0.1:0"),
        ("http.workers", "1"),
        ("metrics.listen", ""),
        ("database.url", database),
        ("store.url", store),
        ("session.store", sessions),
    ]);
    let (settings, runtime) = (settings.unwrap(), Handle::current());
    let application =
        Application::build(&settings, std::future::pending(), &runtime).await.unwrap();
    let address = application.address();
    spawn(application.run());
    Target { address, server: Process::own(), stores: Vec::new(), may_poll: false }
}
