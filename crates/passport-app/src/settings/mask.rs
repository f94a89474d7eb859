/// The URL with `***` in place of its password, whether before the host or as a parameter.
pub(super) fn mask_password(url: &str) -> String {
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
