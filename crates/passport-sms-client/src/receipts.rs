use std::fmt;

use crate::client::Receipt;

/// Reader of the delivery receipts that a gateway pushes.
///
/// Signed receipts are read only after their signature is verified. Unsigned receipts prove nothing
/// about their origin, so the receiver has to keep the URL secret, limit the size of the body
/// before it is read, and accept receipts only for known and open messages.
pub trait ReceiptReader: fmt::Debug + Send + Sync + 'static {
    /// The receipts in `pushed`: one, several, or none if the request has another subject.
    ///
    /// # Errors
    ///
    /// The request does not come from the gateway, or cannot be read; nothing in it may be used.
    fn read(&self, pushed: &Pushed<'_>) -> Result<Vec<Receipt>, ReceiptError>;

    /// Body of the HTTP 200 response that acknowledges recorded receipts. Most gateways push again
    /// without it.
    fn acknowledgement(&self) -> &'static str {
        ""
    }
}

/// A request to the URL for receipts.
#[derive(Clone, Copy)]
pub struct Pushed<'a> {
    /// Complete public URL that the gateway called: scheme, host, path and query. Behind a proxy it
    /// differs from the URL that the server sees.
    pub url: &'a str,
    /// Names, in any case, and values of the headers.
    pub headers: &'a [(&'a str, &'a str)],
    /// Raw body.
    pub body: &'a [u8],
}

impl<'a> Pushed<'a> {
    /// The first header with that name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&'a str> {
        let mut headers = self.headers.iter();
        headers.find(|(other, _)| other.eq_ignore_ascii_case(name)).map(|(_, value)| *value)
    }

    /// Whether the content type is JSON.
    #[must_use]
    pub fn is_json(&self) -> bool {
        let media = self.header("content-type").and_then(|value| value.split(';').next());
        media.is_some_and(|media| media.trim().eq_ignore_ascii_case("application/json"))
    }
}

/// Shows neither URL nor content, because both contain secrets and numbers.
impl fmt::Debug for Pushed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pushed").field("bytes", &self.body.len()).finish_non_exhaustive()
    }
}

/// Why a pushed request is refused. The error repeats no part of the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptError {
    /// A required signature is missing or incomplete.
    #[error("receipt carries no complete signature")]
    Unsigned,
    /// The signature is invalid under every configured secret.
    #[error("signature of the receipt is invalid")]
    Forged,
    /// The signature is more than five minutes old, or from the future.
    #[error("receipt was signed more than 5 minutes ago or in the future")]
    Stale,
    /// No secret is configured that could verify the signature.
    #[error("no secret is configured to verify receipts")]
    Unverifiable,
    /// The request does not have the documented form.
    #[error("receipt cannot be read: {0}")]
    Unreadable(&'static str),
}
