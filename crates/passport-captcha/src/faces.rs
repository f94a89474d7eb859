//! The typefaces, as polygons that were flattened when the crate was written.

#[cfg(feature = "classic")]
mod classic;
mod outlines;
#[cfg(feature = "classic")]
mod trace;

/// The drawing of one character: closed polygons, ink on the same side of each.
///
/// A thousand units are the height of a capital; y points down, the ink's centre is the origin.
#[derive(Debug)]
pub(crate) struct Glyph {
    pub(crate) contours: &'static [&'static [(i16, i16)]],
}

impl Glyph {
    /// The drawing of `character` in the face of that number.
    pub(crate) fn of(character: char, face: usize) -> Option<&'static Self> {
        let index = outlines::CHARACTERS.iter().position(|it| *it == character)?;
        #[cfg(feature = "classic")]
        if face == CLASSIC {
            return classic::glyph(index);
        }
        outlines::FACES.get(face)?.get(index)
    }
}

/// How many typefaces there are.
pub(crate) const FACES: usize = outlines::FACES.len();

/// The number of the typeface of the crate `captcha`, which no family draws by chance.
#[cfg(feature = "classic")]
pub(crate) const CLASSIC: usize = FACES;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Alphabet;

    #[test]
    fn every_face_has_every_character() {
        for face in 0..FACES {
            for character in Alphabet::CHARACTERS.chars() {
                let glyph = Glyph::of(character, face).unwrap();
                let points = glyph.contours.iter().copied().flatten();
                let height = points.map(|(_, y)| y.abs()).max().unwrap();
                assert!((450..700).contains(&height), "{character} in {face}: {height}");
            }
        }
        assert!(Glyph::of('0', 0).is_none());
        assert!(Glyph::of('K', FACES + 1).is_none());
    }

    #[cfg(feature = "classic")]
    #[test]
    fn the_classic_face_is_traced_whole() {
        for character in outlines::CHARACTERS {
            let glyph = Glyph::of(character, CLASSIC).unwrap();
            let points: usize = glyph.contours.iter().map(|it| it.len()).sum();
            assert!((8..200).contains(&points), "{character}: {points} points");
            let ink: i64 = glyph.contours.iter().map(|contour| area(contour)).sum();
            assert!((250_000..1_800_000).contains(&ink), "{character}: {ink}");
            let holes = glyph.contours.iter().filter(|contour| area(contour) < 0).count();
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
        for glyph in outlines::FACES.iter().flatten() {
            let area: i64 = glyph.contours.iter().map(|contour| area(contour)).sum();
            assert!(area > 0);
        }
    }

    fn area(contour: &[(i16, i16)]) -> i64 {
        let next = contour.iter().cycle().skip(1);
        let cross = |((ax, ay), (bx, by)): ((i64, i64), (i64, i64))| ax * by - bx * ay;
        let wide = |point: &(i16, i16)| (i64::from(point.0), i64::from(point.1));
        contour.iter().zip(next).map(|(a, b)| cross((wide(a), wide(b)))).sum()
    }
}
