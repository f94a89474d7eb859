//! TC3-HMAC-SHA256, the third signature of Tencent Cloud.

use hmac::Mac;
use time::{OffsetDateTime, UtcOffset};

use crate::kit::digest::sha256_hex;
use crate::kit::mac::hmac_sha256;

/// Content type, sent and signed byte for byte.
pub(super) const CONTENT_TYPE: &str = "application/json";

/// A request to be signed: a `POST` to `/` without a query.
pub(super) struct Content<'a> {
    pub(super) host: &'a str,
    pub(super) payload: &'a str,
    pub(super) now: OffsetDateTime,
}

impl Content<'_> {
    /// The value of `Authorization` for that key.
    pub(super) fn authorization(&self, secret_id: &str, secret_key: &str) -> String {
        let scope = self.scope();
        let signature = self.signature(secret_key);
        format!(
            "TC3-HMAC-SHA256 Credential={secret_id}/{scope}, SignedHeaders=content-type;host, Signature={signature}"
        )
    }

    fn signature(&self, secret_key: &str) -> String {
        let mut key = format!("TC3{secret_key}").into_bytes();
        for part in [self.date().as_str(), "sms", "tc3_request"] {
            key = hmac_sha256(&key, part).finalize().into_bytes().to_vec();
        }
        hex::encode(hmac_sha256(&key, self.string_to_sign()).finalize().into_bytes())
    }

    pub(super) fn string_to_sign(&self) -> String {
        let timestamp = self.now.unix_timestamp();
        let canonical = sha256_hex(self.canonical());
        format!("TC3-HMAC-SHA256\n{timestamp}\n{}\n{canonical}", self.scope())
    }

    pub(super) fn canonical(&self) -> String {
        let host = self.host.to_ascii_lowercase();
        let payload = sha256_hex(self.payload);
        format!(
            "POST\n/\n\ncontent-type:{CONTENT_TYPE}\nhost:{host}\n\ncontent-type;host\n{payload}"
        )
    }

    fn scope(&self) -> String {
        format!("{}/sms/tc3_request", self.date())
    }

    /// The UTC day of the timestamp, independent of the machine's time zone.
    fn date(&self) -> String {
        let day = self.now.to_offset(UtcOffset::UTC).date();
        format!("{:04}-{:02}-{:02}", day.year(), u8::from(day.month()), day.day())
    }
}
