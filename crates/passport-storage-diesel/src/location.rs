use std::{ffi::OsString, path::PathBuf};

use crate::DatabaseError;

/// Target of a database URL.
#[derive(Debug)]
pub(crate) enum Location {
    Postgres(PostgresUrl),
    Sqlite(PathBuf),
}

/// PostgreSQL URL without the parameters about TLS, which the driver does not know.
pub(crate) struct PostgresUrl {
    pub(crate) url: String,
    pub(crate) tls: bool,
    pub(crate) root_certificate: Option<PathBuf>,
}

impl Location {
    pub(crate) fn parse(url: &str) -> Result<Self, DatabaseError> {
        if let Some(path) = url.strip_prefix("sqlite:") {
            sqlite(path).map(Self::Sqlite)
        } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            postgres(url).map(Self::Postgres)
        } else {
            Err(unusable("it starts with neither `sqlite:` nor `postgres://`"))
        }
    }
}

/// `sqlite:a.db`, `sqlite:/a.db`, `sqlite://a.db`, `sqlite:///a.db`.
fn sqlite(path: &str) -> Result<PathBuf, DatabaseError> {
    match path.strip_prefix("//").unwrap_or(path) {
        "" => Err(unusable(
            "it names no file; write `sqlite:` and a path, such as `sqlite:passport.db`",
        )),
        ":memory:" => Err(unusable(
            "it names a database in memory, of which each connection would have its own; name a file",
        )),
        path if path.contains('?') => Err(unusable("`sqlite:` takes no parameters after `?`")),
        path => Ok(path.into()),
    }
}

/// Whether the user or the password has an `@`. The driver ends the password at the first one, so the
/// rest would be taken for the host, and messages would show it.
fn has_at_in_password(url: &str) -> bool {
    url.matches('@').count() > 1
}

/// Extracts `sslmode` and `sslrootcert`. Errors show nothing of the rest.
fn postgres(url: &str) -> Result<PostgresUrl, DatabaseError> {
    if has_at_in_password(url) {
        return Err(unusable(
            "it has an `@` in the user name, the password or a parameter: percent-encode it as `%40`, and \
             `%` as `%25`",
        ));
    }
    // As in the driver, the first `@` ends the password, which may contain a `?`.
    let after_password = url.find('@').unwrap_or_default();
    let parameters_at = url[after_password..].find('?').map(|at| after_password + at);
    let (before, parameters) = match parameters_at {
        Some(at) => (&url[..at], &url[at + 1..]),
        None => (url, ""),
    };
    let mut rest = Vec::new();
    let mut tls = false;
    let mut root_certificate = None;
    for parameter in parameters.split('&').filter(|parameter| !parameter.is_empty()) {
        match parameter.split_once('=') {
            Some(("sslmode", "disable")) => tls = false,
            Some(("sslmode", "require" | "verify-full")) => tls = true,
            Some(("sslmode", _)) => {
                return Err(unusable("`sslmode` is `disable`, `require` or `verify-full`"));
            }
            Some(("sslrootcert", path)) => {
                let path: Vec<u8> = percent_encoding::percent_decode_str(path).collect();
                root_certificate = Some(path_from_bytes(path)?);
            }
            _ => rest.push(parameter),
        }
    }
    if root_certificate.is_some() && !tls {
        return Err(unusable("`sslrootcert` has no effect without `sslmode=verify-full`"));
    }
    let mode = if tls { "require" } else { "disable" };
    let separator = if rest.is_empty() { "" } else { "&" };
    let url = format!("{before}?{}{separator}sslmode={mode}", rest.join("&"));
    Ok(PostgresUrl { url, tls, root_certificate })
}

fn path_from_bytes(bytes: Vec<u8>) -> Result<PathBuf, DatabaseError> {
    let text = String::from_utf8(bytes).map_err(|_| unusable("`sslrootcert` is not UTF-8"))?;
    Ok(OsString::from(text).into())
}

fn unusable(reason: &str) -> DatabaseError {
    DatabaseError::Url(reason.to_owned())
}

/// Does not show the URL, because it contains the password.
impl std::fmt::Debug for PostgresUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PostgresUrl").field("tls", &self.tls).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn file(url: &str) -> PathBuf {
        match Location::parse(url) {
            Ok(Location::Sqlite(path)) => path,
            other => panic!("{other:?}"),
        }
    }

    fn server(url: &str) -> PostgresUrl {
        match Location::parse(url) {
            Ok(Location::Postgres(url)) => url,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_sqlite_url_names_a_file() {
        assert_eq!(file("sqlite:passport.db"), Path::new("passport.db"));
        assert_eq!(file("sqlite://passport.db"), Path::new("passport.db"));
        assert_eq!(file("sqlite:///var/lib/passport.db"), Path::new("/var/lib/passport.db"));
        for bad in ["sqlite:", "sqlite://", "sqlite::memory:", "sqlite:a.db?mode=ro"] {
            assert!(Location::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn tls_is_off_by_default_and_always_verified() {
        assert!(!server("postgres://u:p@h/d").tls);
        assert!(!server("postgresql://u:p@h/d?sslmode=disable").tls);
        let url =
            server("postgres://u:p@h/d?a=b&sslmode=verify-full&sslrootcert=%2Fca%20x.pem&c=d");
        assert!(url.tls);
        assert_eq!(url.url, "postgres://u:p@h/d?a=b&c=d&sslmode=require");
        assert_eq!(url.root_certificate.as_deref(), Some(Path::new("/ca x.pem")));
        let url = server("postgres://u:?&sslmode=x@h/d?sslmode=require");
        assert!(url.tls);
        assert_eq!(url.url, "postgres://u:?&sslmode=x@h/d?sslmode=require");
        for mode in ["prefer", "allow", "verify-ca", ""] {
            assert!(Location::parse(&format!("postgres://h/d?sslmode={mode}")).is_err(), "{mode}");
        }
        assert!(Location::parse("postgres://h/d?sslrootcert=ca.pem").is_err());
    }

    #[test]
    fn a_bad_url_is_not_shown() {
        for url in ["mysql://u:hunter2@h/d", "postgres://u:hunter2@h/d?sslmode=hunter2", "hunter2"]
        {
            let error = Location::parse(url).unwrap_err();
            assert!(!format!("{error} {error:?}").contains("hunter2"), "{error:?}");
        }
    }

    #[test]
    fn o4_an_at_in_the_password_is_explained_and_nothing_of_it_shown() {
        for url in [
            "postgres://app:p@hunter2/word@h/db",
            "postgres://app:p@hunter2@h/db",
            "postgres://app:p@hunter2?word@h/db",
            "postgres://app:p?x@hunter2@h/db",
            "postgres://app:p@hunter2:5432@h/db",
            "postgres://app:p@hunter2/db?application_name=a@b",
        ] {
            let error = Location::parse(url).unwrap_err().to_string();
            assert!(error.contains("percent-encode it as `%40`"), "{error}");
            assert!(!error.contains("hunter2") && !error.contains("word@"), "{error}");
        }
        for url in ["postgres://app:p%40ss/word@h/db", "postgres://h/db", "postgres://h/db?user=a"]
        {
            assert!(Location::parse(url).is_ok(), "{url}");
        }
    }
}
