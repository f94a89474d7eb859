use std::{fmt, str::FromStr};

/// Longest origin, in bytes.
const LONGEST: usize = 255;

/// Origin of the pages in applications that are made with Tauri for Windows.
const TAURI: &str = "http://tauri.localhost";

/// Schemes that have another meaning in browsers, so that no application has its pages there.
const OTHERS: [&str; 14] = [
    "about",
    "blob",
    "content",
    "data",
    "file",
    "filesystem",
    "ftp",
    "http",
    "https",
    "javascript",
    "null",
    "view-source",
    "ws",
    "wss",
];

/// Origin of the pages inside an application for telephones or desktops, such as `capacitor://localhost`.
///
/// It is what such pages send in `Origin`, byte for byte. It tells the kind of application and not which one,
/// so people are never led there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NativeOrigin(String);

/// The text is no [`NativeOrigin`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a scheme of applications and a host in lower case, such as capacitor://localhost")]
pub struct ParseNativeOriginError;

impl NativeOrigin {
    /// The origin as pages send it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for NativeOrigin {
    type Err = ParseNativeOriginError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == TAURI {
            return Ok(Self(text.to_owned()));
        }
        let (scheme, host) = text.split_once("://").ok_or(ParseNativeOriginError)?;
        let is_lower = |it: u8| it.is_ascii_lowercase() || it.is_ascii_digit();
        let is_scheme = scheme.starts_with(|it: char| it.is_ascii_lowercase())
            && scheme.bytes().all(|it| is_lower(it) || b"+-.".contains(&it))
            && !OTHERS.contains(&scheme);
        let is_host =
            !host.is_empty() && host.bytes().all(|it| is_lower(it) || b"-.".contains(&it));
        if is_scheme && is_host && text.len() <= LONGEST {
            Ok(Self(text.to_owned()))
        } else {
            Err(ParseNativeOriginError)
        }
    }
}

impl fmt::Display for NativeOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ses_8_origins_of_native_applications_are_taken_as_they_are_sent() {
        for text in [
            "capacitor://localhost",
            "ionic://localhost",
            "tauri://localhost",
            "http://tauri.localhost",
            "app://shop.example",
            "chrome-extension://abcdefghijklmnopabcdefghijklmnop",
            "moz-extension://8e03978e-40d5-43dd-bc93-6894a57f9324",
        ] {
            assert_eq!(text.parse::<NativeOrigin>().unwrap().to_string(), text);
        }
        for text in [
            "",
            "null",
            "*",
            "capacitor:",
            "capacitor://",
            "capacitor:///",
            "capacitor://localhost/",
            "capacitor://localhost:80",
            "capacitor://*",
            "capacitor://a@localhost",
            "Capacitor://localhost",
            "capacitor://LOCALHOST",
            " capacitor://localhost",
            "capacitor://local host",
            "://localhost",
            "1app://localhost",
            "http://shop.example",
            "http://tauri.localhost/",
            "http://a.tauri.localhost",
            "https://shop.example",
            "file://localhost",
            "data://localhost",
            "javascript://localhost",
            "blob://localhost",
            "ws://localhost",
        ] {
            assert_eq!(text.parse::<NativeOrigin>(), Err(ParseNativeOriginError), "{text}");
        }
    }
}
