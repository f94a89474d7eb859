use hmac::Mac;

use crate::kit::digest::sha256_hex;
use crate::kit::mac::hmac_sha256;

/// Signed content: a `POST` to the path `/`.
pub(super) struct Content<'a> {
    pub(super) query: &'a str,
    /// Lower-case names and trimmed values, sorted by name.
    pub(super) headers: &'a [(&'static str, String)],
    /// Lower-case hexadecimal SHA-256 of the body.
    pub(super) body_digest: &'a str,
}

impl Content<'_> {
    /// The value of `Authorization` for that key.
    pub(super) fn authorization(&self, key_id: &str, secret: &str) -> String {
        let signature = hmac_sha256(secret.as_bytes(), self.string_to_sign()).finalize();
        let names = self.signed_names();
        let signature = hex::encode(signature.into_bytes());
        format!("ACS3-HMAC-SHA256 Credential={key_id},SignedHeaders={names},Signature={signature}")
    }

    pub(super) fn string_to_sign(&self) -> String {
        format!("ACS3-HMAC-SHA256\n{}", sha256_hex(self.canonical()))
    }

    pub(super) fn canonical(&self) -> String {
        let headers: Vec<_> =
            self.headers.iter().map(|(name, value)| format!("{name}:{value}\n")).collect();
        let (headers, names) = (headers.concat(), self.signed_names());
        let Self { query, body_digest, .. } = self;
        format!("POST\n/\n{query}\n{headers}\n{names}\n{body_digest}")
    }

    fn signed_names(&self) -> String {
        let names: Vec<_> = self.headers.iter().map(|(name, _)| *name).collect();
        names.join(";")
    }
}
