use std::borrow::Cow;

use sha2::{Digest, Sha256};

/// The longest text that stands in a key as it is.
const MAX_TAME: usize = 128;

/// `text` as a part of a key: as it is when it is short and harmless, which keeps keys readable,
/// else `#` and its SHA-256.
///
/// Braces would set the hash tag, blanks and control characters spoil what operators read, and
/// length is paid for in memory. A `#` is itself not harmless, so no two texts share a key.
pub(crate) fn part(text: &str) -> Cow<'_, str> {
    let tame = |byte: u8| byte.is_ascii_alphanumeric() || b"+-_.:/@".contains(&byte);
    if text.len() <= MAX_TAME && text.bytes().all(tame) {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(format!("#{}", hex::encode(Sha256::digest(text))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tame_texts_stay_readable() {
        for tame in ["", "+8613800138000", "sms:ip:hour:2001:db8::/64", "a@b.example"] {
            assert_eq!(part(tame), tame);
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
    fn a_text_cannot_pass_for_the_hash_of_another() {
        let hashed = part("{}").into_owned();
        assert_ne!(part(&hashed), hashed);
    }
}
