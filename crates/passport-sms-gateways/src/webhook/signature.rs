//! The symmetric scheme `v1` of Standard Webhooks, in both directions.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, Mac};
use passport_sms_client::{Pushed, ReceiptError};
use secrecy::{ExposeSecret, SecretSlice};
use sha2::Sha256;
use time::{Duration, OffsetDateTime};

use crate::kit::mac::hmac_sha256;

/// Maximum difference between a timestamp and the present.
const TOLERANCE: Duration = Duration::minutes(5);

/// A key that signs.
pub(super) struct Key(SecretSlice<u8>);

impl Key {
    /// Reads `whsec_` and the base64 of 24 to 64 bytes.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let bytes = BASE64_STANDARD.decode(text.strip_prefix("whsec_")?).ok()?;
        (24..=64).contains(&bytes.len()).then(|| Self(bytes.into()))
    }

    /// The entry of this key in `webhook-signature`.
    pub(super) fn entry(&self, id: &str, timestamp: i64, body: &[u8]) -> String {
        let mac = self.mac(id, &timestamp.to_string(), body).finalize();
        format!("v1,{}", BASE64_STANDARD.encode(mac.into_bytes()))
    }

    fn mac(&self, id: &str, timestamp: &str, body: &[u8]) -> Hmac<Sha256> {
        hmac_sha256(self.0.expose_secret(), format!("{id}.{timestamp}.")).chain_update(body)
    }
}

/// Verifies that the request is signed by one of the keys, within five minutes of `now`.
pub(super) fn verify(
    pushed: &Pushed<'_>,
    keys: &[Key],
    now: OffsetDateTime,
) -> Result<(), ReceiptError> {
    if keys.is_empty() {
        return Err(ReceiptError::Unverifiable);
    }
    let header = |name| pushed.header(name).ok_or(ReceiptError::Unsigned);
    let (id, timestamp) = (header("webhook-id")?, header("webhook-timestamp")?);
    let signed_at: i64 = timestamp.parse().map_err(|_| ReceiptError::Unsigned)?;
    let holds = header("webhook-signature")?
        .split(' ')
        .filter_map(|entry| BASE64_STANDARD.decode(entry.strip_prefix("v1,")?).ok())
        .any(|signature| {
            keys.iter()
                .any(|key| key.mac(id, timestamp, pushed.body).verify_slice(&signature).is_ok())
        });
    if !holds {
        return Err(ReceiptError::Forged);
    }
    let age = now.unix_timestamp().saturating_sub(signed_at);
    if age.unsigned_abs() > TOLERANCE.whole_seconds().unsigned_abs() {
        return Err(ReceiptError::Stale);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::NOW;

    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    fn key(text: &str) -> Key {
        Key::parse(text).unwrap()
    }

    /// Vectors of the receivers' libraries.
    #[test]
    fn vector_basic() {
        let body = r#"{"type":"sms.send","timestamp":"2026-11-22T09:43:30Z","data":{"to":"+8613800138000","template":"signin_code","params":{"code":"004217","minutes":"5"}}}"#;
        assert_eq!(
            key(SECRET).entry("msg_01JD9Z6V3Q7W0", 1_795_340_610, body.as_bytes()),
            "v1,GUIHcPnIyi0a/MNf4wOfaNML8sN9TNLUD0xpTahmbSE="
        );
    }

    #[test]
    fn vector_unicode() {
        let body =
            r#"{"type":"sms.send","data":{"to":"+8613800138000","text":"【Passport】验证码 😀"}}"#;
        assert_eq!(
            key(SECRET).entry("msg_01JD9Z6V3Q7W1", 1_795_340_611, body.as_bytes()),
            "v1,qsW4MjtAE52UEAIGV25cGffZquS4kfICaRnOyX3/vMI="
        );
    }

    fn check(id: &str, timestamp: i64, signature: &str, body: &str) -> Result<(), ReceiptError> {
        let timestamp = timestamp.to_string();
        let headers = [
            ("Webhook-Id", id),
            ("Webhook-Timestamp", timestamp.as_str()),
            ("Webhook-Signature", signature),
        ];
        let pushed = Pushed { url: "", headers: &headers, body: body.as_bytes() };
        let new = format!("whsec_{}", BASE64_STANDARD.encode([7; 32]));
        verify(&pushed, &[key(&new), key(SECRET)], NOW)
    }

    #[test]
    fn a_signature_is_valid_for_five_minutes() {
        let now = NOW.unix_timestamp();
        for (off, result) in [
            (0, Ok(())),
            (300, Ok(())),
            (-300, Ok(())),
            (301, Err(ReceiptError::Stale)),
            (-301, Err(ReceiptError::Stale)),
            (i64::MAX - now, Err(ReceiptError::Stale)),
        ] {
            let entry = key(SECRET).entry("msg_1", now + off, b"{}");
            assert_eq!(check("msg_1", now + off, &entry, "{}"), result, "{off} s");
        }
    }

    #[test]
    fn during_a_rotation_one_of_many_is_enough() {
        let now = NOW.unix_timestamp();
        let entry = key(SECRET).entry("msg_1", now, b"{}");
        assert_eq!(check("msg_1", now, &format!("v1,AAAA v1a,x {entry}"), "{}"), Ok(()));
        // One space separates entries.
        for other in [format!("v1,AAAA, {entry},"), format!("v1,AAAA;{entry}")] {
            assert_eq!(check("msg_1", now, &other, "{}"), Err(ReceiptError::Forged), "{other}");
        }
    }

    #[test]
    fn a_changed_request_is_forged() {
        let now = NOW.unix_timestamp();
        let entry = key(SECRET).entry("msg_1", now, b"{}");
        let forged = Err(ReceiptError::Forged);
        assert_eq!(check("msg_2", now, &entry, "{}"), forged);
        assert_eq!(check("msg_1", now + 1, &entry, "{}"), forged);
        assert_eq!(check("msg_1", now, &entry, "{ }"), forged);
        assert_eq!(check("msg_1", now, &entry.replace("v1,", "v1a,"), "{}"), forged);
        let other = key(&format!("whsec_{}", BASE64_STANDARD.encode([8; 32])));
        assert_eq!(check("msg_1", now, &other.entry("msg_1", now, b"{}"), "{}"), forged);
        assert_eq!(check("msg_1", now, "", "{}"), forged);
    }

    #[test]
    fn three_headers_are_required() {
        let all = [("webhook-id", "1"), ("webhook-timestamp", "1"), ("webhook-signature", "v1,")];
        for missing in 0..3 {
            let mut headers = all.to_vec();
            headers.remove(missing);
            let pushed = Pushed { url: "", headers: &headers, body: b"" };
            assert_eq!(verify(&pushed, &[key(SECRET)], NOW), Err(ReceiptError::Unsigned));
        }
        let pushed = Pushed { url: "", headers: &all, body: b"" };
        assert_eq!(verify(&pushed, &[], NOW), Err(ReceiptError::Unverifiable));
    }
}
