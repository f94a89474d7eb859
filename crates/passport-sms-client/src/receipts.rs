use std::fmt;

use crate::client::Receipt;

/// Reads what a gateway pushes about messages that it took.
///
/// Where the gateway signs, a receipt is only read when its signature holds. The other gateways
/// prove nothing, and their receipts are to be believed no further than the address that they came
/// to: keep it unguessable, cap the size before reading, and take receipts only for messages that
/// are known and open.
pub trait ReceiptReader: fmt::Debug + Send + Sync + 'static {
    /// The receipts in `pushed`, which can be several, or none where it is about something else.
    ///
    /// # Errors
    ///
    /// The request is not the gateway's, or cannot be read; nothing in it may be used.
    fn read(&self, pushed: &Pushed<'_>) -> Result<Vec<Receipt>, ReceiptError>;

    /// The body that the gateway expects in an answer of HTTP 200, once the receipts are kept. Most
    /// push again when they do not see it.
    fn acknowledgement(&self) -> &'static str {
        ""
    }
}

/// A request that came to where receipts are expected.
#[derive(Clone, Copy)]
pub struct Pushed<'a> {
    /// The whole public URL as the gateway was told it, and as it called it: with scheme, host, path
    /// and query. Behind a proxy that is not what the server sees.
    pub url: &'a str,
    /// Names, in any case, and values of the headers.
    pub headers: &'a [(&'a str, &'a str)],
    /// The bytes of the body, as they came.
    pub body: &'a [u8],
}

impl<'a> Pushed<'a> {
    /// The first header of that name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&'a str> {
        let mut headers = self.headers.iter();
        headers.find(|(other, _)| other.eq_ignore_ascii_case(name)).map(|(_, value)| *value)
    }

    /// Whether the body says that it is JSON.
    #[must_use]
    pub fn is_json(&self) -> bool {
        let media = self.header("content-type").and_then(|value| value.split(';').next());
        media.is_some_and(|media| media.trim().eq_ignore_ascii_case("application/json"))
    }
}

/// Shows neither address nor content: both hold secrets and numbers.
impl fmt::Debug for Pushed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pushed").field("bytes", &self.body.len()).finish_non_exhaustive()
    }
}

/// Why a pushed request is not used. Nothing of it is repeated here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptError {
    /// A signature is due, and there is none or not a whole one.
    #[error("receipt carries no complete signature")]
    Unsigned,
    /// The signature does not hold under any secret that is known.
    #[error("signature of the receipt does not hold")]
    Forged,
    /// It was signed too long ago, or in the future: more than five minutes from now.
    #[error("receipt was signed more than 5 minutes from now")]
    Stale,
    /// There is no secret to verify it with: a setting is missing.
    #[error("no secret is set to verify receipts with")]
    Unverifiable,
    /// It is not of the documented form.
    #[error("receipt cannot be read: {0}")]
    Unreadable(&'static str),
}
