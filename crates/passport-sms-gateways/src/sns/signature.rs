//! AWS Signature v4.

use hmac::Mac;
use time::{OffsetDateTime, UtcOffset};

use crate::kit::digest::sha256_hex;
use crate::kit::mac::hmac_sha256;

/// Content type, sent and signed byte for byte.
pub(super) const CONTENT_TYPE: &str = "application/x-www-form-urlencoded; charset=utf-8";

/// A request to be signed: a `POST` to `/` without a query.
pub(super) struct Content<'a> {
    pub(super) host: &'a str,
    /// `x-amz-date`, as [`date`] writes it.
    pub(super) date: &'a str,
    pub(super) session_token: Option<&'a str>,
    pub(super) region: &'a str,
    pub(super) body: &'a str,
}

impl Content<'_> {
    /// The value of `Authorization` for that key.
    pub(super) fn authorization(&self, key_id: &str, secret: &str) -> String {
        let (scope, names) = (self.scope(), self.signed_names());
        let signature = self.signature(secret);
        format!(
            "AWS4-HMAC-SHA256 Credential={key_id}/{scope}, SignedHeaders={names}, Signature={signature}"
        )
    }

    pub(super) fn signature(&self, secret: &str) -> String {
        let mut key = format!("AWS4{secret}").into_bytes();
        for part in [self.day(), self.region, "sns", "aws4_request"] {
            key = hmac_sha256(&key, part).finalize().into_bytes().to_vec();
        }
        let canonical = sha256_hex(self.canonical());
        let text = format!("AWS4-HMAC-SHA256\n{}\n{}\n{canonical}", self.date, self.scope());
        hex::encode(hmac_sha256(&key, text).finalize().into_bytes())
    }

    pub(super) fn canonical(&self) -> String {
        let Self { host, date, body, .. } = self;
        let token = self
            .session_token
            .map(|token| format!("x-amz-security-token:{token}\n"))
            .unwrap_or_default();
        format!(
            "POST\n/\n\ncontent-type:{CONTENT_TYPE}\nhost:{host}\nx-amz-date:{date}\n{token}\n{}\n{}",
            self.signed_names(),
            sha256_hex(body)
        )
    }

    fn signed_names(&self) -> &'static str {
        match self.session_token {
            Some(_) => "content-type;host;x-amz-date;x-amz-security-token",
            None => "content-type;host;x-amz-date",
        }
    }

    fn scope(&self) -> String {
        format!("{}/{}/sns/aws4_request", self.day(), self.region)
    }

    fn day(&self) -> &str {
        self.date.split('T').next().unwrap_or_default()
    }
}

/// The moment as `yyyyMMddTHHmmssZ`.
pub(super) fn date(moment: OffsetDateTime) -> String {
    let utc = moment.to_offset(UtcOffset::UTC);
    format!(
        "{:04}{:02}{:02}T{:02}{:02}{:02}Z",
        utc.year(),
        u8::from(utc.month()),
        utc.day(),
        utc.hour(),
        utc.minute(),
        utc.second()
    )
}
