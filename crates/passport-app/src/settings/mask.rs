/// Parameters of database URLs that are shown; the values of all others could be secrets.
const SHOWN_PARAMETERS: [&str; 6] =
    ["application_name", "connect_timeout", "protocol", "sslmode", "sslrootcert", "host"];

/// The URL with `***` in place of its password, whether before the host or as a parameter. A URL in
/// which the password cannot be told from the rest loses both.
pub(super) fn mask_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        // Other forms, such as `host=db password=…`, may hold a password anywhere.
        let is_plain = !url.contains(['=', '@', ';']);
        return if is_plain { url.to_owned() } else { "***".to_owned() };
    };
    let (place, parameters) = match rest.split_once('?') {
        Some((place, parameters)) => (place, Some(parameters)),
        None => (rest, None),
    };
    // An `@` ends the user and password. In the parameters it is the rest of a password with a `?`.
    if parameters.is_some_and(|parameters| parameters.contains('@')) {
        return format!("{scheme}://***");
    }
    let place = match place.rsplit_once('@') {
        // A text before the host of Redis is a password that lacks its colon.
        Some((user, host)) if !user.contains(':') && scheme.starts_with("redis") => {
            format!("***@{host}")
        }
        Some((credentials, host)) => match credentials.split_once(':') {
            Some((user, _)) => format!("{user}:***@{host}"),
            None => place.to_owned(),
        },
        None => place.to_owned(),
    };
    match parameters {
        None => format!("{scheme}://{place}"),
        Some(parameters) => {
            let parameters: Vec<_> = parameters.split('&').map(mask_parameter).collect();
            format!("{scheme}://{place}?{}", parameters.join("&"))
        }
    }
}

fn mask_parameter(parameter: &str) -> String {
    match parameter.split_once('=') {
        Some((name, _)) if SHOWN_PARAMETERS.contains(&name) => parameter.to_owned(),
        Some((name, _)) => format!("{name}=***"),
        None if parameter.is_empty() => String::new(),
        None => "***".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_masked() {
        for (url, shown) in [
            ("sqlite:passport.db", "sqlite:passport.db"),
            ("memory:", "memory:"),
            ("postgres://me@db/passport", "postgres://me@db/passport"),
            ("postgres://me:p@ss:word@db/passport", "postgres://me:***@db/passport"),
            ("redis://:secret@redis:6379/0", "redis://:***@redis:6379/0"),
            (
                "postgres://db/x?password=secret&sslmode=require",
                "postgres://db/x?password=***&sslmode=require",
            ),
        ] {
            assert_eq!(mask_password(url), shown);
        }
    }

    #[test]
    fn o4_no_part_of_a_password_is_shown_however_it_is_written() {
        for url in [
            "postgres://app:hun/ter2@h/db",
            "postgres://app:hun@ter2@h/db",
            "postgres://app:hun@ss/ter2@h/db",
            "postgres://app:hun?ter2@h/db",
            "postgres://app:hun?x=ter2@h/db",
            "postgres://app:hun#ter2@h/db",
            "postgres://db:5432/x?password=hun@ter2",
            "postgres://db/x?password=hun&password=ter2",
            "postgres://db/x?Password=hunter2",
            "postgres://db/x?sslpassword=hunter2",
            "postgres://db/x?hunter2",
            "redis://hunter2@cache",
            "redis://cache?password=hunter2",
            "host=db user=me password=hunter2",
            "host=db;Password=hunter2",
            "Server=db;Pwd=hunter2",
            "app:hunter2@db/x",
            "mysql://me:hunter2@db/x",
        ] {
            let shown = mask_password(url);
            assert!(!shown.contains("hun") && !shown.contains("ter2"), "{url}: {shown}");
        }
    }
}
