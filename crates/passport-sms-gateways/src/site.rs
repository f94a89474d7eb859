use std::fmt;

use passport_sms_client::{Clock, OriginHost, SettingsError};
use secrecy::SecretString;

use crate::kit::check::is_https_url;

/// The service that sends through a gateway, as far as the gateway has to know it.
#[derive(Clone)]
#[non_exhaustive]
pub struct Site {
    /// The present time, for signatures and for the ends of caps.
    pub clock: Clock,
    /// Host that the `WebOTP` line at the end of a free text names.
    pub origin: Option<OriginHost>,
    /// Public `https` URL that receipts are pushed to. A gateway that takes it with each message is told
    /// it. It is a secret, because nothing but its path proves an unsigned receipt.
    pub receipts_url: Option<SecretString>,
}

impl Site {
    /// A site without a host for `WebOTP` and without receipts.
    pub const fn new(clock: Clock) -> Self {
        Self { clock, origin: None, receipts_url: None }
    }

    /// Ends free texts with the `WebOTP` line of this host.
    #[must_use]
    pub fn with_origin(self, origin: OriginHost) -> Self {
        Self { origin: Some(origin), ..self }
    }

    /// Tells gateways where to push receipts.
    ///
    /// # Errors
    ///
    /// `url` is not an `https` URL.
    pub fn with_receipts_url(self, url: &str) -> Result<Self, SettingsError> {
        if !is_https_url(url) {
            return Err(SettingsError::new("receipts_url", "an https URL"));
        }
        Ok(Self { receipts_url: Some(url.into()), ..self })
    }
}

/// Shows no path: it is a secret.
impl fmt::Debug for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Site")
            .field("origin", &self.origin)
            .field("receipts_url", &self.receipts_url)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::clock;

    #[test]
    fn receipts_come_by_https_to_a_secret_address() {
        for url in ["http://a.example/x", "ftp://a", "nonsense", ""] {
            let refused = Site::new(clock()).with_receipts_url(url).unwrap_err();
            assert_eq!(refused.setting, "receipts_url", "{url}");
        }
        let site = Site::new(clock()).with_receipts_url("https://a.example/secret").unwrap();
        assert!(!format!("{site:?}").contains("a.example"), "{site:?}");
    }
}
