//! The typefaces, as polygons that were flattened when the crate was written.

#[cfg(feature = "classic")]
mod classic;
mod outlines;
#[cfg(feature = "classic")]
mod trace;

use rand::{RngExt, rngs::Xoshiro256PlusPlus};

use outlines::{CHARACTERS, FACES, GLYPHS};

/// A closed polygon. A thousand units are the height of a capital; y points down, the origin is
/// the centre of the character's ink, which is on the same side of each polygon.
pub(crate) type Contour = [(i16, i16)];

/// The drawing of one character.
#[derive(Debug)]
struct Glyph {
    contours: &'static [&'static Contour],
}

/// Which of the faces letters are taken of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Typeface {
    /// Each letter of any face, and the next time of another.
    Any,
    /// Each character always of the same face, whose number this is. People read it like any
    /// other mixture, but a model that was shown this one alone never learns what else the
    /// characters look like.
    Mixed([usize; GLYPHS]),
}

impl Typeface {
    /// That of the crate `captcha`, which no mixture has by chance: it comes after the others.
    #[cfg(feature = "classic")]
    pub(crate) const CLASSIC: Self = Self::Mixed([FACES.len(); GLYPHS]);

    /// Draws a mixture, one of `19^23`.
    pub(crate) fn mix(rng: &mut Xoshiro256PlusPlus) -> Self {
        Self::Mixed([(); GLYPHS].map(|()| rng.random_range(0..FACES.len())))
    }

    /// Exchanges the drawings of about half the characters, as the mixture has it, for those of the
    /// crate `captcha`.
    #[cfg(feature = "classic")]
    #[must_use]
    pub(crate) fn half_classic(self) -> Self {
        match self {
            Self::Any => Self::CLASSIC,
            Self::Mixed(faces) => {
                Self::Mixed(faces.map(|face| if face % 2 == 0 { FACES.len() } else { face }))
            }
        }
    }

    /// What to draw for `character`; nothing if it has none.
    pub(crate) fn contours(
        &self,
        character: char,
        rng: &mut Xoshiro256PlusPlus,
    ) -> &'static [&'static Contour] {
        let Some(index) = CHARACTERS.iter().position(|it| *it == character) else { return &[] };
        let face = match self {
            Self::Any => rng.random_range(0..FACES.len()),
            Self::Mixed(faces) => faces[index],
        };
        match FACES.get(face) {
            Some(glyphs) => glyphs[index].contours,
            #[cfg(feature = "classic")]
            None => classic::contours(index),
            #[cfg(not(feature = "classic"))]
            None => &[],
        }
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;
    use crate::{Alphabet, layout::BOTH_CASES};

    #[test]
    fn every_face_has_every_character() {
        let all = Alphabet::CHARACTERS.to_owned() + &BOTH_CASES.to_lowercase();
        for face in 0..FACES.len() {
            let typeface = Typeface::Mixed([face; GLYPHS]);
            for character in all.chars() {
                let points = contours(typeface, character).iter().copied().flatten();
                let height = points.map(|(_, y)| y.abs()).max().unwrap();
                let least = if character.is_lowercase() { 300 } else { 450 };
                assert!((least..700).contains(&height), "{character} in {face}: {height}");
            }
        }
        assert_eq!(all.len(), GLYPHS);
        assert!(contours(Typeface::Any, '0').is_empty());
    }

    #[test]
    fn a_mixture_has_one_drawing_of_each_character() {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(1);
        let mixtures = [(); 2].map(|()| Typeface::mix(&mut rng));
        let mut drawings = |typeface: Typeface, character| {
            let mut seen: Vec<_> =
                (0..200).map(|_| typeface.contours(character, &mut rng)).collect();
            seen.sort_unstable();
            seen.dedup();
            seen
        };
        for character in CHARACTERS {
            assert_eq!(drawings(mixtures[0], character).len(), 1);
            assert!(drawings(Typeface::Any, character).len() > FACES.len() / 2);
        }
        let [one, other] = mixtures;
        let mut alike = CHARACTERS.to_vec();
        alike.retain(|it| drawings(one, *it) == drawings(other, *it));
        assert!(alike.len() < GLYPHS / 4, "{alike:?}");
    }

    #[cfg(feature = "classic")]
    #[test]
    fn half_classic_is_half_of_either() {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(1);
        let (mut classic, mut own) = (0, 0);
        for _ in 0..100 {
            let mixture = Typeface::mix(&mut rng);
            for character in CHARACTERS {
                let drawn = contours(mixture.half_classic(), character);
                classic += usize::from(drawn == contours(Typeface::CLASSIC, character));
                own += usize::from(drawn == contours(mixture, character));
            }
        }
        assert_eq!(classic + own, 100 * GLYPHS);
        assert!((45..60).contains(&(classic * 100 / (100 * GLYPHS))), "{classic} of {own}");
    }

    #[cfg(feature = "classic")]
    #[test]
    fn the_classic_face_is_traced_whole() {
        for character in outlines::CHARACTERS {
            let contours = contours(Typeface::CLASSIC, character);
            let points: usize = contours.iter().map(|it| it.len()).sum();
            assert!((8..200).contains(&points), "{character}: {points} points");
            let ink: i64 = contours.iter().map(|contour| area(contour)).sum();
            assert!((250_000..1_800_000).contains(&ink), "{character}: {ink}");
            let holes = contours.iter().filter(|contour| area(contour) < 0).count();
            let expected = match character {
                '8' => 2,
                '4' | '6' | '9' | 'P' | 'R' | 'p' => 1,
                _ => 0,
            };
            assert_eq!(holes, expected, "{character}");
        }
    }

    /// What is left of a line's winding tells ink from ground, so the sign must not differ.
    #[test]
    fn ink_turns_the_same_way_everywhere() {
        for glyph in FACES.iter().flatten() {
            let area: i64 = glyph.contours.iter().map(|contour| area(contour)).sum();
            assert!(area > 0);
        }
    }

    fn contours(typeface: Typeface, character: char) -> &'static [&'static Contour] {
        typeface.contours(character, &mut Xoshiro256PlusPlus::seed_from_u64(1))
    }

    fn area(contour: &Contour) -> i64 {
        let next = contour.iter().cycle().skip(1);
        let cross = |((ax, ay), (bx, by)): ((i64, i64), (i64, i64))| ax * by - bx * ay;
        let wide = |point: &(i16, i16)| (i64::from(point.0), i64::from(point.1));
        contour.iter().zip(next).map(|(a, b)| cross((wide(a), wide(b)))).sum()
    }
}
