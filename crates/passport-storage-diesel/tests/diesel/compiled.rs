//! How SQLite is compiled, which `.cargo/config.toml` of the workspace says.

use crate::sql::lines;

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_locks_neither_its_memory_nor_its_connections() {
    let options = "SELECT compile_options AS line FROM pragma_compile_options";
    let options = lines("sqlite::memory:", options).await;
    let has = |option: &str| options.iter().any(|other| other == option);
    assert!(has("THREADSAFE=2") && has("DEFAULT_MEMSTATUS=0"), "{options:?}");
    assert!(!has("ENABLE_MEMORY_MANAGEMENT"), "{options:?}");
}
