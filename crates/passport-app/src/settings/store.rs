use std::fmt;

use super::{Environment, UrlChecks, mask::mask_password, reader::Reader, url_checks::check_url};

/// Store of codes and counts of limits.
#[derive(Debug, Clone)]
pub struct StoreSettings {
    /// `store.url`
    pub url: StoreUrl,
}

/// Place of codes and counts of limits. `Display` and `Debug` show no password.
#[derive(Clone, PartialEq, Eq)]
pub enum StoreUrl {
    /// `database`: beside the users, if the database is SQLite.
    Database,
    /// `memory:`: in this process. For tests.
    Memory,
    /// `redis://…` or `rediss://…`, with its password.
    Redis(String),
}

impl StoreSettings {
    pub(super) fn read(reader: &mut Reader, environment: Environment, checks: &UrlChecks) -> Self {
        let text = reader.url("store.url", "database", mask_password);
        let url = StoreUrl::parse(&text).unwrap_or_else(|| {
            reader.fault(format!(
                "store.url is \"{}\", but must be database, redis://<host>, rediss://<host> or \
                 memory:",
                mask_password(&text)
            ));
            StoreUrl::Database
        });
        if let StoreUrl::Redis(url) = &url {
            check_url(checks.redis, url, "store.url", reader, environment);
        }
        Self { url }
    }
}

impl StoreUrl {
    fn parse(text: &str) -> Option<Self> {
        match text {
            "database" => Some(Self::Database),
            "memory:" => Some(Self::Memory),
            url if url.starts_with("redis://") || url.starts_with("rediss://") => {
                Some(Self::Redis(url.to_owned()))
            }
            _ => None,
        }
    }
}

impl fmt::Display for StoreUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Database => f.write_str("database"),
            Self::Memory => f.write_str("memory:"),
            Self::Redis(url) => f.write_str(&mask_password(url)),
        }
    }
}

impl fmt::Debug for StoreUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StoreUrl({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_names_one_of_three_kinds() {
        assert_eq!(StoreUrl::parse("database"), Some(StoreUrl::Database));
        assert_eq!(StoreUrl::parse("memory:"), Some(StoreUrl::Memory));
        for url in ["redis://h", "rediss://:secret@h:6380/1"] {
            assert_eq!(StoreUrl::parse(url), Some(StoreUrl::Redis(url.to_owned())));
        }
        for bad in ["", "memory", "Database", "database:", "sqlite:passport.db", "unix:///s"] {
            assert_eq!(StoreUrl::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn no_password_is_shown() {
        let url = StoreUrl::Redis("redis://:hunter2@h".to_owned());
        assert_eq!(url.to_string(), "redis://:***@h");
        assert_eq!(format!("{url:?}"), "StoreUrl(redis://:***@h)");
    }
}
