use std::net::IpAddr;

use deadpool_redis::redis::{
    ConnectionAddr, ConnectionInfo, IntoConnectionInfo, io::tcp::TcpSettings,
};

use crate::OpenRedisError;

/// Parses a `redis://` or `rediss://` URL. Messages of the driver are not passed on, because they may
/// quote the URL, and the URL may hold a password.
pub(crate) fn parse(url: &str) -> Result<ConnectionInfo, OpenRedisError> {
    match url.split_once("://") {
        Some(("redis", _)) => {}
        Some(("rediss", _)) => prepare_tls()?,
        _ => return Err(OpenRedisError::Scheme),
    }
    // The driver knows only `#insecure`, which is not offered here. The text after any other `#`, and
    // before an `@` that does not end the user's part, is likely the rest of a password.
    let authority_and_rest =
        url.split_once("://").and_then(|(_, rest)| rest.split_once(['/', '?']));
    if url.contains('#') || authority_and_rest.is_some_and(|(_, rest)| rest.contains('@')) {
        return Err(OpenRedisError::Url);
    }
    let info = url.into_connection_info().map_err(|_| OpenRedisError::Url)?;
    // Requests are small and share a connection; with Nagle's algorithm they would wait for each
    // other's acknowledgement.
    Ok(info.set_tcp_settings(TcpSettings::default().set_nodelay(true)))
}

/// The host of the URL, if it is another machine and asks for no TLS.
pub(crate) fn unencrypted_host(url: &str) -> Option<String> {
    match parse(url).ok()?.addr() {
        ConnectionAddr::Tcp(host, _) => {
            let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
            let is_here = host == "localhost" || address.is_ok_and(|ip| ip.is_loopback());
            (!is_here).then(|| host.clone())
        }
        _ => None,
    }
}

/// Installs ring as the process-wide provider of rustls, unless one is installed. Without it, the
/// driver panics if rustls was built with two providers.
#[cfg(feature = "tls")]
#[expect(clippy::unnecessary_wraps, reason = "it fails without the feature")]
fn prepare_tls() -> Result<(), OpenRedisError> {
    use rustls::crypto::{CryptoProvider, ring};

    if CryptoProvider::get_default().is_none() {
        // An error means that another thread has just installed one.
        let _ = ring::default_provider().install_default();
    }
    Ok(())
}

#[cfg(not(feature = "tls"))]
fn prepare_tls() -> Result<(), OpenRedisError> {
    Err(OpenRedisError::Tls)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn redis_urls_parse() {
        for good in [
            "redis://localhost",
            "redis://127.0.0.1:6380/2",
            "redis://[::1]:6379",
            "redis://:secret@redis.example",
            "redis://passport:p%40ss%23word@redis.example:6379/0",
        ] {
            assert!(parse(good).is_ok(), "{good}");
        }
    }

    #[test]
    fn others_are_refused() {
        for bad in ["", "redis", "localhost:6379", "http://localhost", "unix:///run/redis.sock"] {
            assert_eq!(parse(bad).unwrap_err(), OpenRedisError::Scheme, "{bad}");
        }
        for bad in [
            "redis://",
            "redis://localhost:port",
            "redis://localhost/first",
            "redis://:pa#ss@localhost",
            "redis://:pa/ss@localhost",
            "redis://:p@ss/word@localhost",
            "redis://:p@ss?word@localhost",
            "redis://:6379/ss@localhost",
            "redis://:6379?ss@localhost",
            "redis://localhost/#insecure",
            "redis://localhost?protocol=secret",
        ] {
            assert_eq!(parse(bad).unwrap_err(), OpenRedisError::Url, "{bad}");
        }
    }

    #[test]
    fn x9_a_connection_to_another_machine_without_tls_is_told() {
        for (url, host) in [
            ("redis://cache", Some("cache")),
            ("redis://:hunter2@10.0.0.7:6380/2", Some("10.0.0.7")),
            ("redis://localhost", None),
            ("redis://127.0.0.1:6379", None),
            ("redis://[::1]", None),
            ("redis://", None),
        ] {
            assert_eq!(unencrypted_host(url).as_deref(), host, "{url}");
        }
        assert_eq!(unencrypted_host("rediss://cache"), None);
    }

    #[test]
    fn tls_is_a_feature() {
        let parsed = parse("rediss://redis.example").map(|_| ());
        let expected = if cfg!(feature = "tls") { Ok(()) } else { Err(OpenRedisError::Tls) };
        assert_eq!(parsed, expected);
    }

    #[test]
    fn no_message_quotes_the_url() {
        for bad in ["redis://:hunter2@host:port", "hunter2", "redis://h/?protocol=hunter2"] {
            let error = parse(bad).unwrap_err();
            assert!(!format!("{error} {error:?}").contains("hunter2"), "{error}");
        }
    }
}
