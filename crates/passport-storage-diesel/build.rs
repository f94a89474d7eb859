//! Rebuilds the crate when a migration is added: `embed_migrations!` does not detect new files.

fn main() {
    println!("cargo::rerun-if-changed=migrations/postgres");
    println!("cargo::rerun-if-changed=migrations/sqlite");
}
