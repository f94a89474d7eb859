use actix_web::http::header::{HeaderMap, HeaderName};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// A shorter key could be guessed or chosen twice.
const SHORTEST: usize = 16;
const LONGEST: usize = 255;

/// The key that a client chose for a call. It is part of the key under which the response is
/// encrypted, so it does not print.
pub(in crate::http) struct IdempotencyKey(Zeroizing<String>);

/// The field is not one key of 16 to 255 visible ASCII characters.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::http) struct InvalidKey;

impl IdempotencyKey {
    /// The key of a request, if it has the field.
    ///
    /// The draft requires a string (RFC 9651 §3.3.3): `"8e03978e-…"`. The same without quotation marks
    /// is accepted as well, because most clients send that; it is the same key.
    pub(in crate::http) fn of(headers: &HeaderMap) -> Result<Option<Self>, InvalidKey> {
        let mut fields = headers.get_all(IDEMPOTENCY_KEY);
        let Some(field) = fields.next() else { return Ok(None) };
        if fields.next().is_some() {
            return Err(InvalidKey);
        }
        let text = field.to_str().map_err(|_| InvalidKey)?.trim_matches([' ', '\t']);
        let key = if text.starts_with('"') { unquoted(text)? } else { text.to_owned() };
        let is_plain = key.bytes().all(|byte| byte.is_ascii_graphic());
        let is_key = is_plain && (SHORTEST..=LONGEST).contains(&key.len());
        if is_key { Ok(Some(Self(Zeroizing::new(key)))) } else { Err(InvalidKey) }
    }

    /// The key of a form without a key of its own: a digest of the form, which has to hold a random
    /// field. A form with another field has another key.
    pub(in crate::http) fn of_content(content: &[u8]) -> Self {
        Self(Zeroizing::new(hex::encode(Sha256::digest(content))))
    }

    pub(super) fn expose(&self) -> &str {
        &self.0
    }
}

/// The content of an `sf-string`: `"` and `\` are escaped by `\`, and no parameters follow.
fn unquoted(text: &str) -> Result<String, InvalidKey> {
    let inner = text.strip_prefix('"').ok_or(InvalidKey)?;
    let (mut key, mut characters) = (String::new(), inner.chars());
    loop {
        match characters.next() {
            Some('"') if characters.as_str().is_empty() => return Ok(key),
            Some('\\') => match characters.next() {
                Some(escaped @ ('"' | '\\')) => key.push(escaped),
                Some(_) | None => return Err(InvalidKey),
            },
            Some('"') | None => return Err(InvalidKey),
            Some(other) => key.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    fn read(values: &[&[u8]]) -> Result<Option<String>, InvalidKey> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(IDEMPOTENCY_KEY, HeaderValue::from_bytes(value).unwrap());
        }
        Ok(IdempotencyKey::of(&headers)?.map(|key| key.expose().to_owned()))
    }

    #[test]
    fn a_key_is_a_string_or_the_same_without_quotation_marks() {
        assert_eq!(read(&[]), Ok(None));
        let key = "8e03978e-40d5-43dd-bc93-6894a57f9324";
        for value in [key.to_owned(), format!("\"{key}\""), format!(" \"{key}\"\t")] {
            assert_eq!(read(&[value.as_bytes()]), Ok(Some(key.to_owned())), "{value}");
        }
        let escaped = br#""0123456789\"abcdef\\""#;
        assert_eq!(read(&[escaped]), Ok(Some(r#"0123456789"abcdef\"#.to_owned())));
        let longest = "x".repeat(255);
        assert_eq!(read(&[longest.as_bytes()]), Ok(Some(longest)));
    }

    #[test]
    fn other_fields_are_invalid() {
        let too_long = "x".repeat(256);
        for value in [
            "",
            "0123456789abcde",
            "\"0123456789abcde\"",
            &too_long,
            "0123456789 abcdef",
            "\"0123456789 abcdef\"",
            "\"0123456789abcdef",
            "\"0123456789\"abcdef\"",
            "\"0123456789abcdef\\",
            "\"0123456789abcde\\f\"",
            "\"0123456789abcdef\";a=1",
            "0123456789abcdef-\u{e4}",
        ] {
            assert_eq!(read(&[value.as_bytes()]), Err(InvalidKey), "{value}");
        }
        let key = b"0123456789abcdef".as_slice();
        assert_eq!(read(&[key, key]), Err(InvalidKey));
    }
}
