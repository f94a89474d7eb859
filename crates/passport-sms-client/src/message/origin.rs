use std::fmt;
use std::str::FromStr;

/// The host whose pages may fill in a code: a domain name or an IPv4 address, in lower case,
/// without scheme and port.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct OriginHost(String);

impl FromStr for OriginHost {
    type Err = ParseOriginHostError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_label = |label: &str| {
            !label.is_empty()
                && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
                && !label.starts_with('-')
                && !label.ends_with('-')
        };
        if text.len() <= 253 && text.split('.').all(is_label) {
            Ok(Self(text.to_ascii_lowercase()))
        } else {
            Err(ParseOriginHostError)
        }
    }
}

impl fmt::Display for OriginHost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The text is not a host.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("origin is not a host name without scheme, port and path, such as id.example.com")]
pub struct ParseOriginHostError;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_hosts() {
        for text in ["id.example.com", "localhost", "127.0.0.1", "xn--fiqs8s", "ID.example.com"] {
            let host: OriginHost = text.parse().unwrap();
            assert_eq!(host.to_string(), text.to_lowercase());
        }
    }

    #[test]
    fn refuses_schemes_ports_and_paths() {
        for text in
            ["", "https://a.com", "a.com:80", "a.com/x", "a..com", "a.com #1", "-a.com", "a\nb"]
        {
            assert_eq!(text.parse::<OriginHost>(), Err(ParseOriginHostError), "{text:?}");
        }
    }
}
