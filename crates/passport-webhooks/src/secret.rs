use std::fmt;

use base64::{Engine, prelude::BASE64_STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretSlice, SecretString};
use sha2::Sha256;
use thiserror::Error;

const PREFIX: &str = "whsec_";

/// Secret that sender and receiver share. `Debug` hides it.
#[derive(Clone)]
pub struct WebhookSecret(SecretSlice<u8>);

impl WebhookSecret {
    /// Reads `whsec_` and the base64 of 24 to 64 bytes.
    ///
    /// # Errors
    ///
    /// If the text has another form.
    pub fn parse(text: &str) -> Result<Self, ParseSecretError> {
        let encoded = text.strip_prefix(PREFIX).ok_or(ParseSecretError)?;
        let bytes = BASE64_STANDARD.decode(encoded).map_err(|_| ParseSecretError)?;
        (24..=64).contains(&bytes.len()).then(|| Self(bytes.into())).ok_or(ParseSecretError)
    }

    /// The secret of these random bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes.to_vec().into())
    }

    /// The secret as text, for both settings and receiver.
    pub fn expose(&self) -> SecretString {
        format!("{PREFIX}{}", BASE64_STANDARD.encode(self.0.expose_secret())).into()
    }

    /// The entry of this secret in `webhook-signature`.
    fn entry(&self, id: &str, timestamp: i64, body: &[u8]) -> String {
        let key = self.0.expose_secret();
        let mac = <Hmac<Sha256> as KeyInit>::new_from_slice(key)
            .expect("HMAC takes keys of any length (RFC 2104)")
            .chain_update(format!("{id}.{timestamp}."))
            .chain_update(body)
            .finalize();
        format!("v1,{}", BASE64_STANDARD.encode(mac.into_bytes()))
    }
}

/// Value of `webhook-signature`: an entry for each of `secrets`, with spaces between. `timestamp` is in
/// Unix seconds.
pub fn signature(secrets: &[WebhookSecret], id: &str, timestamp: i64, body: &[u8]) -> String {
    let entries: Vec<_> = secrets.iter().map(|it| it.entry(id, timestamp, body)).collect();
    entries.join(" ")
}

impl fmt::Debug for WebhookSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WebhookSecret(…)")
    }
}

/// The text is not a secret of Standard Webhooks. It is not quoted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not whsec_ followed by the base64 of 24 to 64 bytes")]
pub struct ParseSecretError;

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    /// Vector of the reference libraries.
    #[test]
    fn signs_as_the_reference_libraries() {
        let secret = WebhookSecret::parse(SECRET).unwrap();
        let signed = signature(
            &[secret],
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1_614_265_330,
            b"{\"test\": 2432232314}",
        );
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn two_secrets_make_two_entries() {
        let (one, other) =
            (WebhookSecret::parse(SECRET).unwrap(), WebhookSecret::from_bytes([7; 32]));
        let both = signature(&[one.clone(), other.clone()], "evt_1", 1, b"{}");
        let each = [signature(&[one], "evt_1", 1, b"{}"), signature(&[other], "evt_1", 1, b"{}")];
        assert_eq!(both, each.join(" "));
    }

    #[test]
    fn secrets_have_24_to_64_bytes() {
        let of = |length: usize| format!("whsec_{}", BASE64_STANDARD.encode(vec![9; length]));
        for good in [24, 32, 64] {
            let secret = WebhookSecret::parse(&of(good)).unwrap();
            assert_eq!(secret.expose().expose_secret(), of(good));
        }
        for bad in [of(23), of(65), of(0), String::new(), "whsec_ä".into(), of(24)[6..].into()] {
            assert_eq!(WebhookSecret::parse(&bad).err(), Some(ParseSecretError), "{bad}");
        }
        assert_eq!(format!("{:?}", WebhookSecret::parse(SECRET).unwrap()), "WebhookSecret(…)");
    }
}
