use std::fmt;

use rand::{Rng, RngExt, SeedableRng, rngs::Xoshiro256PlusPlus};
use sha2::{Digest, Sha256};

use super::{Finishes, GlyphTransform, Palette, Pattern, Patterned, Screen, Style};
use crate::{faces::Typeface, wave::Warp};

/// Domain separation from other uses of the key.
const PURPOSE: &[u8] = b"passport-captcha style family 3";

/// The styles of one deployment, derived from its key.
///
/// Families of different keys share no style and few glyphs. That stops programs that were trained
/// on one family, and not programs that were trained on many: see "What it is worth" in the README.
#[derive(Clone, PartialEq)]
pub struct StyleFamily {
    styles: Vec<Style>,
}

impl StyleFamily {
    /// Number of styles in a derived family: one per [`Pattern`].
    pub const SIZE: usize = Pattern::ALL.len();

    /// Derives a family. The same key gives the same family.
    ///
    /// Keep the key secret, because it allows drawing training pictures of the family, and draw it
    /// at random or derive it from a random secret, because a key that can be guessed is found from
    /// the pictures. Its length is fixed so that a short text does not pass for one.
    #[must_use]
    pub fn derive(key: &[u8; 32]) -> Self {
        let digest = Sha256::new().chain_update(PURPOSE).chain_update(key).finalize();
        let mut rng = Xoshiro256PlusPlus::from_seed(digest.into());
        let shared = SharedStyle::draw(&mut rng);
        Self { styles: Pattern::ALL.map(|pattern| shared.style(pattern, &mut rng)).into() }
    }

    /// Adds a copy of the family's first style with the glyphs of the crate `captcha` for about
    /// half of the characters. The other half is unchanged, because otherwise all families would
    /// share the glyphs of this style.
    #[cfg(feature = "classic")]
    #[must_use]
    pub fn with_classic(mut self) -> Self {
        if let Some(Style { look: super::Look::Patterned(first), palette }) = self.styles.first() {
            let typeface = first.typeface.half_classic();
            let half = Patterned { typeface, ..(**first).clone() }.in_colours(*palette);
            self.styles.push(half);
        }
        self
    }

    /// The styles: one per [`Pattern`] in the order of [`Pattern::ALL`], then the added ones.
    pub fn styles(&self) -> &[Style] {
        &self.styles
    }

    /// A random style of the family.
    pub fn choose<R: Rng + ?Sized>(&self, rng: &mut R) -> &Style {
        &self.styles[rng.random_range(0..self.styles.len())]
    }
}

/// Shows the number of styles only, because their parameters could be used to draw training
/// pictures.
impl fmt::Debug for StyleFamily {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StyleFamily({} styles)", self.styles.len())
    }
}

/// The parameters that all styles of a family share.
#[derive(Debug)]
struct SharedStyle {
    typeface: Typeface,
    glyph_transform: GlyphTransform,
    screen: Screen,
    /// Factor for the distance between the lines of every pattern.
    cell: f32,
    wide: f32,
    climb: f32,
    bow: f32,
}

impl SharedStyle {
    fn draw(rng: &mut Xoshiro256PlusPlus) -> Self {
        Self {
            typeface: Typeface::mix(rng),
            glyph_transform: GlyphTransform {
                slant: rng.random_range(-0.16..0.24),
                baseline_slope: rng.random_range(-0.08..0.08),
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
        let patterned = Patterned {
            pattern,
            typeface: self.typeface,
            wide: self.wide,
            cell: self.cell * rng.random_range(0.9..1.1),
            heading: rng.random(),
            curl: rng.random_range(0.05..0.25),
            swell: rng.random_range(0.8..1.4),
            glyph_transform: self.glyph_transform,
            // No strokes, because they are hard to see behind a screen.
            finishes: Finishes::SOLID,
            climb: self.climb,
            bow: self.bow,
            screen: self.screen,
        };
        let ink = [0, 1, 2].map(|_| rng.random_range(8..72));
        let ground = [0, 1, 2].map(|_| rng.random_range(232..=255));
        patterned.in_colours(Palette::swapping(ink, ground))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_of_different_keys_share_no_style() {
        assert_eq!(StyleFamily::derive(&[1; 32]), StyleFamily::derive(&[1; 32]));
        let (one, other) = (StyleFamily::derive(&[1; 32]), StyleFamily::derive(&[2; 32]));
        for style in one.styles() {
            assert!(!other.styles().contains(style));
        }
    }
}
