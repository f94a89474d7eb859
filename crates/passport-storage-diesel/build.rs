//! Tells cargo about the migrations: `embed_migrations!` does not notice a new file.

fn main() {
    println!("cargo::rerun-if-changed=migrations/postgres");
    println!("cargo::rerun-if-changed=migrations/sqlite");
}
