use hyper::Uri;
use hyper::header::HeaderValue;
use passport_sms_client::SettingsError;

const REFUSED: SettingsError = SettingsError::new(
    "endpoint",
    "https://host or https://host:port, without user, path and query",
);

/// The endpoint, and the `Host` of its requests.
pub(super) fn parse(text: &str) -> Result<(Uri, HeaderValue), SettingsError> {
    parse_with(text, &["https"])
}

/// The same, with `http` as well.
pub(super) fn parse_any(text: &str) -> Result<(Uri, HeaderValue), SettingsError> {
    parse_with(text, &["https", "http"])
}

fn parse_with(text: &str, schemes: &[&str]) -> Result<(Uri, HeaderValue), SettingsError> {
    let uri: Uri = text.parse().map_err(|_| REFUSED)?;
    let authority = uri.authority().ok_or(REFUSED)?.as_str();
    let bare = uri.scheme_str().is_some_and(|scheme| schemes.contains(&scheme))
        && uri.path_and_query().is_none_or(|path| path.as_str() == "/")
        && uri.host().is_some_and(|host| !host.is_empty())
        && !authority.contains('@');
    if !bare {
        return Err(REFUSED);
    }
    let host = HeaderValue::from_str(authority).map_err(|_| REFUSED)?;
    Ok((uri, host))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_hosts_over_https() {
        for (text, host) in [
            ("https://app.cloopen.com:8883", "app.cloopen.com:8883"),
            ("https://example.com/", "example.com"),
            ("https://127.0.0.1:4430", "127.0.0.1:4430"),
            ("https://[::1]:4430", "[::1]:4430"),
        ] {
            assert_eq!(parse(text).unwrap().1, host);
        }
    }

    #[test]
    fn refuses_everything_else() {
        for text in [
            "",
            "app.cloopen.com",
            "http://app.cloopen.com",
            "http://127.0.0.1:80",
            "https://",
            "https://user:secret@example.com",
            "https://example.com/path",
            "https://example.com/?query",
        ] {
            assert_eq!(parse(text), Err(REFUSED), "{text}");
        }
    }
}
