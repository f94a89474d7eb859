use rand::{CryptoRng, RngExt};

/// The characters that a picture may ask for.
///
/// Chosen by looking at every glyph of the typefaces, upright and drawn. Of each group that people
/// mix up (`0 O Q D`, `1 I L`, `2 Z`, `4 A`, `5 S`, `U V`, `8 B`, `6 C G`, `E F`, `J T`) at most one is
/// left, and none where the one alone still reads as another. Five of these 17 make 1.4 million texts.
/// Spoken, `A` would also be too near to `8`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Alphabet {}

impl Alphabet {
    /// Every character, once, in the form that an answer is kept and compared in.
    pub const CHARACTERS: &'static str = "346789EHKMNPRTWXY";

    /// Whether `character` is one of [`CHARACTERS`](Self::CHARACTERS), exactly.
    #[must_use]
    pub fn contains(character: char) -> bool {
        Self::CHARACTERS.contains(character)
    }

    /// Draws `length` characters, each of them equally likely and independent of the others.
    pub fn sample<R: CryptoRng + ?Sized>(rng: &mut R, length: usize) -> String {
        let characters = Self::CHARACTERS.as_bytes();
        (0..length).map(|_| char::from(characters[rng.random_range(0..characters.len())])).collect()
    }

    /// Brings what somebody typed to the form that an answer is kept in.
    ///
    /// White space at both ends goes, full-width forms (as a Chinese keyboard may send them)
    /// become ASCII, lower case becomes upper case. Anything else stays, and will not match.
    #[must_use]
    pub fn normalise(guess: &str) -> String {
        guess.trim().chars().map(|c| half_width(c).to_ascii_uppercase()).collect()
    }
}

/// U+FF01 to U+FF5E are ASCII `!` to `~` in the same order.
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
    fn has_no_confusable_pair() {
        for group in ["0OQD", "1IL", "2Z", "5S", "8B", "UV", "6CG", "EF", "JT", "4A"] {
            let kept = group.chars().filter(|c| Alphabet::contains(*c)).count();
            assert!(kept <= 1, "{group}");
        }
    }

    #[test]
    fn is_its_own_normal_form() {
        assert_eq!(Alphabet::normalise(Alphabet::CHARACTERS), Alphabet::CHARACTERS);
    }

    #[test]
    fn normalises_case_width_and_ends() {
        let table = [
            ("k7mxp", "K7MXP"),
            ("  K7mXP\t\r\n", "K7MXP"),
            ("Ｋ７ＭＸＰ", "K7MXP"),
            ("ｋ７ｍｘｐ", "K7MXP"),
            ("\u{3000}k7mxp\u{3000}", "K7MXP"),
            ("k7 mxp", "K7 MXP"),
            ("", ""),
            ("   ", ""),
            ("é\0ß！", "é\0ß!"),
        ];
        for (typed, normal) in table {
            assert_eq!(Alphabet::normalise(typed), normal, "{typed:?}");
        }
    }

    /// Chi-square with 16 degrees of freedom is above 43.8 for two seeds in ten thousand; there are
    /// six to look at.
    #[test]
    fn samples_a_hundred_thousand_texts_evenly_at_every_place() {
        let mut rng = StdRng::seed_from_u64(1);
        let mut counts = [[0_u32; 17]; 5];
        for _ in 0..100_000 {
            for (counts, character) in counts.iter_mut().zip(Alphabet::sample(&mut rng, 5).chars())
            {
                counts[Alphabet::CHARACTERS.find(character).unwrap()] += 1;
            }
        }
        let whole: [u32; 17] = std::array::from_fn(|i| counts.iter().map(|at| at[i]).sum());
        for counts in counts.iter().chain([&whole]) {
            let expected = f64::from(counts.iter().sum::<u32>()) / 17.0;
            let off = counts.iter().map(|count| (f64::from(*count) - expected).powi(2) / expected);
            let chi_square: f64 = off.sum();
            assert!(chi_square < 43.8, "{chi_square}: {counts:?}");
        }
        assert_eq!(Alphabet::CHARACTERS.len(), 17);
    }
}
