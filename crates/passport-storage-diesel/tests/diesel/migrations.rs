//! Migrations: up and down, by many at once, and by a program that is too old.

use futures::future::join_all;
use passport_storage_diesel::DatabaseError;

use crate::{
    child, room,
    sql::{execute, schema},
};

const NAMES: [&str; 16] = [
    "2026-11-22-000001_create_users",
    "2026-11-22-000002_create_sessions",
    "2026-11-23-000001_create_outbox",
    "2026-11-23-000002_index_sealed_messages",
    "2026-11-29-000001_create_codes_and_hits",
    "2026-11-29-000005_bill_outbox_attempts",
    "2026-11-29-000006_create_accounts",
    "2026-11-29-000007_describe_sessions",
    "2026-11-29-000008_bind_codes",
    "2026-11-29-000009_create_failures",
    "2026-11-29-000010_create_idempotency",
    "2026-11-29-000011_record_consents",
    "2026-11-29-000012_create_operator_tokens",
    "2026-11-29-000013_create_signing_keys",
    "2026-11-29-000014_create_webhook_deliveries",
    "2026-11-30-000015_drop_spare_indexes",
];

async fn up_down_and_up_again(url: String) {
    let database = room::connect(&url).await;
    assert_eq!(database.pending_migrations().await.unwrap(), NAMES);
    let empty = schema(&url).await;
    assert_eq!(database.migrate().await.unwrap(), NAMES);
    assert_eq!(database.pending_migrations().await.unwrap(), [""; 0]);
    assert_eq!(database.migrate().await.unwrap(), [""; 0]);
    let full = schema(&url).await;
    assert_ne!(empty, full);

    for name in NAMES.into_iter().rev() {
        assert_eq!(database.revert_last_migration().await.unwrap().as_deref(), Some(name));
    }
    assert_eq!(database.revert_last_migration().await.unwrap(), None);
    assert_eq!(schema(&url).await, empty, "{url}: down leaves something");
    assert_eq!(database.migrate().await.unwrap(), NAMES);
    assert_eq!(schema(&url).await, full, "{url}: the second up differs");
}

room::on_each_database!("multi_thread", up_down_and_up_again);

async fn many_connections_migrate_at_once(url: String) {
    let migrating = (0..8).map(|_| {
        let url = url.clone();
        tokio::spawn(async move { room::connect(&url).await.migrate().await })
    });
    let mut done: Vec<_> = Vec::new();
    for names in join_all(migrating).await {
        done.extend(names.unwrap().unwrap());
    }
    assert_eq!(done, NAMES, "{url}: each migration runs once");
}

room::on_each_database!("multi_thread", many_connections_migrate_at_once);

/// Every connection turns the fresh file to WAL, and SQLite does not wait for the others by itself.
#[tokio::test(flavor = "multi_thread")]
async fn many_connections_open_a_fresh_file_at_once() {
    for _ in 0..50 {
        let url = room::sqlite_url();
        let opening = (0..8).map(|_| {
            let url = url.clone();
            tokio::spawn(async move { room::connect(&url).await })
        });
        for opened in join_all(opening.collect::<Vec<_>>()).await {
            opened.expect("a connection is made");
        }
    }
}

async fn many_processes_migrate_at_once(url: String) {
    let children: Vec<_> = (0..8).map(|_| child::spawn("migrate", &url)).collect();
    for child in children {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{url}: {}", String::from_utf8_lossy(&output.stdout));
    }
    assert_eq!(room::connect(&url).await.pending_migrations().await.unwrap(), [""; 0]);
}

room::on_each_database!("current_thread", many_processes_migrate_at_once);

/// As the app starts: its executor has one thread, on which diesel-async's harness panics.
async fn migrates_on_an_executor_of_one_thread(url: String) {
    assert_eq!(room::connect(&url).await.migrate().await.unwrap(), NAMES);
}

room::on_each_database!("current_thread", migrates_on_an_executor_of_one_thread);

