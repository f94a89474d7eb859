use std::{
    env, fs,
    path::{Path, PathBuf},
};

use crate::outcome::Outcome;

/// A program of PostgreSQL: next to `postgres` in the `PATH`, or where Debian installs it.
pub(crate) fn postgres_program(name: &str) -> Outcome<PathBuf> {
    let debian = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut folders: Vec<_> = debian.map(|version| version.path().join("bin")).collect();
    // The newest version; each is a whole number.
    folders.sort_by_key(|folder| version(folder));
    folders.reverse();
    folders.extend(paths());
    let missing = || {
        format!(
            "{name} is missing: install PostgreSQL (Debian: apt-get install postgresql), or use \
             --stores sqlite, or --database and --store"
        )
    };
    Ok(first(&folders, name).ok_or_else(missing)?)
}

/// `redis-server`.
pub(super) fn redis_program() -> Outcome<PathBuf> {
    let missing = "redis-server is missing: install Redis (Debian: apt-get install redis-server), or \
                   use --stores sqlite, or --database and --store";
    Ok(first(&paths(), "redis-server").ok_or(missing)?)
}

fn paths() -> Vec<PathBuf> {
    env::var_os("PATH").iter().flat_map(env::split_paths).collect()
}

fn first(folders: &[PathBuf], name: &str) -> Option<PathBuf> {
    folders.iter().map(|folder| folder.join(name)).find(|program| program.is_file())
}

fn version(folder: &Path) -> u32 {
    let name = folder.parent().and_then(Path::file_name).and_then(|name| name.to_str());
    name.and_then(|name| name.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_program_is_named_with_its_package() {
        let error = postgres_program("no-such-program").unwrap_err().to_string();
        assert!(error.contains("no-such-program") && error.contains("apt-get install"), "{error}");
    }

    #[test]
    fn versions_are_compared_as_numbers() {
        let at = |version: &str| PathBuf::from(format!("/usr/lib/postgresql/{version}/bin"));
        assert!(version(&at("9")) < version(&at("17")));
    }
}
