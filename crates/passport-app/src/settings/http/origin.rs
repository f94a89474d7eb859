use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    str::FromStr,
};

use thiserror::Error;
use url::Url;

/// A scheme, a host and a port, as browsers write them in `Origin` (RFC 6454).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    scheme: &'static str,
    authority: String,
    host: String,
}

/// Why a text is no [`Origin`]. The text of the error says what it must be.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ParseOriginError {
    /// The text has another form.
    #[error("but must be http:// or https://, a host and optionally a port, without a path")]
    Form,
    /// The host has other characters than browsers send; the origin in the form that they send.
    #[error("but browsers send this host in ASCII: write {0}")]
    NotAscii(String),
}

impl Origin {
    pub(super) fn of(bound: SocketAddr) -> Self {
        let ip = match bound.ip() {
            ip if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
            ip => ip,
        };
        let host = match ip {
            IpAddr::V4(ip) => ip.to_string(),
            IpAddr::V6(ip) => format!("[{ip}]"),
        };
        let authority = match bound.port() {
            80 => host.clone(),
            port => format!("{host}:{port}"),
        };
        Self { scheme: "http", authority, host }
    }

    /// Whether the scheme is `https`.
    pub fn is_https(&self) -> bool {
        self.scheme == "https"
    }

    /// Whether the host is a loopback address, `localhost` or below it (RFC 6761 §6.3).
    pub fn is_loopback(&self) -> bool {
        let host = self.host.trim_start_matches('[').trim_end_matches(']');
        host == "localhost"
            || host.ends_with(".localhost")
            || host.parse::<IpAddr>().is_ok_and(|ip| ip.to_canonical().is_loopback())
    }

    /// The host without its port.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The origins with the same port and another name of this machine.
    pub(crate) fn loopback_aliases(&self) -> Vec<Self> {
        let port = self.authority.strip_prefix(self.host()).unwrap_or_default();
        ["localhost", "127.0.0.1", "[::1]"]
            .iter()
            .filter_map(|host| format!("{}://{host}{port}", self.scheme).parse().ok())
            .collect()
    }
}

impl FromStr for Origin {
    type Err = ParseOriginError;

    /// Normalises as browsers do: lower case, no default port. A dot at the end of the host, which
    /// makes the name absolute, is removed.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let form = || ParseOriginError::Form;
        // The parser is as tolerant as browsers: it skips spaces and takes a backslash for a slash.
        let (scheme, rest) = text.split_once("://").ok_or_else(form)?;
        let scheme = match scheme.to_ascii_lowercase().as_str() {
            "http" => "http",
            "https" => "https",
            _ => return Err(form()),
        };
        let authority = rest.strip_suffix('/').unwrap_or(rest);
        let is_foreign = |it: char| it.is_whitespace() || it.is_control() || r"/\?#@%".contains(it);
        if authority.is_empty() || authority.contains(is_foreign) {
            return Err(form());
        }
        let url: Url = format!("{scheme}://{authority}").parse().map_err(|_| form())?;
        let host = url.host_str().unwrap_or_default();
        let host = host.strip_suffix('.').unwrap_or(host).to_owned();
        let is_of_host = |it: u8| it.is_ascii_alphanumeric() || b"-._[]:".contains(&it);
        if host.is_empty() || host.contains("..") || host.ends_with('.') || url.port() == Some(0) {
            return Err(form());
        }
        if !host.bytes().all(is_of_host) {
            return Err(form());
        }
        let authority = match url.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.clone(),
        };
        let origin = Self { scheme, authority, host };
        if text.is_ascii() {
            Ok(origin)
        } else {
            Err(ParseOriginError::NotAscii(origin.to_string()))
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.scheme, self.authority)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn public_url_is_an_origin() {
        for (text, origin) in [
            ("https://Passport.acme.com", "https://passport.acme.com"),
            ("HTTPS://passport.acme.com:443/", "https://passport.acme.com"),
            ("http://[::1]:8080", "http://[::1]:8080"),
            ("https://10.0.0.1:8443", "https://10.0.0.1:8443"),
        ] {
            assert_eq!(text.parse::<Origin>().unwrap().to_string(), origin, "{text}");
        }
        for text in [
            "",
            "https://",
            "https:///",
            "https://.",
            "https://acme..com",
            "https://acme.com..",
            "https://acme.com//",
            "https://passport.acme.com/path",
            "https://passport.acme.com?a",
            "https://passport.acme.com#a",
            "https://me@passport.acme.com",
            "https:\\\\passport.acme.com",
            "https://passport.acme.com\\",
            "https://pass port.acme.com",
            " https://passport.acme.com",
            "https://passport.acme.com\n",
            "https://*.acme.com",
            "https://acme.com:0",
            "https://acme.com:65536",
            "https://acme.com:port",
            "https://acme%2ecom",
            "ftp://passport.acme.com",
            "passport.acme.com",
        ] {
            assert_eq!(text.parse::<Origin>(), Err(ParseOriginError::Form), "{text:?}");
        }
    }

    /// Port 0 stands for a free port, before the service listens.
    #[test]
    fn every_address_to_listen_at_makes_an_origin() {
        for (bound, origin) in [
            ("127.0.0.1:8080", "http://127.0.0.1:8080"),
            ("0.0.0.0:80", "http://127.0.0.1"),
            ("[::1]:8080", "http://[::1]:8080"),
            ("[2001:db8::7]:80", "http://[2001:db8::7]"),
            ("127.0.0.1:0", "http://127.0.0.1:0"),
        ] {
            let made = Origin::of(bound.parse().unwrap());
            assert_eq!(made.to_string(), origin);
            assert!(bound.ends_with(":0") || made == origin.parse().unwrap(), "{bound}");
        }
    }

    #[test]
    fn w12_a_host_that_browsers_send_in_ascii_is_named_so() {
        for (text, ascii) in [
            ("https://登录.example.cn", "https://xn--w2t382c.example.cn"),
            ("https://bücher.example:8443", "https://xn--bcher-kva.example:8443"),
            ("https://ｐassport.example.org", "https://passport.example.org"),
            ("https://passport。example.org", "https://passport.example.org"),
        ] {
            let error = ParseOriginError::NotAscii(ascii.to_owned());
            assert_eq!(text.parse::<Origin>(), Err(error), "{text}");
            assert!(ascii.parse::<Origin>().is_ok());
        }
    }

    #[test]
    fn w12_a_dot_at_the_end_is_removed() {
        for text in ["https://Acme.com.", "https://acme.com./", "https://acme.com.:443"] {
            let origin: Origin = text.parse().unwrap();
            assert_eq!(
                (origin.to_string().as_str(), origin.host()),
                ("https://acme.com", "acme.com")
            );
        }
        assert_eq!("http://a.b.:81".parse::<Origin>().unwrap().to_string(), "http://a.b:81");
        assert!("http://localhost.:81".parse::<Origin>().unwrap().is_loopback());
        assert!("http://shop.localhost:81".parse::<Origin>().unwrap().is_loopback());
        assert!(!"http://localhost.example".parse::<Origin>().unwrap().is_loopback());
        assert!(!"http://evillocalhost".parse::<Origin>().unwrap().is_loopback());
    }
}
