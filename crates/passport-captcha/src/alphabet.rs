use rand::{CryptoRng, RngExt};

use crate::TextError;

/// The characters of captcha texts.
///
/// Chosen by inspecting every glyph of the typefaces, undistorted and rendered. Of each group that
/// people confuse (`0 O Q D`, `1 I L`, `2 Z`, `4 A`, `5 S`, `U V`, `8 B`, `6 C G`, `E F`, `J T 7`,
/// `K X`) at most one character is included, and none if it would still be read as another one of
/// its group. `A` is also excluded because it sounds like `8`. Five of these 15 characters make
/// 760 thousand texts.
#[derive(Debug)]
pub enum Alphabet {}

impl Alphabet {
    /// Every character once, in the normal form of [`normalise`](Self::normalise).
    pub const CHARACTERS: &'static str = "34689EHKMNPRTWY";

    /// Whether [`CHARACTERS`](Self::CHARACTERS) contains `character`, without normalisation.
    #[must_use]
    pub fn contains(character: char) -> bool {
        Self::CHARACTERS.contains(character)
    }

    /// Samples `length` characters, uniformly and independently.
    ///
    /// # Errors
    ///
    /// `length` is 0 or more than [`MAX_LENGTH`](crate::Captcha::MAX_LENGTH).
    pub fn sample<R: CryptoRng + ?Sized>(rng: &mut R, length: usize) -> Result<String, TextError> {
        TextError::check_length(length)?;
        let characters = Self::CHARACTERS.as_bytes();
        let draw = |_| char::from(characters[rng.random_range(0..characters.len())]);
        Ok((0..length).map(draw).collect())
    }

    /// Converts a typed guess to the normal form of an answer.
    ///
    /// White space and zero-width characters are removed, full-width forms (from a Chinese input
    /// method) are converted to ASCII, and lower case to upper case. `X` and `7`, which are in no
    /// text, become `K` and `T`, because readers take these for those. All other characters are
    /// kept and cannot match an answer.
    #[must_use]
    pub fn normalise(guess: &str) -> String {
        let seen = guess.chars().filter(|c| !c.is_whitespace() && !is_invisible(*c));
        seen.map(|c| meant(half_width(c).to_ascii_uppercase())).collect()
    }
}

/// The character of the alphabet that readers take for `character`.
fn meant(character: char) -> char {
    match character {
        'X' => 'K',
        '7' => 'T',
        _ => character,
    }
}

/// Zero-width spaces and joiners, direction marks and the byte order mark: pasted text may contain
/// them.
fn is_invisible(character: char) -> bool {
    matches!(character, '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FEFF}')
}

/// U+FF01 to U+FF5E are the full-width forms of ASCII `!` to `~`, in the same order.
fn half_width(character: char) -> char {
    match u32::from(character) {
        code @ 0xFF01..=0xFF5E => char::from_u32(code - 0xFEE0).unwrap_or(character),
        _ => character,
    }
}

#[cfg(test)]
mod tests {
    use rand::{SeedableRng, rngs::StdRng};

    use super::*;

    #[test]
    fn h2_has_no_confusable_pair() {
        for group in ["0OQD", "1IL", "2Z", "5S", "8B", "UV", "6CG", "EF", "JT7", "KX", "4A"] {
            let kept = group.chars().filter(|c| Alphabet::contains(*c)).count();
            assert!(kept <= 1, "{group}");
        }
    }

    #[test]
    fn characters_are_in_normal_form() {
        assert_eq!(Alphabet::normalise(Alphabet::CHARACTERS), Alphabet::CHARACTERS);
    }

    #[test]
    fn normalises_case_width_and_space() {
        let table = [
            ("k4mrp", "K4MRP"),
            ("  K4mRP\t\r\n", "K4MRP"),
            ("Ｋ４ＭＲＰ", "K4MRP"),
            ("ｋ４ｍｒｐ", "K4MRP"),
            ("\u{3000}k4mrp\u{3000}", "K4MRP"),
            ("k4m rp", "K4MRP"),
            ("\u{200B}k4\u{2009}mrp\u{FEFF}", "K4MRP"),
            ("", ""),
            ("   ", ""),
            ("é\0ß！", "é\0ß!"),
            ("x7X7", "KTKT"),
            ("ｘ７", "KT"),
        ];
        for (typed, normal) in table {
            assert_eq!(Alphabet::normalise(typed), normal, "{typed:?}");
        }
    }

    #[test]
    fn samples_no_more_than_a_picture_holds() {
        let mut rng = StdRng::seed_from_u64(1);
        for length in [0, 13, usize::MAX] {
            let refused =
                if length == 0 { TextError::Empty } else { TextError::TooLong { length } };
            assert_eq!(Alphabet::sample(&mut rng, length), Err(refused));
        }
        assert_eq!(Alphabet::sample(&mut rng, 12).unwrap().len(), 12);
    }

    /// A chi-square value with 14 degrees of freedom exceeds 40.6 for two seeds in ten thousand.
    /// Six values are tested.
    #[test]
    fn samples_a_hundred_thousand_texts_evenly_at_every_place() {
        let mut rng = StdRng::seed_from_u64(1);
        let mut counts = [[0_u32; 15]; 5];
        for _ in 0..100_000 {
            let text = Alphabet::sample(&mut rng, 5).unwrap();
            for (counts, character) in counts.iter_mut().zip(text.chars()) {
                counts[Alphabet::CHARACTERS.find(character).unwrap()] += 1;
            }
        }
        let whole: [u32; 15] = std::array::from_fn(|i| counts.iter().map(|at| at[i]).sum());
        for counts in counts.iter().chain([&whole]) {
            let expected = f64::from(counts.iter().sum::<u32>()) / 15.0;
            let off = counts.iter().map(|count| (f64::from(*count) - expected).powi(2) / expected);
            let chi_square: f64 = off.sum();
            assert!(chi_square < 40.6, "{chi_square}: {counts:?}");
        }
        assert_eq!(Alphabet::CHARACTERS.len(), 15);
    }
}
