use std::fmt;

use super::{Environment, UrlChecks, mask::mask_password, reader::Reader, url_checks::check_url};

/// Database of users, sessions and messages.
#[derive(Clone)]
pub struct DatabaseSettings {
    /// `database.url`
    pub url: String,
    /// `database.migrate`: whether pending migrations run at the start.
    pub migrate: bool,
}

impl DatabaseSettings {
    pub(super) fn read(reader: &mut Reader, environment: Environment, checks: &UrlChecks) -> Self {
        let url = reader.url("database.url", "sqlite:passport.db", mask_password);
        if ["sqlite:", "postgres://", "postgresql://"].iter().any(|it| url.starts_with(it)) {
            check_url(checks.database, &url, "database.url", reader, environment);
        } else {
            reader.fault(format!(
                "database.url is \"{}\", but must be sqlite:<file> or postgres://<user>@<host>/<name>",
                mask_password(&url)
            ));
        }
        Self { url, migrate: reader.flag("database.migrate", true) }
    }
}

/// Shows no password.
impl fmt::Debug for DatabaseSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DatabaseSettings({})", mask_password(&self.url))
    }
}
