use std::{fmt, str::FromStr};

use super::Origin;

/// Longest address, in bytes.
const LONGEST: usize = 2048;

/// An address of an application that people return to, with its origin.
///
/// Two spellings that browsers open alike are not both accepted: an address has the form in which
/// browsers write it, so that what was compared is what is opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReturnAddress {
    origin: Origin,
    /// The whole address.
    text: String,
}

/// The text is no [`ReturnAddress`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "must be an absolute address as browsers write it, without a user name and of at most 2048 bytes"
)]
pub struct ParseReturnAddressError;

impl ReturnAddress {
    /// Where it leads.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The whole address.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl FromStr for ReturnAddress {
    type Err = ParseReturnAddressError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_visible = text.bytes().all(|it| it.is_ascii_graphic() && it != b'\\');
        if !is_visible || text.len() > LONGEST {
            return Err(ParseReturnAddressError);
        }
        // The parser mends what browsers mend, such as a missing slash, so the result is compared.
        let url: url::Url = text.parse().map_err(|_| ParseReturnAddressError)?;
        let is_as_written = url.as_str() == text
            || url.path() == "/" && url.as_str().strip_suffix('/') == Some(text);
        let given = &url[..url::Position::BeforePath];
        let has_user = !url.username().is_empty() || url.password().is_some();
        if !is_as_written || has_user {
            return Err(ParseReturnAddressError);
        }
        let origin: Origin = given.parse().map_err(|_| ParseReturnAddressError)?;
        // A dot at the end of the host is another spelling of it.
        if origin.to_string() != given {
            return Err(ParseReturnAddressError);
        }
        Ok(Self { origin, text: url.into() })
    }
}

impl fmt::Display for ReturnAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
