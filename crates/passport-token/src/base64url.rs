//! Base64 with the alphabet for URLs, without padding (RFC 7515, section 2).

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

/// The bytes of `text`. Padding, white space, other alphabets and unused bits that are not zero are
/// refused, so bytes have one text.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

/// The bytes of `text`, which must be `N`.
pub(crate) fn decode_array<const N: usize>(text: &str) -> Option<[u8; N]> {
    (text.len() == (N * 4).div_ceil(3)).then(|| decode(text)?.try_into().ok())?
}

/// The text of `bytes`.
pub(crate) fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
