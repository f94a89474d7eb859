use std::borrow::Cow;

use sha2::{Digest, Sha256};

/// Length of the longest text that is part of a key without being hashed.
const MAX_PLAIN: usize = 128;

/// `text` as a part of a key: unchanged if it is short and plain, so that keys stay readable, else `#`
/// and its SHA-256.
///
/// Braces would set the hash tag, blanks and control characters make keys hard to read, and long keys
/// take memory. A `#` is not plain, so no two texts have the same key.
pub(crate) fn part(text: &str) -> Cow<'_, str> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"+-_.:/@".contains(&byte);
    if text.len() <= MAX_PLAIN && text.bytes().all(is_plain) {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(format!("#{}", hex::encode(Sha256::digest(text))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_texts_stay_readable() {
        for plain in ["", "+8613800138000", "sms:ip:hour:2001:db8::/64", "a@b.example"] {
            assert_eq!(part(plain), plain);
        }
    }

    #[test]
    fn odd_texts_are_hashed() {
        let long = "x".repeat(129);
        for odd in ["{}", "a b", "a\r\n", "码", "#", "\0", &long] {
            let part = part(odd);
            assert_eq!(part.len(), 65, "{part}");
            assert!(part.starts_with('#'), "{part}");
        }
    }

    #[test]
    fn no_text_has_the_key_of_a_hashed_one() {
        let hashed = part("{}").into_owned();
        assert_ne!(part(&hashed), hashed);
    }
}
