use diesel::{Connection, RunQueryDsl, SqliteConnection, sql_query};
use serde_json::{Value, json};

use super::Folder;

const MIGRATIONS: [&str; 16] = [
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

#[test]
fn migrations_are_applied_once() {
    let folder = Folder::new();
    let applied = folder.run("migrate").good();
    for migration in MIGRATIONS {
        assert!(applied.lines().any(|line| line == format!("applied: {migration}")), "{applied}");
    }
    assert!(folder.names().contains(&"passport.db".to_owned()));
    assert_eq!(folder.run("migrate").good(), "The database is up to date.\n");
    assert_eq!(folder.run("migrate --dry-run").good(), "The database is up to date.\n");
}

#[test]
fn a_dry_run_applies_nothing() {
    let folder = Folder::new();
    for _ in 0..2 {
        let pending = folder.run("migrate --dry-run").good();
        for migration in MIGRATIONS {
            assert!(
                pending.lines().any(|line| line == format!("pending: {migration}")),
                "{pending}"
            );
        }
    }
    assert!(tables(&folder, "users").is_err(), "no table was created");
    folder.run("migrate").good();
    assert!(tables(&folder, "users").is_ok());
}

#[test]
fn migrations_come_as_json() {
    let folder = Folder::new();
    let json = |command: &str| -> Value {
        serde_json::from_str(&folder.run(command).good()).expect("the output is JSON")
    };
    let pending = json("migrate --dry-run --json");
    let migrations = pending["pending"].as_array().unwrap();
    assert!(MIGRATIONS.iter().all(|it| migrations.contains(&json!(it))), "{pending}");
    assert_eq!(json("migrate --json"), json!({ "applied": migrations }));
    assert_eq!(json("migrate --json"), json!({ "applied": [] }));
    assert_eq!(json("migrate --dry-run --json"), json!({ "pending": [] }));
}

#[test]
fn concurrent_runs_apply_migrations_once() {
    let folder = Folder::new();
    let processes: Vec<_> = (0..4)
        .map(|_| folder.command("migrate --json").stdout(std::process::Stdio::piped()).spawn())
        .collect();
    let applied = processes.into_iter().map(|process| {
        let output = process.unwrap().wait_with_output().unwrap();
        assert!(output.status.success());
        let said: Value = serde_json::from_slice(&output.stdout).unwrap();
        said["applied"].as_array().unwrap().len()
    });
    let counts: Vec<_> = applied.filter(|count| *count > 0).collect();
    assert_eq!(counts.len(), 1, "one run applies them: {counts:?}");
}

#[test]
fn a_database_that_is_newer_is_refused() {
    let folder = Folder::new();
    folder.run("migrate").good();
    execute(&folder, "INSERT INTO __diesel_schema_migrations (version) VALUES ('20991231000001')")
        .unwrap();
    for command in ["migrate", "migrate --dry-run", "serve"] {
        let said = folder.run_with(command, &[("PASSPORT__HTTP__LISTEN", "127.0.0.1:0")]);
        assert_eq!((said.status, said.out.as_str()), (1, ""), "{command}: {said:?}");
        let last = said.err.lines().last().unwrap();
        for word in ["database.url", "newer", "20991231000001"] {
            assert!(last.contains(word), "{command}: {said:?}");
        }
    }
}

#[test]
fn a_service_that_may_not_migrate_says_what_to_do() {
    let folder = Folder::new();
    let variables =
        [("PASSPORT__DATABASE__MIGRATE", "false"), ("PASSPORT__HTTP__LISTEN", "127.0.0.1:0")];
    let said = folder.run_with("serve", &variables);
    assert_eq!(said.status, 1);
    assert!(said.err.contains("passport migrate"), "{said:?}");
    assert!(said.err.contains(MIGRATIONS[0]), "{said:?}");
}

fn tables(folder: &Folder, table: &str) -> diesel::QueryResult<usize> {
    execute(folder, &format!("UPDATE {table} SET id = id"))
}

fn execute(folder: &Folder, statement: &str) -> diesel::QueryResult<usize> {
    let path = folder.path("passport.db");
    let mut connection = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
    sql_query(statement).execute(&mut connection)
}
