use rand::{Rng, RngExt, SeedableRng, rngs::Xoshiro256PlusPlus, seq::IndexedRandom};
use sha2::{Digest, Sha256};

use super::{Palette, Pattern, Style};
use crate::faces::FACES;

/// Keeps the key's other uses apart from this one.
const PURPOSE: &[u8] = b"passport-captcha style family 1";
/// How many faces a style has.
const FACES_OF_A_STYLE: usize = 4;

/// The styles that one deployment draws from, derived from its key.
///
/// Of two deployments no style is alike: a model trained on the pictures of one has to be trained
/// again for the other. Whoever can fetch pictures can of course train on those.
#[derive(Debug, Clone, PartialEq)]
pub struct StyleFamily {
    styles: Vec<Style>,
}

impl StyleFamily {
    /// How many styles a family has: one of each [`Pattern`].
    pub const SIZE: usize = Pattern::ALL.len();

    /// Derives a family; the same key gives the same family, and the family does not tell the key.
    #[must_use]
    pub fn derive(key: &[u8]) -> Self {
        let digest = Sha256::new().chain_update(PURPOSE).chain_update(key).finalize();
        let mut rng = Xoshiro256PlusPlus::from_seed(digest.into());
        Self { styles: Pattern::ALL.map(|pattern| draw(pattern, &mut rng)).into() }
    }

    /// Its styles, one of each [`Pattern`].
    pub fn styles(&self) -> &[Style] {
        &self.styles
    }

    /// Any of its styles.
    pub fn choose<R: Rng + ?Sized>(&self, rng: &mut R) -> &Style {
        &self.styles[rng.random_range(0..self.styles.len())]
    }
}

/// The family of the empty key: the same for everybody who does not derive their own.
impl Default for StyleFamily {
    fn default() -> Self {
        Self::derive(&[])
    }
}

fn draw(pattern: Pattern, rng: &mut Xoshiro256PlusPlus) -> Style {
    let all: Vec<usize> = (0..FACES).collect();
    let faces: Vec<usize> = all.sample(rng, FACES_OF_A_STYLE).copied().collect();
    Style {
        pattern,
        faces,
        cell: rng.random_range(0.9..1.15),
        heading: rng.random(),
        curl: rng.random_range(0.05..0.25),
        swell: rng.random_range(0.8..1.4),
        hollow: rng.random_range(0.0..0.15),
        exclusive: rng.random_bool(0.6),
        palette: Palette {
            ink: [0, 1, 2].map(|_| rng.random_range(8..72)),
            ground: [0, 1, 2].map(|_| rng.random_range(232..=255)),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_decide() {
        assert_eq!(StyleFamily::derive(b"a"), StyleFamily::derive(b"a"));
        let (one, other) = (StyleFamily::derive(b"a"), StyleFamily::derive(b"b"));
        for style in one.styles() {
            assert!(!other.styles().contains(style));
        }
    }

    /// The contrast of WCAG 2, of any two colours that a family may choose.
    #[test]
    fn colours_differ_enough() {
        for key in 0..2_000_u32 {
            for style in StyleFamily::derive(&key.to_le_bytes()).styles() {
                let Palette { ink, ground } = style.palette;
                let contrast = (luminance(ground) + 0.05) / (luminance(ink) + 0.05);
                assert!(contrast >= 7.0, "{ink:?} {ground:?}: {contrast}");
            }
        }
    }

    fn luminance(colour: [u8; 3]) -> f64 {
        let linear = colour.map(|channel| {
            let share = f64::from(channel) / 255.0;
            if share <= 0.04045 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    }
}