async fn refuses_a_newer_database(url: String) {
    let database = room::migrated(&url).await;
    let newer = "INSERT INTO __diesel_schema_migrations (version) VALUES ('20991231000000')";
    execute(&url, newer).await;
    let errors = [database.migrate().await.err(), database.pending_migrations().await.err()];
    for error in errors {
        let error = error.expect("the database is newer");
        assert!(matches!(error, DatabaseError::Newer { .. }), "{error:?}");
        assert_eq!(
            error.to_string(),
            "database is newer than this program, which does not know its 20991231000000: \
             run the newer version"
        );
    }
    database.ping().await.expect("that is no reason not to answer");
}

room::on_each_database!("multi_thread", refuses_a_newer_database);

/// A role in a schema of its own, with a URL by which it connects.
struct Role {
    name: String,
    owner_url: String,
    schema: String,
    url: String,
}

impl Role {
    async fn new() -> Self {
        let owner_url = room::postgres_url().await;
        let (_, schema) = owner_url.rsplit_once("%3D").unwrap();
        let schema = schema.to_owned();
        // Roles belong to the whole server, so their names are as unique as the schemas.
        let name = schema.replace("passport_test", "Role of");
        let quoted = format!("\"{name}\"");
        let make = format!(
            "DO $$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = '{name}') THEN \
                 EXECUTE 'DROP OWNED BY {quoted}; DROP ROLE {quoted}'; END IF; END $$; \
             CREATE ROLE {quoted} LOGIN PASSWORD 'hunter2';"
        );
        execute(&owner_url, &make).await;
        let (_, rest) = owner_url.split_once("://").unwrap();
        let place = rest.split_once('@').map_or(rest, |(_, place)| place);
        let user = name.replace(' ', "%20");
        let url = format!("postgres://{user}:hunter2@{place}");
        Self { name: quoted, owner_url, schema, url }
    }

    async fn run(&self, statement: &str) {
        execute(&self.owner_url, statement).await;
    }

    async fn drop(self) {
        self.run(&format!("DROP OWNED BY {0}; DROP ROLE {0};", self.name)).await;
    }
}

/// The statement in the text of the error, which an operator copies.
#[track_caller]
fn grant(error: Option<DatabaseError>) -> String {
    let error = error.expect("a privilege is missing");
    assert!(matches!(error, DatabaseError::Privilege { .. }), "{error:?}");
    let text = error.to_string();
    assert!(!text.contains("hunter2"), "{text}");
    let (_, statement) = text.split_once("run `").unwrap();
    statement.trim_end_matches('`').to_owned()
}

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn o4_a_role_that_may_not_create_is_told_which_grant() {
    let role = Role::new().await;
    let database = room::connect(&role.url).await;
    // Without USAGE the schema of the search path is not even found.
    let expected = format!("GRANT USAGE, CREATE ON SCHEMA {} TO {}", role.schema, role.name);
    assert_eq!(grant(database.migrate().await.err()), expected);

    role.run(&format!("GRANT USAGE ON SCHEMA {} TO {}", role.schema, role.name)).await;
    let database = room::connect(&role.url).await;
    let statement = grant(database.migrate().await.err());
    assert_eq!(statement, expected);
    assert_eq!(database.pending_migrations().await.unwrap(), NAMES, "listing creates nothing");
    role.run(&statement).await;
    assert_eq!(database.migrate().await.unwrap(), NAMES, "the statement is enough");
    drop(database);
    role.drop().await;
}

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn o4_a_database_that_another_role_has_migrated_needs_no_create() {
    let role = Role::new().await;
    room::migrated(&role.owner_url).await;
    role.run(&format!("GRANT USAGE ON SCHEMA {} TO {}", role.schema, role.name)).await;
    let database = room::connect(&role.url).await;
    for object in ["__diesel_schema_migrations", "users"] {
        let errors = [database.migrate().await.err(), database.pending_migrations().await.err()];
        let [statement, other] = errors.map(grant);
        assert_eq!(statement, other);
        assert!(statement.contains(object), "{statement}");
        role.run(&statement).await;
    }
    assert_eq!(database.migrate().await.unwrap(), [""; 0]);
    let user = room::user(1);
    database.users().insert(&user, &room::event(&user)).await.expect("the grants are enough");
    assert!(database.users().find_by_phone(&room::phone(1)).await.unwrap().is_some());
    drop(database);
    role.drop().await;
}
