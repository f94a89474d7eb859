//! Whether a secret can be guessed by its form.

/// What people type in place of a random text. Parts of these count once, forwards and backwards.
const KNOWN: &str = "abcdefghijklmnopqrstuvwxyz 01234567890 0123456789abcdef qwertyuiop asdfghjkl \
                     zxcvbnm qazwsxedcrfvtgbyhnujmikolp 1qaz2wsx3edc4rfv5tgb6yhn \
                     password passwort passport secret default changeme letmein admin production \
                     sample example test demo";

/// Length from which on a repetition is no chance.
const PART: usize = 3;

/// Characters that are looked at.
const MOST: usize = 512;

/// A random text of 32 hexadecimal digits has fewer parts less than once in a million.
const MIN_PARTS: usize = 20;
/// The same for a text that is looked at as several.
const MIN_INTERLEAVED_PARTS: usize = 8;

/// Whether the text follows a pattern.
///
/// A text is made of parts: a part is a repetition of three or more characters that stood before in the
/// text or that are known, or else one character. A random text of `n` characters has about `n` parts,
/// a pattern has few. The text is also looked at as two, three or four texts whose characters stand in
/// turn, as in `a1b2c3d4`.
pub(super) fn is_pattern(text: &str) -> bool {
    let text: Vec<char> = text.chars().take(MOST).flat_map(char::to_lowercase).collect();
    let parts = |count: usize| -> usize {
        (0..count).map(|first| parts_of(text.iter().copied().skip(first).step_by(count))).sum()
    };
    parts(1) < MIN_PARTS || (2..=4).any(|count| parts(count) < MIN_INTERLEAVED_PARTS)
}

fn parts_of(text: impl Iterator<Item = char>) -> usize {
    let forwards = KNOWN.chars().chain([' ']);
    let mut all: Vec<char> = forwards.chain(KNOWN.chars().rev()).chain([' ']).collect();
    let (mut at, mut count) = (all.len(), 0);
    all.extend(text);
    while at < all.len() {
        // A repetition may overlap with itself, as in `aaaa`.
        let repeated = (0..at).map(|from| {
            all[from..].iter().zip(&all[at..]).take_while(|(before, here)| before == here).count()
        });
        let longest = repeated.max().unwrap_or_default();
        at += if longest >= PART { longest } else { 1 };
        count += 1;
    }
    count
}

#[cfg(test)]
mod tests {
    use sha2::{Digest, Sha256};

    use super::*;

    #[test]
    fn x9_patterns_are_recognised() {
        for pattern in [
            "abcdefghijabcdefghijabcdefghijabcdefghij",
            "0123456789abcdef0123456789abcdef",
            "fedcba9876543210fedcba9876543210",
            "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
            "qwertyuiopasdfghjklzxcvbnm1234567890",
            "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.",
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaabcdefghijk",
            "password123password123password123",
            "a1b2c3d4e5a1b2c3d4e5a1b2c3d4e5a1b2c3d4e5",
            "aabbccddeeffgghhiijjkkllmmnnooppqq",
            "a1b2c3d4e5f6g7h8i9j0k1l2m3n4o5p6",
            "aaabbbcccdddeeefffggghhhiiijjjkkklll",
            "passport-production-secret-12345",
            "k3J9xQ2mk3J9xQ2mk3J9xQ2mk3J9xQ2m",
            "登录密钥登录密钥登录密钥登录密钥登录密钥0123456789",
        ] {
            assert!(is_pattern(pattern), "{pattern}");
        }
    }

    #[test]
    fn random_texts_are_no_patterns() {
        for number in 0..100_u32 {
            let text = hex::encode(&Sha256::digest(number.to_be_bytes())[..16]);
            assert!(!is_pattern(&text), "{text}");
            assert!(parts_of(text.chars()) >= MIN_PARTS + 4, "{text} is close to a pattern");
        }
        for text in ["550e8400-e29b-41d4-a716-446655440000", "lamp ocean fridge violin cactus shy"]
        {
            assert!(!is_pattern(text), "{text}");
        }
    }
}
