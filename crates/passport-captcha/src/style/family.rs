use std::fmt;

use rand::{Rng, RngExt, SeedableRng, rngs::Xoshiro256PlusPlus};
use sha2::{Digest, Sha256};

use super::{Finishes, Hand, Palette, Pattern, Screen, Style};
use crate::{faces::Typeface, wave::Warp};

/// Keeps the key's other uses apart from this one.
const PURPOSE: &[u8] = b"passport-captcha style family 3";

/// The styles that one deployment draws from, derived from its key.
///
/// Of two keys no style is alike, and hardly a letter: a model trained on the pictures of one reads
/// few of the other's (README, "What it is worth"). So put the hour into the key, too.
#[derive(Clone, PartialEq)]
pub struct StyleFamily {
    styles: Vec<Style>,
}

impl StyleFamily {
    /// How many styles a derived family has: one of each [`Pattern`].
    pub const SIZE: usize = Pattern::ALL.len();

    /// Derives a family; the same key gives the same family.
    ///
    /// Whoever has the key draws the same pictures, to train on. So let it have at least 128 random
    /// bits: then neither the family nor its pictures tell it (one SHA-256, which a short key would
    /// not survive).
    #[must_use]
    pub fn derive(key: &[u8]) -> Self {
        let digest = Sha256::new().chain_update(PURPOSE).chain_update(key).finalize();
        let mut rng = Xoshiro256PlusPlus::from_seed(digest.into());
        let manner = Manner::draw(&mut rng);
        Self { styles: Pattern::ALL.map(|pattern| manner.style(pattern, &mut rng)).into() }
    }

    /// Adds a style like the family's first, in which about half of the characters are drawn as in
    /// the crate `captcha`. Were all, it would be the same letters for everybody.
    #[cfg(feature = "classic")]
    #[must_use]
    pub fn with_classic(mut self) -> Self {
        if let Some(first) = self.styles.first() {
            self.styles.push(Style { typeface: first.typeface.half_classic(), ..first.clone() });
        }
        self
    }

    /// Its styles: one of each [`Pattern`], in their order, and then what was added.
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

/// Hides the looks, which tell how to draw pictures to train on.
impl fmt::Debug for StyleFamily {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StyleFamily({} styles)", self.styles.len())
    }
}

/// What the styles of a family have in common.
#[derive(Debug)]
struct Manner {
    typeface: Typeface,
    hand: Hand,
    screen: Screen,
    /// Multiplies the distance of the patterns' lines.
    cell: f32,
    wide: f32,
    climb: f32,
    bow: f32,
}

impl Manner {
    fn draw(rng: &mut Xoshiro256PlusPlus) -> Self {
        Self {
            typeface: Typeface::mix(rng),
            hand: Hand {
                slant: rng.random_range(-0.16..0.24),
                fall: rng.random_range(-0.08..0.08),
                bend: Warp::draw(0.045, rng.random_range(0.9..1.6), rng),
            },
            screen: Screen::draw(rng),
            cell: rng.random_range(1.3..1.6),
            wide: rng.random_range(1.05..1.45),
            climb: if rng.random() { 0.95 } else { 0.05 },
            bow: rng.random_range(-0.1..0.1),
        }
    }

    fn style(&self, pattern: Pattern, rng: &mut Xoshiro256PlusPlus) -> Style {
        Style {
            pattern,
            typeface: self.typeface,
            wide: self.wide,
            cell: self.cell * rng.random_range(0.9..1.1),
            heading: rng.random(),
            curl: rng.random_range(0.05..0.25),
            swell: rng.random_range(0.8..1.4),
            hand: self.hand,
            // Lines behind a screen are hard to see.
            finishes: Finishes::SOLID,
            climb: self.climb,
            bow: self.bow,
            screen: self.screen,
            palette: Palette {
                ink: [0, 1, 2].map(|_| rng.random_range(8..72)),
                ground: [0, 1, 2].map(|_| rng.random_range(232..=255)),
            },
        }
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
