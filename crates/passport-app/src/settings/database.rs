use passport_storage_diesel::Database;
use passport_storage_redis::{RedisClient, RedisOptions};

use super::reader::Reader;

/// Where users and sessions are.
#[derive(Clone)]
pub struct DatabaseSettings {
    /// `database.url`
    pub url: String,
    /// `database.migrate`: whether the tables are brought up to date at the start.
    pub migrate: bool,
}

/// Where codes and limits are.
#[derive(Clone)]
pub struct StoreSettings {
    /// `store.url`
    pub url: String,
}

impl DatabaseSettings {
    pub(super) fn read(reader: &mut Reader) -> Self {
        let url = reader.url("database.url", "sqlite:passport.db", mask_password);
        if !["sqlite:", "postgres://", "postgresql://"].iter().any(|it| url.starts_with(it)) {
            reader.fault(format!(
                "database.url is \"{}\", but must be sqlite:<file> or postgres://<user>@<host>/<name>",
                mask_password(&url)
            ));
        } else if let Err(error) = Database::check_url(&url) {
            reader.fault(format!("database.url: {error}"));
        }
        Self { url, migrate: reader.flag("database.migrate", true) }
    }
}

impl StoreSettings {
    pub(super) fn read(reader: &mut Reader) -> Self {
        let url = reader.url("store.url", "memory:", mask_password);
        let is_redis = ["redis://", "rediss://"].iter().any(|it| url.starts_with(it));
        if is_redis {
            // It does not connect yet.
            if let Err(error) = RedisClient::open(&url, RedisOptions::default()) {
                reader.fault(format!("store.url: {error}"));
            }
        } else if url != "memory:" {
            reader.fault(format!(
                "store.url is \"{}\", but must be memory: or redis://<host>",
                mask_password(&url)
            ));
        }
        Self { url }
    }

    /// `store.url` with `***` in place of its password.
    pub fn masked_url(&self) -> String {
        mask_password(&self.url)
    }

    /// Whether the store is this process.
    pub fn is_memory(&self) -> bool {
        self.url == "memory:"
    }
}

impl std::fmt::Debug for DatabaseSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "DatabaseSettings({})", mask_password(&self.url))
    }
}

impl std::fmt::Debug for StoreSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "StoreSettings({})", self.masked_url())
    }
}

/// The URL with `***` in place of its password, also of one given as a parameter.
fn mask_password(url: &str) -> String {
    let masked = match (url.find("://"), url.rfind('@')) {
        (Some(scheme), Some(at)) if scheme + 3 < at => {
            let (start, credentials) = (scheme + 3, &url[scheme + 3..at]);
            match credentials.split_once(':') {
                Some((user, _)) => format!("{}{user}:***{}", &url[..start], &url[at..]),
                None => url.to_owned(),
            }
        }
        _ => url.to_owned(),
    };
    match masked.split_once("password=") {
        Some((head, tail)) => {
            let rest = tail.find('&').map_or("", |end| &tail[end..]);
            format!("{head}password=***{rest}")
        }
        None => masked,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_masked() {
        for (url, shown) in [
            ("sqlite:passport.db", "sqlite:passport.db"),
            ("postgres://me@db/passport", "postgres://me@db/passport"),
            ("postgres://me:p@ss:word@db/passport", "postgres://me:***@db/passport"),
            ("redis://:secret@redis:6379/0", "redis://:***@redis:6379/0"),
            ("postgres://db/x?password=secret&a=b", "postgres://db/x?password=***&a=b"),
        ] {
            assert_eq!(mask_password(url), shown);
        }
    }
}
